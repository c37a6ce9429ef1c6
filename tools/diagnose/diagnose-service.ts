// The question this product is for: why is this service unhealthy? Collects the evidence, asks every rule, and returns the verdicts with
// the evidence behind each. Changes nothing. Values of environment variables never leave it.

import { z } from 'zod';
import type { Finding } from '../../src/contract/finding.ts';
import { finding } from '../../src/contract/finding.ts';
import { defineReadTool } from '../../src/contract/tool.ts';
import { diagnose } from '../../src/diagnosis/diagnose.ts';
import { systemClock } from '../../src/kernel/clock.ts';
import { clusterField, serviceField } from '../fields.ts';
import { countLevels, logPane, logPaneLine } from '../logs/log-pane.ts';
import { counted, textOf } from '../text-lines.ts';
import { collect, collectActions } from './collect.ts';
import { type CallCounter, counting } from './reading.ts';
import { ago, serviceSummary, stoppedOf, stoppedSummary, summaryOf } from './service-summary.ts';

const LOG_LINES_SHOWN = 40;

const output = z.object({
  /** ISO-8601: the moment all ages refer to. */
  at: z.string(),
  service: serviceSummary,
  findings: z.array(finding).max(10),
  stopped: z.array(stoppedSummary).max(10),
  logs: z
    .array(
      z.object({
        task: z.string(),
        container: z.string(),
        group: z.string(),
        stream: z.string(),
        evidence: z.string(),
        counts: z.object({ error: z.number().int(), warn: z.number().int(), info: z.number().int() }),
        lines: z.array(logPaneLine).max(100),
      }),
    )
    .max(6),
  stats: z.object({ awsCalls: z.number().int(), stages: z.number().int(), ms: z.number() }),
});
export type DiagnoseServiceOutput = z.infer<typeof output>;

export const diagnoseService = defineReadTool({
  name: 'diagnose_service',
  summary:
    'Finds out why an ECS service is unhealthy, or that it is healthy: collects services, tasks, logs, targets and the network around them in a few parallel stages, tests every known cause and returns findings (proven, likely, possible, unknown) with evidence, what was ruled out, what could not be read, and fixes to propose. Use it first for any question about a service that does not work.',
  risk: 'reveal',
  actions: [...collectActions],
  input: z.strictObject({
    cluster: clusterField
      .optional()
      .describe('Name of the ECS cluster; when left out, all clusters are looked through.'),
    service: serviceField,
  }),
  output,
  target: ({ cluster, service }) => ({
    ...(cluster === undefined ? {} : { cluster }),
    service,
    resources: [],
  }),
  run: async (input, aws, context) => {
    const startedMs = systemClock.monotonic();
    const counter: CallCounter = { calls: 0 };
    let stages = 0;
    const staged = {
      nowMs: context.nowMs,
      stage: (name: string) => {
        stages += 1;
        context.stage(name);
      },
    };
    const bundle = await collect(counting(aws, counter), input, { context: staged });
    const { facts, findings } = diagnose(bundle);
    return {
      at: new Date(context.nowMs).toISOString(),
      service: summaryOf(facts),
      findings: [...findings],
      stopped: stoppedOf(facts),
      logs: bundle.logs.slice(0, 6).map((log) => ({
        task: log.taskArn.split('/').at(-1) ?? log.taskArn,
        container: log.container,
        group: log.group,
        stream: log.stream,
        evidence: log.evidence,
        counts: countLevels(log.lines),
        lines: logPane(log.lines, LOG_LINES_SHOWN),
      })),
      stats: { awsCalls: counter.calls, stages, ms: Math.round(systemClock.monotonic() - startedMs) },
    };
  },
  text: textOfDiagnosis,
});

function textOfDiagnosis(out: DiagnoseServiceOutput): string {
  const { service } = out;
  const nowMs = Date.parse(out.at);
  const first = out.findings[0];
  const lines = [
    `${service.name} in ${service.cluster}: ${service.status}, desired ${service.desired}, running ${service.running}, pending ${service.pending} [${service.evidence}]`,
    ...service.deployments
      .slice(0, 3)
      .map(
        (one) =>
          `Deployment ${one.status} ${one.revision}: ${one.rolloutState ?? 'no rollout state'}, running ${one.running}/${one.desired}, failed ${one.failedTasks}`,
      ),
    ...out.findings.slice(0, 3).flatMap((one) => findingLines(one)),
    ...(first === undefined
      ? []
      : first.ruledOut.slice(0, 8).map((one) => `Ruled out: ${one.class} (${one.because.slice(0, 160)})`)),
    ...out.stopped
      .filter((group) => group.failed)
      .slice(0, 3)
      .map(
        (group) =>
          `Stopped: ${counted(group.count, 'task')} of ${group.revision}, "${group.reason}", newest ${group.newest.task} ${ago(group.newest.stoppedAt, nowMs)} [${group.newest.evidence}]`,
      ),
    ...out.logs.slice(0, 1).flatMap((log) => [
      `Log of ${log.container} in task ${log.task} (${log.counts.error} errors, ${log.counts.warn} warnings) [${log.evidence}]:`,
      ...log.lines
        .filter((line) => line.level === 'error')
        .slice(0, 5)
        .map(
          (line) =>
            `  ${line.text.slice(0, 200)}${line.repeated === undefined ? '' : ` (×${line.repeated})`}`,
        ),
    ]),
    `Read with ${counted(out.stats.awsCalls, 'AWS call')} in ${counted(out.stats.stages, 'stage')}; nothing was changed.`,
  ];
  return textOf(lines, []);
}

function findingLines(one: Finding): string[] {
  const refs = [...new Set(one.evidence.map((ref) => ref.id))].slice(0, 5).map((id) => `[${id}]`);
  return [
    `${one.verdict.toUpperCase()} ${one.class}: ${one.title} ${refs.join(' ')}`,
    `  ${one.explanation}`,
    ...one.fixes
      .slice(0, 2)
      .map(
        (fix) =>
          `  Fix to propose: ${fix.tool} ${JSON.stringify(fix.input)}${alsoOpens(fix.counterfactual?.alsoOpens)}`,
      ),
    ...one.cannotVerify.slice(0, 4).map((gap) => `  Cannot verify: ${gap.what} (needs ${gap.missingAction})`),
  ];
}

function alsoOpens(what: readonly string[] | undefined): string {
  if (what === undefined) return ' (not verifiable beforehand)';
  return what.length === 0 ? ' (nothing else opens)' : ` (also opens: ${what.join(' ')})`;
}
