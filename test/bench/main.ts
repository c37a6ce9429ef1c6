// `npm run bench`: every row against a floor measured in the same run. Prints a table and writes bench-results.json.

import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import os from 'node:os';
import readline from 'node:readline';
import { auditedRow, overheadRow } from './calls.ts';
import { coldStartRow } from './cold-start.ts';
import { investigationRows } from './investigation.ts';
import { largeClusterRow } from './large-cluster.ts';
import { logRows } from './logs.ts';
import type { Row } from './measure.ts';
import { simulationRows } from './simulation.ts';

// The SDK's notice about future Node versions would stand in the middle of the table.
process.env['AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED'] ??= 'true';
const [accountEntry] = process.argv.slice(2);
const account = await startAccount(accountEntry ?? '');
try {
  const rows: Row[] = [];
  const add = (row: Row | null): void => {
    if (row === null) return void process.stderr.write('  skipped: the `aws` command is not installed\n');
    rows.push(row);
    process.stderr.write(`  ${row.met ? 'met ' : 'MISS'}  ${row.name}: ${row.value}\n`);
  };
  add(await overheadRow(account.endpoint));
  add(await auditedRow());
  for (const row of await logRows()) add(row);
  for (const row of await investigationRows(account, account.setLatency)) add(row);
  add(await largeClusterRow());
  add(await coldStartRow(account.endpoint));
  for (const row of await simulationRows()) add(row);
  process.stdout.write(`${markdown(rows)}\n`);
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
    row.met ? 'yes' : 'no',
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
