// `lockkeeper diagnose`: evidence in, findings out, without a hub. Of the account of the shell or of a snapshot file.

import { randomBytes } from 'node:crypto';
import type { Command } from 'commander';
import { fail } from '../../contract/errors.ts';
import { createRedactor } from '../../kernel/redact.ts';
import type { Context, GlobalOptions } from '../context.ts';
import { type OfflineAccount, openShellAccount, openSnapshotAccount } from '../offline/account.ts';
import {
  type ClusterDiagnosis,
  type Diagnosis,
  diagnoseCluster,
  diagnoseOne,
  isHealthy,
  serviceOfTask,
} from '../offline/diagnoses.ts';
import { clusterLines, diagnosisLines, progressLine } from '../offline/diagnosis-text.ts';
import { createInvestigation, type Investigation } from '../offline/investigation.ts';
import { readSnapshotFile } from '../offline/snapshot-file.ts';
import { type AddCommand, optionsOf } from './command.ts';

interface Options extends GlobalOptions {
  readonly cluster?: string;
  readonly service?: string;
  readonly task?: string;
  readonly snapshot?: string;
  readonly bodies?: boolean;
}

export const addDiagnose: AddCommand = (program, context) => {
  program
    .command('diagnose')
    .description('find out why a service is unhealthy, without a hub: in your AWS account or in a snapshot')
    .option('--cluster <name>', 'the ECS cluster')
    .option('--service <name>', 'the service; left out: every service of the cluster, the sick ones first')
    .option('--task <id>', 'a task (id or ARN): diagnoses the service it belongs to')
    .option('--snapshot <file>', 'look into this file instead of AWS; nothing leaves this machine')
    .option('--bodies', 'with --json: add the redacted answers of AWS to the evidence')
    .addHelpText(
      'after',
      `
Without --snapshot it uses the credentials, region and endpoints of this shell. It only reads.

--json prints {findings, service, stats: {awsCalls, stages, ms, resultTokens}, evidence: {id: {cli, …}}}.
  resultTokens is the length of the compact text a planner would read, in characters / 4, rounded up.
  With --task, task is added. For a whole cluster: {cluster, services: [{findings, service, stats}], healthy,
  failed, notLookedAt, stats, evidence}; services holds those that are not healthy.

Examples:
  lockkeeper diagnose --cluster prod --service checkout
  lockkeeper diagnose --cluster prod
  lockkeeper diagnose --cluster prod --service checkout --snapshot incident.json --json | jq '.findings[0]'

Exit codes: 0 whatever the verdict, 2 usage or not a snapshot, 3 no such cluster, service or task, 5 AWS cannot be
reached or refused to describe the service, 6 no credentials or region.`,
    )
    .action((_, command: Command) => run(context, optionsOf<Options>(command)));
};

async function run(context: Context, options: Options): Promise<void> {
  requireSense(options);
  const redact = createRedactor({ key: randomBytes(32) });
  const account = await open(context, options, redact);
  try {
    const { terminal } = context;
    const investigation = createInvestigation({
      account,
      redact,
      log: context.log,
      ...(options.json === true || !terminal.interactive
        ? {}
        : { onCall: (call) => terminal.note(progressLine(terminal, call)) }),
    });
    await answer(context, options, investigation);
  } finally {
    await account.close();
  }
}

function requireSense(options: Options): void {
  if (options.service !== undefined && options.task !== undefined)
    throw fail('usage', { detail: 'Name a service or a task, not both.' });
  if (options.cluster === undefined && options.service === undefined && options.task === undefined)
    throw fail('usage', { detail: 'Name a cluster with --cluster, and a service with --service.' });
}

function open(
  context: Context,
  options: Options,
  redact: ReturnType<typeof createRedactor>,
): Promise<OfflineAccount> {
  const { clock, env, cwd } = context;
  if (options.snapshot === undefined) return openShellAccount(env, { clock, redact });
  return openSnapshotAccount(readSnapshotFile(cwd, options.snapshot), clock);
}

async function answer(context: Context, options: Options, investigation: Investigation): Promise<void> {
  const { terminal } = context;
  if (options.service === undefined && options.task === undefined && options.cluster !== undefined) {
    const found = await diagnoseCluster(investigation, options.cluster);
    if (options.json === true)
      return terminal.json({
        ...clusterJson(found, investigation),
        evidence: evidenceJson(investigation, options),
      });
    for (const line of clusterLines(terminal, found, investigation)) terminal.print(line);
    return;
  }
  const task =
    options.task === undefined
      ? null
      : await serviceOfTask(investigation, { cluster: options.cluster, task: options.task });
  const wanted = task ?? { cluster: options.cluster, service: options.service ?? '' };
  const one = await diagnoseOne(investigation, wanted);
  if (options.json === true)
    return terminal.json({
      ...diagnosisJson(one),
      ...(task === null ? {} : { task: task.task }),
      evidence: evidenceJson(investigation, options),
    });
  if (task !== null) terminal.print(`Task ${task.task} belongs to ${task.service} in ${task.cluster}.\n`);
  for (const line of diagnosisLines(terminal, one, investigation)) terminal.print(line);
}

function diagnosisJson({ output, resultTokens }: Diagnosis) {
  return { findings: output.findings, service: output.service, stats: { ...output.stats, resultTokens } };
}

function clusterJson(found: ClusterDiagnosis, investigation: Investigation) {
  const sum = (read: (one: Diagnosis) => number) =>
    found.diagnoses.reduce((total, one) => total + read(one), 0);
  return {
    cluster: found.cluster,
    services: found.diagnoses.filter((one) => !isHealthy(one)).map(diagnosisJson),
    healthy: found.diagnoses.filter(isHealthy).map((one) => one.output.service.name),
    failed: found.failed,
    notLookedAt: found.notLookedAt,
    stats: {
      awsCalls: investigation.calls.length,
      stages: Math.max(0, ...found.diagnoses.map((one) => one.output.stats.stages)),
      ms: investigation.elapsedMs(),
      resultTokens: sum((one) => one.resultTokens),
    },
  };
}

/** What every id in a finding stands for. */
function evidenceJson(investigation: Investigation, { bodies }: Options) {
  return Object.fromEntries(
    investigation.calls.flatMap((call) => {
      const kept = call.evidence === null ? undefined : investigation.evidence.get(call.evidence);
      if (kept === undefined) return [];
      const { cli, action, stage, status, ms, error } = call;
      const entry = {
        cli,
        action,
        stage,
        status,
        ms,
        ...(error === null ? {} : { error }),
        redactions: kept.redactions,
        truncated: kept.truncated,
        ...(bodies === true ? { body: JSON.parse(kept.body) as unknown } : {}),
      };
      return [[kept.id, entry]];
    }),
  );
}
