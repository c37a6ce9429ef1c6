// What a tool's output holds that the page has a picture for: findings, network paths, log lines, a service's numbers.
// Outputs come from nodes, so every field is looked at before it is believed; what does not fit is left to the plain fold.

import type { EvidenceRef, Finding, NetworkPath, PathHop } from '../../contract/finding.ts';

export interface LogLine {
  readonly at: number | null;
  readonly level: 'error' | 'warn' | 'info';
  readonly text: string;
  readonly repeated: number;
  readonly note: string | null;
  /** The revision compared with did not log this. */
  readonly isNew: boolean;
}

export interface LogPane {
  readonly title: string;
  /** The revision whose log was compared with. */
  readonly comparedWith: string | null;
  readonly group: string | null;
  readonly stream: string | null;
  readonly lines: readonly LogLine[];
}

export interface ServiceFacts {
  readonly service: string;
  readonly cluster: string | null;
  readonly status: string | null;
  readonly desired: number | null;
  readonly running: number | null;
  readonly pending: number | null;
  readonly deployment: string | null;
  /** Of the load balancer, such as `3 healthy, 1 unhealthy`. */
  readonly targets: string | null;
}

export interface ResultParts {
  readonly findings: readonly Finding[];
  readonly paths: readonly NetworkPath[];
  readonly log: LogPane | null;
  readonly service: ServiceFacts | null;
}

type Fields = Readonly<Record<string, unknown>>;

/** Reads the parts of a tool output. */
export function resultParts(output: unknown): ResultParts {
  if (!isFields(output)) return { findings: [], paths: [], log: null, service: null };
  const findings = [...list(output['findings']), output['finding']].flatMap(findingOf);
  const shownPaths = new Set(findings.flatMap(({ paths }) => paths.map((path) => JSON.stringify(path))));
  const paths = [...list(output['paths']), output['path'], output['networkPath'], output]
    .flatMap(pathOf)
    .filter((path) => !shownPaths.has(JSON.stringify(path)));
  return { findings, paths, log: logOf(output), service: serviceOf(output['service'] ?? output) };
}

function findingOf(value: unknown): Finding[] {
  if (!isFields(value) || typeof value['title'] !== 'string' || typeof value['class'] !== 'string') return [];
  const verdict = value['verdict'];
  return [
    {
      // An unknown class is shown by its name like any other; nothing here decides by it.
      class: value['class'] as Finding['class'],
      verdict: verdict === 'proven' || verdict === 'likely' || verdict === 'possible' ? verdict : 'unknown',
      title: value['title'],
      explanation: text(value['explanation']) ?? '',
      evidence: list(value['evidence']).flatMap(refOf),
      culprits: list(value['culprits']).filter(isText),
      ruledOut: list(value['ruledOut']).flatMap((one) =>
        // As above: the class is only printed.
        isFields(one) && isText(one['class'])
          ? [{ class: one['class'] as Finding['class'], because: text(one['because']) ?? '' }]
          : [],
      ),
      cannotVerify: list(value['cannotVerify']).flatMap((one) =>
        isFields(one)
          ? [{ what: text(one['what']) ?? '', missingAction: text(one['missingAction']) ?? '' }]
          : [],
      ),
      fixes: list(value['fixes']).flatMap(fixOf),
      paths: list(value['paths']).flatMap(pathOf),
    },
  ];
}

function fixOf(value: unknown): Finding['fixes'] {
  if (!isFields(value) || !isText(value['tool'])) return [];
  // What is parsed from JSON is JSON; it is compared with what a change does, and never sent.
  const input = (isFields(value['input']) ? value['input'] : {}) as Finding['fixes'][number]['input'];
  return [{ tool: value['tool'], input, why: text(value['why']) ?? '' }];
}

function pathOf(value: unknown): NetworkPath[] {
  if (!isFields(value) || !Array.isArray(value['hops']) || !isFields(value['from']) || !isFields(value['to']))
    return [];
  const { from, to } = value;
  const verdict = value['verdict'];
  return [
    {
      from: {
        ...optional('task', from['task']),
        ...optional('host', from['host']),
        ...optional('networkInterface', from['networkInterface']),
        ...optional('address', from['address']),
        subnets: list(from['subnets']).filter(isText),
        securityGroups: list(from['securityGroups']).filter(isText),
      },
      to: {
        ...optional('host', to['host']),
        ...optional('address', to['address']),
        ...optional('name', to['name']),
        securityGroups: list(to['securityGroups']).filter(isText),
        port: typeof to['port'] === 'number' ? to['port'] : 0,
        protocol: text(to['protocol']) ?? '',
      },
      verdict: verdict === 'reachable' || verdict === 'blocked' ? verdict : 'unknown',
      hops: list(value['hops']).slice(0, 24).flatMap(hopOf),
    },
  ];
}

