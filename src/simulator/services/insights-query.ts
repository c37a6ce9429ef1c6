// A query of Logs Insights run over records: fields, display, filter, sort, limit, dedup and stats with count, sum, avg,
// min and max by fields and bins of time. Every other command is answered as a malformed query.
// https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/CWL_QuerySyntax.html

import {
  compileFilter,
  type InsightsRecord,
  malformed,
  order,
  tokensOf,
  unquoted,
} from './insights-filter.ts';

/** What Insights returns at most, and without a `limit`. */
export const ROWS_MAX = 10_000;

export type InsightsRow = { field: string; value: string }[];

interface Working {
  records: InsightsRecord[];
  /** What the rows show. */
  columns: string[];
  limit: number;
}

type Step = (working: Working) => void;

/** Compiles a query. Throws MalformedQueryException. */
export function compileQuery(text: string): (records: readonly InsightsRecord[]) => {
  rows: InsightsRow[];
  matched: number;
} {
  const steps = commandsIn(text).map(compileCommand);
  return (records) => {
    const working: Working = { records: [...records], columns: ['@timestamp', '@message'], limit: ROWS_MAX };
    for (const step of steps) step(working);
    const rows = working.records.slice(0, working.limit).map((record) =>
      [...working.columns, '@ptr'].flatMap((field) => {
        const value = record.get(field);
        return value === undefined ? [] : [{ field, value }];
      }),
    );
    return { rows, matched: working.records.length };
  };
}

/** Commands are divided by `|` outside quotes and regular expressions. */
function commandsIn(text: string): string[] {
  const commands = text
    .replace(/^\s*#.*$/gm, '')
    .match(/(?:"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'|\/(?:[^/\\|]|\\.|\|(?=[^\n]*\/))*\/|[^|])+/g);
  const parts = (commands ?? []).map((command) => command.trim()).filter((command) => command !== '');
  if (parts.length === 0) throw malformed('the query is empty');
  return parts;
}

function compileCommand(command: string): Step {
  const [, name = '', rest = ''] = /^(\w+)\s*([\s\S]*)$/.exec(command) ?? [];
  const compile = Object.hasOwn(compilers, name.toLowerCase()) ? compilers[name.toLowerCase()] : undefined;
  if (compile === undefined) throw malformed(`unexpected symbol found ${name} at line 1 and position 0`);
  return compile(rest);
}

const compilers: Readonly<Record<string, (rest: string) => Step>> = {
  fields: columns,
  display: columns,
  filter: (rest) => {
    const test = compileFilter(rest);
    return (working) => {
      working.records = working.records.filter(test);
    };
  },
  sort: (rest) => {
    const [field = '', direction = 'asc'] = tokensOf(rest);
    const sign = direction.toLowerCase() === 'desc' ? -1 : 1;
    return (working) => {
      working.records.sort(
        (left, right) => sign * order(left.get(unquoted(field)) ?? '', right.get(unquoted(field)) ?? ''),
      );
    };
  },
  limit: (rest) => {
    const count = Number(rest);
    if (!Number.isInteger(count) || count < 1 || count > ROWS_MAX) throw malformed(`invalid limit ${rest}`);
    return (working) => {
      working.limit = count;
    };
  },
  dedup: (rest) => {
    const fields = namesIn(rest);
    return (working) => {
      const seen = new Set<string>();
      working.records = working.records.filter((record) => {
        const key = JSON.stringify(fields.map((field) => record.get(field)));
        return !seen.has(key) && seen.add(key) !== undefined;
      });
    };
  },
  stats,
};

function columns(rest: string): Step {
  const fields = namesIn(rest);
  return (working) => {
    working.columns = fields;
  };
}

function namesIn(text: string): string[] {
  const names = tokensOf(text).filter((token) => token !== ',');
  if (names.length === 0) throw malformed('a field is expected');
  return names.map(unquoted);
}

interface Aggregate {
  readonly name: string;
  of(records: readonly InsightsRecord[]): string;
}

interface Grouping {
  readonly name: string;
  of(record: InsightsRecord): string;
}

function stats(rest: string): Step {
  const [what = '', by = ''] = rest.split(/\s+by\s+/i);
  const aggregates = partsOf(what).map(aggregateOf);
  const groupings = by.trim() === '' ? [] : partsOf(by).map(groupingOf);
  return (working) => {
    const groups = new Map<string, InsightsRecord[]>();
    for (const record of working.records) {
      const key = JSON.stringify(groupings.map((grouping) => grouping.of(record)));
      const group = groups.get(key);
      if (group === undefined) groups.set(key, [record]);
      else group.push(record);
    }
    working.records = [...groups.values()].map((records) => {
      const row = new Map<string, string>();
      const [first = new Map()] = records;
      for (const grouping of groupings) row.set(grouping.name, grouping.of(first));
      for (const aggregate of aggregates) row.set(aggregate.name, aggregate.of(records));
      return row;
    });
    working.columns = [...groupings, ...aggregates].map((one) => one.name);
  };
}

/** Divides at the commas that are not inside brackets. */
function partsOf(text: string): string[] {
  return (text.match(/(?:\([^()]*\)|[^,])+/g) ?? []).map((part) => part.trim());
}

function aggregateOf(text: string): Aggregate {
  const [, call, kind, field = '', alias] =
    /^((count|count_distinct|sum|avg|min|max)\s*\(\s*([^()]*?)\s*\))(?:\s+as\s+(\S+))?$/i.exec(text) ?? [];
  if (call === undefined || kind === undefined) throw malformed(`unexpected symbol found ${text}`);
  const reduce = reducers[kind.toLowerCase()];
  return {
    name: unquoted(alias ?? call),
    of: (records) => {
      const values =
        field === '*' || field === ''
          ? records.map(() => '1')
          : records.flatMap((record) => record.get(unquoted(field)) ?? []);
      return reduce?.(values) ?? '';
    },
  };
}

const reducers: Readonly<Record<string, (values: readonly string[]) => string>> = {
  count: (values) => String(values.length),
  count_distinct: (values) => String(new Set(values).size),
  sum: (values) => String(total(values)),
  avg: (values) => (values.length === 0 ? '' : String(total(values) / values.length)),
  min: (values) => [...values].sort(order)[0] ?? '',
  max: (values) => [...values].sort(order).at(-1) ?? '',
};

function total(values: readonly string[]): number {
  return values.reduce((sum, value) => sum + (Number(value) || 0), 0);
}

const UNITS_MS: Readonly<Record<string, number>> = { s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 };

function groupingOf(text: string): Grouping {
  const [, call, count, unit, alias] =
    /^(bin\s*\(\s*(\d+)\s*([smhd])\s*\))(?:\s+as\s+(\S+))?$/i.exec(text) ?? [];
  if (call === undefined) {
    const [field = ''] = namesIn(text);
    return { name: field, of: (record) => record.get(field) ?? '' };
  }
  const width = Number(count) * (UNITS_MS[unit?.toLowerCase() ?? ''] ?? 1000);
  return {
    name: unquoted(alias ?? call),
    of: (record) => insightsTime(Math.floor(Date.parse(`${record.get('@timestamp')}Z`) / width) * width),
  };
}

/** Insights writes times as `2026-11-20 10:00:00.000`, in UTC. */
export function insightsTime(at: number): string {
  return new Date(at).toISOString().replace('T', ' ').replace('Z', '');
}
