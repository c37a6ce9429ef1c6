// `npm run bench`: every row against a floor measured in the same run. Prints a table and writes bench-results.json.
// `npm run bench -- cold-start logs` measures those parts alone and writes no file.

import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import os from 'node:os';
import readline from 'node:readline';
import { auditedRow, overheadRows } from './calls.ts';
import { coldStartRow } from './cold-start.ts';
import { diagnosisRows } from './diagnosis.ts';
import { investigationRows } from './investigation.ts';
import { largeClusterRow } from './large-cluster.ts';
import { logRows } from './logs.ts';
import type { Row } from './measure.ts';
import { simulationRows } from './simulation.ts';

// The SDK's notice about future Node versions would stand in the middle of the table.
process.env['AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED'] ??= 'true';

type Add = (row: Row | null) => void;
const PARTS: Record<string, (account: Account, add: Add) => Promise<void>> = {
  calls: async (account, add) => {
    (await overheadRows(account.endpoint)).forEach(add);
    add(await auditedRow());
  },
  logs: async (_, add) => (await logRows()).forEach(add),
  questions: async (account, add) => (await investigationRows(account, account.setLatency)).forEach(add),
  diagnosis: async (_, add) => (await diagnosisRows()).forEach(add),
  'large-cluster': async (_, add) => add(await largeClusterRow()),
  'cold-start': async (account, add) => add(await coldStartRow(account.endpoint)),
  simulation: async (_, add) => (await simulationRows()).forEach(add),
};

const [accountEntry, ...asked] = process.argv.slice(2);
const unknown = asked.filter((name) => PARTS[name] === undefined);
if (unknown.length > 0) {
  process.stderr.write(
    `There is no part ${unknown.join(', ')}; there are ${Object.keys(PARTS).join(', ')}.\n`,
  );
  process.exit(2);
}
const account = await startAccount(accountEntry ?? '');
try {
  const rows: Row[] = [];
  const add: Add = (row) => {
    if (row === null) return void process.stderr.write('  skipped: the `aws` command is not installed\n');
    rows.push(row);
    process.stderr.write(
      `  ${row.met === null ? '    ' : row.met ? 'met ' : 'MISS'}  ${row.name}: ${row.value}\n`,
    );
  };
  for (const [name, measure] of Object.entries(PARTS))
    if (asked.length === 0 || asked.includes(name)) await measure(account, add);
  process.stdout.write(`${markdown(rows)}\n`);
  if (asked.length === 0)
    writeFileSync(
      'bench-results.json',
      `${JSON.stringify({ at: new Date().toISOString(), node: process.version, cpus: os.cpus().length, rows }, null, 2)}\n`,
    );
} finally {
  account.process.kill();
}

function markdown(rows: readonly Row[]): string {
  const cells = rows.map((row) => [
    row.name,
    row.value,
    row.floor,
    row.ratio === null ? '' : row.ratio.toFixed(2),
    row.target,
    row.met === null ? '' : row.met ? 'yes' : 'no',
  ]);
  return [
    ['what', 'measured', 'floor of the same run', 'ratio', 'target', 'met'],
    ['---', '---', '---', '---', '---', '---'],
    ...cells,
  ]
    .map((row) => `| ${row.join(' | ')} |`)
    .join('\n');
}

interface Account {
  readonly process: ChildProcessWithoutNullStreams;
  readonly endpoint: string;
  setLatency(latencyMs: number): Promise<void>;
}

async function startAccount(entry: string): Promise<Account> {
  const child = spawn(process.execPath, [entry]);
  child.stderr.pipe(process.stderr);
  const lines = readline.createInterface({ input: child.stdout });
  const [endpoint] = (await once(lines, 'line')) as [string];
  return {
    process: child,
    endpoint,
    async setLatency(latencyMs) {
      child.stdin.write(`${latencyMs}\n`);
      await once(lines, 'line');
    },
  };
}