function hopOf(value: unknown): PathHop[] {
  if (!isFields(value) || !isText(value['check'])) return [];
  const { verdict, direction, missing } = value;
  return [
    {
      // Unknown checks are drawn with their own name.
      check: value['check'] as PathHop['check'],
      direction: direction === 'in' || direction === 'return' ? direction : 'out',
      resource: text(value['resource']) ?? '',
      verdict: verdict === 'open' || verdict === 'blocked' ? verdict : 'unknown',
      because: text(value['because']) ?? '',
      rules: list(value['rules'])
        .slice(0, 60)
        .flatMap((rule) =>
          isFields(rule)
            ? [
                {
                  ...ruleOf(rule),
                  description: text(rule['description']) ?? '',
                  matches: rule['matches'] === true,
                },
              ]
            : [],
        ),
      ...(isFields(missing) ? { missing: ruleOf(missing) } : {}),
      evidence: list(value['evidence']).flatMap(refOf),
    },
  ];
}

function ruleOf(rule: Fields): { protocol: string; ports: string; peer: string } {
  return {
    protocol: text(rule['protocol']) ?? '',
    ports: text(rule['ports']) ?? '',
    peer: text(rule['peer']) ?? '',
  };
}

function refOf(value: unknown): EvidenceRef[] {
  if (!isFields(value) || !isText(value['id'])) return [];
  return [{ id: value['id'], path: text(value['path']) ?? '', ...optional('note', value['note']) }];
}

function logOf(output: Fields): LogPane | null {
  if (!Array.isArray(output['lines'])) return null;
  const lines = list(output['lines']).flatMap((line): LogLine[] => {
    if (!isFields(line) || !isText(line['text'])) return [];
    const level = line['level'];
    return [
      {
        at: instant(line['at']),
        level: level === 'error' || level === 'warn' ? level : 'info',
        text: line['text'],
        repeated: typeof line['repeated'] === 'number' ? line['repeated'] : 1,
        note: text(line['note']),
        isNew: line['isNew'] === true,
      },
    ];
  });
  const task = text(output['task']);
  const container = text(output['container']);
  const of = task === null ? '' : ` of task ${task.split('/').at(-1) ?? task}`;
  return {
    title: `${container ?? 'log'}${of}`,
    comparedWith: isFields(output['comparedWith']) ? text(output['comparedWith']['revision']) : null,
    group: text(output['group']),
    stream: text(output['stream']),
    lines,
  };
}

function serviceOf(value: unknown): ServiceFacts | null {
  if (!isFields(value)) return null;
  const service = text(value['service']) ?? text(value['name']) ?? text(value['serviceName']);
  const running = number(value['running'] ?? value['runningCount']);
  if (service === null || running === null) return null;
  const deployments = list(value['deployments']).filter(isFields);
  const primary = deployments.find((one) => one['status'] === 'PRIMARY') ?? deployments[0];
  return {
    service,
    cluster: text(value['cluster']),
    status: text(value['status']),
    desired: number(value['desired'] ?? value['desiredCount']),
    running,
    pending: number(value['pending'] ?? value['pendingCount']),
    targets: targetWords(value['targets']),
    deployment: primary === undefined ? text(value['rolloutState']) : deploymentWords(primary),
  };
}

function targetWords(targets: unknown): string | null {
  if (!isFields(targets)) return null;
  const healthy = number(targets['healthy']);
  const unhealthy = number(targets['unhealthy']) ?? 0;
  if (healthy === null) return null;
  return unhealthy > 0 ? `${healthy} healthy, ${unhealthy} unhealthy` : `${healthy} healthy`;
}

function deploymentWords(deployment: Fields): string | null {
  const revision = text(deployment['taskDefinition'] ?? deployment['revision'])
    ?.split('/')
    .at(-1);
  const state = text(deployment['rolloutState'] ?? deployment['state']);
  const failed = number(deployment['failedTasks']);
  const parts = [revision, state, failed !== null && failed > 0 ? `${failed} failed tasks` : null];
  return parts.filter((part) => part !== null && part !== undefined).join(', ') || null;
}

function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isText(value: unknown): value is string {
  return typeof value === 'string';
}

function list(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

function text(value: unknown): string | null {
  if (typeof value === 'number') return String(value);
  return isText(value) && value !== '' ? value : null;
}

function number(value: unknown): number | null {
  return typeof value === 'number' && Number.isFinite(value) ? value : null;
}

function instant(value: unknown): number | null {
  const at = typeof value === 'string' ? Date.parse(value) : value;
  return typeof at === 'number' && Number.isFinite(at) ? at : null;
}

function optional<K extends string>(key: K, value: unknown): { readonly [P in K]?: string } {
  const known = text(value);
  // A computed key widens to `string`; it is exactly K.
  return known === null ? {} : ({ [key]: known } as { readonly [P in K]?: string });
}
