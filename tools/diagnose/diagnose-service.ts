// The question this product is for: why is this service unhealthy? Collects the evidence, asks every rule, and returns the verdicts with
// the evidence behind each. Changes nothing. Values of environment variables never leave it.

import { z } from 'zod';
import { defineReadTool } from '../../src/contract/tool.ts';
import { diagnose } from '../../src/diagnosis/diagnose.ts';
import { clusterField, serviceField } from '../fields.ts';
import { counted, textOf } from '../text-lines.ts';
import { collect, collectActions } from './collect.ts';
import { diagnosisParts, logsOf, timelineFieldOf } from './diagnosis-parts.ts';
import { costLine, findingLines, logLines, ruledOutLines, timelineLines } from './diagnosis-text.ts';
import { measured } from './measured.ts';
import { ago, serviceSummary, stoppedOf, stoppedSummary, summaryOf } from './service-summary.ts';

const output = z.object({
  ...diagnosisParts,
  service: serviceSummary,
  stopped: z.array(stoppedSummary).max(10),
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
    const measure = measured(aws, context);
    const bundle = await collect(measure.aws, input, { context: measure.context });
    const { facts, findings } = diagnose(bundle);
    return {
      at: new Date(context.nowMs).toISOString(),
      service: summaryOf(facts),
      findings: [...findings],
      timeline: timelineFieldOf(facts, findings),
      stopped: stoppedOf(facts),
      logs: logsOf(bundle),
      stats: measure.stats(),
    };
  },
  text: textOfDiagnosis,
});

/** The compact text of a diagnosis, the deciding fact first. */
export function textOfDiagnosis(out: DiagnoseServiceOutput): string {
  const { service } = out;
  const nowMs = Date.parse(out.at);
  const lines = [
    `${service.name} in ${service.cluster}: ${service.status}, desired ${service.desired}, running ${service.running}, pending ${service.pending} [${service.evidence}]`,
    ...service.deployments
      .slice(0, 3)
      .map(
        (one) =>
          `Deployment ${one.status} ${one.revision}: ${one.rolloutState ?? 'no rollout state'}, running ${one.running}/${one.desired}, failed ${one.failedTasks}`,
      ),
    ...out.findings.slice(0, 3).flatMap((one) => findingLines(one)),
    ...ruledOutLines(out.findings[0]),
    ...out.stopped
      .filter((group) => group.failed)
      .slice(0, 3)
      .map(
        (group) =>
          `Stopped: ${counted(group.count, 'task')} of ${group.revision}, "${group.reason}", newest ${group.newest.task} ${ago(group.newest.stoppedAt, nowMs)} [${group.newest.evidence}]`,
      ),
    ...timelineLines(out.timeline),
    ...logLines(out.logs),
    costLine(out.stats),
  ];
  return textOf(lines, []);
}
