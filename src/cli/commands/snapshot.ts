// `lockkeeper snapshot`: take a file of an account, check one, serve one as a simulated AWS account.

import { randomBytes } from 'node:crypto';
import type { Command } from 'commander';
import { fail } from '../../contract/errors.ts';
import type { Snapshot } from '../../contract/snapshot.ts';
import { createRedactor } from '../../kernel/redact.ts';
import { startSimulator } from '../../simulator/simulator.ts';
import type { Context, GlobalOptions } from '../context.ts';
import { openShellAccount, SIMULATED_CREDENTIALS } from '../offline/account.ts';
import { createInvestigation } from '../offline/investigation.ts';
import { readSnapshotFile, requireNewFile, writeSnapshotFile } from '../offline/snapshot-file.ts';
import { takeSnapshot } from '../offline/take/take.ts';
import { portOf } from '../port-option.ts';
import { oneLine } from '../terminal/terminal.ts';
import { type AddCommand, INTERRUPTED, optionsOf } from './command.ts';

export const addSnapshot: AddCommand = (snapshot, context) => {
  addTake(snapshot, context);
  addCheck(snapshot, context);
  addServe(snapshot, context);
};

const addTake: AddCommand = (snapshot, context) => {
  snapshot
    .command('take')
    .description('write what concerns a cluster or a service of the AWS account of this shell into a file')
    .requiredOption('--cluster <name>', 'the ECS cluster')
    .option('--service <name>', 'only this service')
    .requiredOption('--out <file>', 'the file to write; it must not exist yet')
    .addHelpText(
      'after',
      `
Only reads are made. Taken is whatever a diagnosis of each service reads, so that the file gives the same diagnosis, and
what stands around the services:
  ECS        the cluster, services, tasks (running and still visible stopped ones), task definitions, newest deployments
             and service revisions, task protection, account settings, capacity providers, container instances
  beside     scaling, alarms, highest use of CPU and memory in each minute, auto scaling groups, Fargate quotas, Cloud Map,
             CodeDeploy, rules of EventBridge that start tasks in the cluster, the last day's changes in CloudTrail
  network    of every VPC in use: subnets, route tables, security groups, network ACLs, interfaces, endpoints, NAT and
             internet gateways, DNS attributes, prefix lists; load balancers, listeners, rules, target groups and health
  named      by the task definitions: roles with trust and policies, images and repositories, secrets, parameters and keys
             (never a value), log groups, file systems, databases; of the hosts: machines, their types and roles
  logs       the last 300 lines of the newest stopped tasks and of a few running ones
With --service, the other services, tasks of no service and the rules stay out.

Not taken: address ranges of VPCs, peered VPCs, images of other accounts, scan findings. A reader of the file takes these
as absent. What is left out because there is too much of it is said at the end.

Values of environment variables and the input of scheduled tasks are dropped, and secrets are replaced by placeholders, in
logs too; look the file through before you pass it on. A destination that only an environment variable names is then
unknown. Actions that were refused are listed under "denied": whoever reads the file cannot verify them, as you cannot.

Example:
  lockkeeper snapshot take --cluster prod --service checkout --out incident.json
  lockkeeper diagnose --cluster prod --service checkout --snapshot incident.json

Exit codes: 0 written, 2 usage or a file that cannot be written, 3 no such cluster or service, 5 AWS cannot be reached or
refused to describe it, 6 no credentials or region, 130 Ctrl-C. Unless it is 0 nothing was written.`,
    )
    .action((_, command: Command) => take(context, optionsOf<TakeCommandOptions>(command)));
};

interface TakeCommandOptions extends GlobalOptions {
  readonly cluster: string;
  readonly service?: string;
  readonly out: string;
}

async function take(context: Context, options: TakeCommandOptions): Promise<void> {
  const { terminal, clock, cwd } = context;
  requireNewFile(cwd, options.out);
  const redact = createRedactor({ key: randomBytes(32) });
  const account = await openShellAccount(context.env, { clock, redact });
  try {
    const investigation = createInvestigation({ account, redact, log: context.log });
    const stop = new AbortController();
    void context.interrupted.then(() => stop.abort(fail('cancelled')));
    const taken = await takeSnapshot(investigation, {
      account,
      cluster: options.cluster,
      service: options.service,
      signal: stop.signal,
      onProgress: (words) => terminal.note(terminal.style('dim', `  ${oneLine(words)}`)),
    }).catch((error: unknown) => {
      if (!stop.signal.aborted) throw error;
      return undefined;
    });
    if (taken === undefined) {
      terminal.note('Stopped; nothing was written.');
      process.exitCode = INTERRUPTED;
      return;
    }
    const { snapshot, notes } = taken;
    const { bytes } = writeSnapshotFile(cwd, options.out, snapshot);
    for (const note of notes) terminal.note(terminal.style('yellow', oneLine(note)));
    if (snapshot.denied.length > 0)
      terminal.note(
        terminal.style('yellow', `Refused, and so not in the file: ${snapshot.denied.join(', ')}`),
      );
    if (options.json === true)
      return terminal.json({
        file: options.out,
        bytes,
        awsCalls: investigation.calls.length,
        ...viewOf(snapshot),
        notes,
      });
    terminal.print(`${options.out}: ${bytes} bytes, ${investigation.calls.length} AWS requests.`);
  } finally {
    await account.close();
  }
}

