// `lockkeeper diagnose`: evidence in, findings out, without a hub. Of the account of the shell or of a snapshot file.

import { randomBytes } from 'node:crypto';
import type { Command } from 'commander';
import { fail } from '../../contract/errors.ts';
import type { Finding } from '../../contract/finding.ts';
import { createRedactor } from '../../kernel/redact.ts';
import { type Context, commandName, type GlobalOptions } from '../context.ts';
import { type OfflineAccount, openShellAccount, openSnapshotAccount } from '../offline/account.ts';
import { type WorkedFixes, workOutFixes } from '../offline/changes.ts';
import { type ClusterDiagnosis, diagnoseCluster, isHealthy } from '../offline/cluster-diagnosis.ts';
import {
  type Answer,
  type Diagnosis,
  diagnoseHost,
  diagnoseOne,
  diagnoseOneFamily,
  diagnoseOneTask,
  diagnoseRule,
} from '../offline/diagnoses.ts';
import {
  clusterLines,
  diagnosisLines,
  label,
  type Material,
  progressLine,
} from '../offline/diagnosis-text.ts';
import { createInvestigation, type Investigation } from '../offline/investigation.ts';
import { readSnapshotFile } from '../offline/snapshot-file.ts';
import { familyLines, hostLines, ruleLines, taskDiagnosisLines } from '../offline/subject-text.ts';
import type { Terminal } from '../terminal/terminal.ts';
import { type AddCommand, optionsOf } from './command.ts';

interface Options extends GlobalOptions {
  readonly cluster?: string;
  readonly service?: string;
  readonly task?: string;
  readonly family?: string;
  readonly rule?: string;
  readonly containerInstance?: string;
  readonly snapshot?: string;
  readonly bodies?: boolean;
}

/** One question is about one of these. */
const SUBJECTS = ['service', 'task', 'family', 'rule', 'containerInstance'] as const;

export const addDiagnose: AddCommand = (command, context) => {
  command
    .option('--cluster <name>', 'the ECS cluster; alone: the whole cluster, the sick services first')
    .option('--service <name>', 'a service')
    .option(
      '--task <id>',
      'a task (id or ARN), of a service or run by hand: why it stopped or does not start',
    )
    .option('--family <name>', 'a task definition family: all its services and tasks, the newest failures')
    .option('--rule <name>', 'a scheduled rule of EventBridge: why its task did not run')
    .option('--container-instance <id>', 'a host (id, ARN, or i-… of EC2): agent, machine, resources, tasks')
    .option('--snapshot <file>', 'look into this file instead of AWS; nothing leaves this machine')
    .option('--bodies', 'with --json: add the redacted answers of AWS to the evidence')
    .addHelpText('after', HELP)
    .action((_, command: Command) => run(context, optionsOf<Options>(command)));
};

const HELP = `
Without --snapshot it uses the credentials, region and endpoints of this shell. It only reads. --cluster may be left
out when there are few clusters: then all are looked through.

--json prints {findings, service, timeline, stats: {awsCalls, stages, ms, resultTokens}, proposed, evidence: {id: {cli, …}}}.
  proposed holds the fixes as exact commands: {tool, title, command, changes, touches, opens, undo, warnings}, or {tool, problem}.
  resultTokens is the length of the compact text a planner would read, in characters / 4, rounded up.
  With --task: task and taskState are added, and service is null for a task that no service started; with --family:
  family and users; with --rule: rule; with --container-instance: host and tasks. For a whole cluster: {cluster, services: [{findings,
  service, stats}], healthy, failed, notLookedAt, standalone, hosts, stats, evidence}; services holds those that are
  not healthy.

Examples:
  lockkeeper diagnose --cluster prod --service checkout
  lockkeeper diagnose --cluster prod
  lockkeeper diagnose --task 0123456789abcdef0123456789abcdef
  lockkeeper diagnose --cluster prod --family nightly-report
  lockkeeper diagnose --rule nightly-report
  lockkeeper diagnose --cluster prod --container-instance i-0123456789abcdef0
  lockkeeper diagnose --cluster prod --service checkout --snapshot incident.json --json | jq '.findings[0]'

Exit codes: 0 whatever the verdict, 2 usage or not a snapshot, 3 no such cluster, service, task, family, rule or
host, 5 AWS cannot be reached or refused to describe it, 6 no credentials or region.`;

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
    const { json, findings, lines } = await answer(context, options, investigation);
    const evidence = evidenceJson(investigation, options);
    const fixes = await workOutFixes(investigation, findings);
    if (options.json === true)
      return terminal.json({ ...json, proposed: proposedJson(findings, fixes), evidence });
    for (const line of lines({ evidence: investigation.evidence, fixes })) terminal.print(line);
    for (const line of afterwards(context, fixes)) terminal.print(line);
  } finally {
    await account.close();
  }
}

function requireSense(options: Options): void {
  const named = SUBJECTS.filter((name) => options[name] !== undefined);
  if (named.length > 1)
    throw fail('usage', { detail: `Name one of ${named.map(optionName).join(' and ')}, not both.` });
  if (named.length === 0 && options.cluster === undefined)
    throw fail('usage', { detail: 'Name a cluster with --cluster, and a service with --service.' });
}

function optionName(name: string): string {
  return `--${name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;
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

/** What one question leads to, for machines and for people. */
interface Shown {
  readonly json: object;
  readonly findings: readonly Finding[];
  readonly lines: (material: Material) => string[];
}

async function answer(context: Context, options: Options, investigation: Investigation): Promise<Shown> {
  const { terminal } = context;
  const { cluster, service, task, family, rule, containerInstance: host } = options;
  const about =
    <T extends { readonly output: { readonly findings: readonly Finding[] } }>(
      json: (one: T) => object,
      lines: (terminal: Terminal, one: T, material: Material) => string[],
    ) =>
    (one: T): Shown => ({
      json: json(one),
      findings: one.output.findings,
      lines: (material) => lines(terminal, one, material),
    });
  if (task !== undefined)
    return about(taskJson, taskDiagnosisLines)(await diagnoseOneTask(investigation, { cluster, task }));
  if (family !== undefined)
    return about(plainJson, familyLines)(await diagnoseOneFamily(investigation, { cluster, family }));
  if (rule !== undefined) return about(plainJson, ruleLines)(await diagnoseRule(investigation, { rule }));
  if (host !== undefined)
    return about(plainJson, hostLines)(await diagnoseHost(investigation, { cluster, host }));
  if (service !== undefined)
    return about(diagnosisJson, diagnosisLines)(await diagnoseOne(investigation, { cluster, service }));
  const found = await diagnoseCluster(investigation, cluster ?? '');
  return {
    json: clusterJson(found, investigation),
    findings: found.diagnoses.flatMap(({ output }) => output.findings),
    lines: (material) => clusterLines(terminal, found, material),
  };
}

/** What was read for the fixes, and how one becomes a proposal. */
function afterwards(context: Context, { awsCalls, worked }: WorkedFixes): string[] {
  if (worked === 0) return [];
  return [
    label(
      context.terminal,
      '',
      `${awsCalls} more for the exact command of the fix; nothing was sent to change it`,
    ),
    label(context.terminal, '', `To have it proposed, approved and watched: ${commandName(context)} up`),
  ];
}

function proposedJson(findings: readonly Finding[], fixes: WorkedFixes): object[] {
  return findings
    .flatMap((finding) => finding.fixes)
    .flatMap((fix) => {
      const worked = fixes.of(fix);
      if (worked === undefined) return [];
      return [{ tool: fix.tool, ...('change' in worked ? worked.change : { problem: worked.because }) }];
    });
}

function diagnosisJson({ output, resultTokens }: Diagnosis) {
  const { findings, service, timeline, stats } = output;
  return { findings, service, timeline, stats: { ...stats, resultTokens } };
}

function taskJson({ output, resultTokens }: Awaited<ReturnType<typeof diagnoseOneTask>>) {
  const { findings, service, task, timeline, stats } = output;
  return { findings, service, task: task.id, taskState: task, timeline, stats: { ...stats, resultTokens } };
}

/** The output of a tool as it is, with the size of its text. */
function plainJson<T extends { readonly stats: object }>({ output, resultTokens }: Answer<T>) {
  return { ...output, stats: { ...output.stats, resultTokens } };
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
    standalone: found.overview.standalone,
    hosts: found.overview.hosts,
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