const addCheck: AddCommand = (snapshot, context) => {
  snapshot
    .command('check')
    .description('say whether a file is a valid snapshot, and what is in it')
    .argument('<file>', 'the file')
    .addHelpText(
      'after',
      '\nExample:\n  lockkeeper snapshot check account.json\n\nExit codes: 0 valid, 2 not (with the JSON path and the reason).',
    )
    .action((file: string, _, command: Command) => {
      const { terminal, cwd } = context;
      const view = viewOf(readSnapshotFile(cwd, file));
      if (optionsOf(command).json === true) return terminal.json({ valid: true, ...view });
      terminal.print(
        `${oneLine(file)} is a valid snapshot of ${view.account}, ${view.region}, taken at ${view.takenAt}.`,
      );
      for (const [section, lists] of Object.entries(view.sections)) {
        const counts = Object.entries(lists).map(([name, count]) => `${count} ${name}`);
        terminal.print(`  ${section}: ${counts.join(', ')}`);
      }
      if (view.denied.length > 0) terminal.print(`  denied: ${oneLine(view.denied.join(', '))}`);
    });
};

interface SnapshotView {
  readonly account: string;
  readonly region: string;
  readonly takenAt: string;
  /** Section → list → number of objects; what is empty is left out. */
  readonly sections: Readonly<Record<string, Readonly<Record<string, number>>>>;
  readonly denied: readonly string[];
}

function viewOf(snapshot: Snapshot): SnapshotView {
  const { format: _, takenAt, account, denied, ...sections } = snapshot;
  const counted = Object.entries(sections).map(([name, section]) => {
    const lists = Object.entries(section).map(([list, items]): [string, number] => [
      list,
      Object.keys(items as object).length, // A list or a record, as the schema says; both have one key per item.
    ]);
    return [name, Object.fromEntries(lists.filter(([, count]) => count > 0))] as const;
  });
  return {
    account: account.id,
    region: account.region,
    takenAt,
    sections: Object.fromEntries(counted.filter(([, lists]) => Object.keys(lists).length > 0)),
    denied,
  };
}

const addServe: AddCommand = (snapshot, context) => {
  snapshot
    .command('serve')
    .description('serve a file as a simulated AWS account on loopback, until Ctrl-C')
    .argument('<file>', 'the file')
    .option('--port <n>', 'the port (default: any free one)', '0')
    .option('--engine', 'let it live: services place tasks, tasks start and stop; else nothing moves')
    .addHelpText(
      'after',
      `
Any AWS SDK and the aws command line can talk to it. Requests are not authenticated, and it listens on 127.0.0.1 only.

Example:
  lockkeeper snapshot serve incident.json --port 4700
  AWS_ENDPOINT_URL=http://127.0.0.1:4700 lockkeeper diagnose --cluster prod`,
    )
    .action((file: string, _, command: Command) =>
      serve(context, file, optionsOf<ServeCommandOptions>(command)),
    );
};

interface ServeCommandOptions extends GlobalOptions {
  readonly port: string;
  readonly engine?: boolean;
}

async function serve(context: Context, file: string, options: ServeCommandOptions): Promise<void> {
  const { terminal } = context;
  const port = portOf(options.port);
  const snapshot = readSnapshotFile(context.cwd, file);
  const simulator = await startSimulator({
    snapshot,
    clock: context.clock,
    static: options.engine !== true,
    port,
    log: context.log,
  }).catch((error: unknown) => {
    const taken = error instanceof Error && 'code' in error && error.code === 'EADDRINUSE';
    throw taken ? fail('port-taken', { port }, error) : error;
  });
  try {
    const environment = {
      AWS_ENDPOINT_URL: simulator.endpoint,
      AWS_REGION: snapshot.account.region,
      // Version 1 of the aws command line knows the region only by this name.
      AWS_DEFAULT_REGION: snapshot.account.region,
      AWS_ACCESS_KEY_ID: SIMULATED_CREDENTIALS.accessKeyId,
      AWS_SECRET_ACCESS_KEY: SIMULATED_CREDENTIALS.secretAccessKey,
    };
    if (options.json === true) terminal.json({ endpoint: simulator.endpoint, environment });
    else {
      // A profile or a session of the shell would win over the keys below.
      terminal.print('unset AWS_PROFILE AWS_SESSION_TOKEN');
      for (const [name, value] of Object.entries(environment)) terminal.print(`export ${name}=${value}`);
    }
    terminal.note(
      `Account ${snapshot.account.id}, ${options.engine === true ? 'alive from' : 'as of'} ${snapshot.takenAt}, at ${simulator.endpoint}. Ctrl-C stops.`,
    );
    await context.interrupted;
  } finally {
    await simulator.close();
  }
}
