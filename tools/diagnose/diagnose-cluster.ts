// What is wrong in this cluster? Every service at a glance, the sick ones first, and a full diagnosis of the sickest. The answer stays
// small whatever the size of the cluster.

import { z } from 'zod';
import { finding } from '../../src/contract/finding.ts';
import { defineReadTool } from '../../src/contract/tool.ts';
import { isSick, type ServiceGlance, sicknesses } from '../../src/diagnosis/overview.ts';
import { lastPart } from '../arn.ts';
import { clusterField } from '../fields.ts';
import { counted, oneLine, textOf } from '../text-lines.ts';
import { collectActions } from './collect.ts';
import { type ClusterOverview, collectCluster, collectClusterActions } from './collect-cluster.ts';
import { type DeepLook, lookInto } from './deep-look.ts';
import { costLine, findingLines } from './diagnosis-text.ts';
import { measured, statsField } from './measured.ts';

const SICK_SHOWN = 40;
const WELL_SHOWN = 200;
const STANDALONE_SHOWN = 10;
const HOSTS_SHOWN = 20;
const DEEP_MAX = 5;
const DEEP_DEFAULT = 3;

const glance = z.object({
  name: z.string(),
  status: z.string(),
  desired: z.number().int(),
  running: z.number().int(),
  pending: z.number().int(),
  revision: z.string(),
  rolloutState: z.string().nullable(),
  sickness: z.enum(sicknesses),
  because: z.string(),
  evidence: z.array(z.string()).max(4),
});

const output = z.object({
  at: z.string(),
  cluster: z.object({
    name: z.string(),
    status: z.string(),
    services: z.number().int(),
    sick: z.number().int(),
    runningTasks: z.number().int(),
    pendingTasks: z.number().int(),
  }),
  /** The sick services, the most urgent first. */
  sick: z.array(glance).max(SICK_SHOWN),
  /** Names of services of which nothing shows that they are not well. */
  well: z.array(z.string()).max(WELL_SHOWN),
  /** Failed tasks that no service started, by family. */
  standalone: z
    .array(
      z.object({
        family: z.string(),
        count: z.number().int(),
        task: z.string(),
        reason: z.string(),
        evidence: z.string(),
      }),
    )
    .max(STANDALONE_SHOWN),
  hosts: z.object({
    total: z.number().int(),
    disconnected: z.array(z.string()).max(HOSTS_SHOWN),
    draining: z.array(z.string()).max(HOSTS_SHOWN),
  }),
  /** The deciding findings of the services that were looked into, in the order of `lookedInto`. */
  findings: z.array(finding).max(DEEP_MAX),
  lookedInto: z
    .array(z.object({ service: z.string(), class: z.string(), problem: z.string().nullable() }))
    .max(DEEP_MAX),
  cannotVerify: z.array(z.object({ what: z.string(), missingAction: z.string() })).max(20),
  stats: statsField,
});
export type DiagnoseClusterOutput = z.infer<typeof output>;

export const diagnoseCluster = defineReadTool({
  name: 'diagnose_cluster',
  summary:
    "Answers 'what is wrong in this cluster?': every service at a glance with the sick ones first (down, short of tasks, failing deployment, crash loop, scheduler complaints), failed tasks that no service started, hosts whose agent is gone, and a full diagnosis of the sickest services. Use it when no service is named.",
  risk: 'reveal',
  actions: [...new Set([...collectClusterActions, ...collectActions])],
  input: z.strictObject({
    cluster: clusterField,
    deep: z
      .number()
      .int()
      .min(0)
      .max(DEEP_MAX)
      .default(DEEP_DEFAULT)
      .describe('How many of the sickest services are diagnosed in full; 0 for the overview alone.'),
  }),
  output,
  target: ({ cluster }) => ({ cluster: lastPart(cluster), resources: [] }),
  run: async ({ cluster, deep }, aws, context) => {
    // A cluster may have more services than answers can be kept of.
    const measure = measured(aws, context, { forgets: true });
    const overview = await collectCluster(measure.aws, cluster, measure.context);
    const chosen = overview.services.filter(isSick).slice(0, deep);
    const looks = await lookInto(
      measure.aws,
      chosen.map(({ name }) => ({ cluster: overview.name, service: name })),
      context,
    );
    const { stages, ...stats } = measure.stats();
    return {
      at: new Date(context.nowMs).toISOString(),
      ...partsOf(overview, looks),
      stats: { ...stats, stages: stages + Math.max(0, ...looks.map((one) => one.stages)) },
    };
  },
  text: textOfCluster,
});

function partsOf(
  overview: ClusterOverview,
  looks: readonly DeepLook[],
): Omit<DiagnoseClusterOutput, 'at' | 'stats'> {
  const { services, hosts } = overview;
  const sick = services.filter(isSick);
  return {
    cluster: {
      name: overview.name,
      status: overview.status,
      services: services.length,
      sick: sick.length,
      runningTasks: overview.runningTasks,
      pendingTasks: overview.pendingTasks,
    },
    sick: sick.slice(0, SICK_SHOWN).map(shown),
    well: services
      .filter((one) => !isSick(one))
      .slice(0, WELL_SHOWN)
      .map(({ name }) => name),
    standalone: overview.standalone.slice(0, STANDALONE_SHOWN).map(({ owner, count, newest }) => ({
      family: owner,
      count,
      task: newest.task,
      reason: oneLine(newest.reason),
      evidence: newest.at.id,
    })),
    hosts: {
      total: hosts.total,
      disconnected: hosts.disconnected.slice(0, HOSTS_SHOWN),
      draining: hosts.draining.slice(0, HOSTS_SHOWN),
    },
    findings: looks.flatMap((one) => (one.finding === undefined ? [] : [one.finding])),
    lookedInto: looks.map(({ service, finding: found, because }) => ({
      service,
      class: found?.class ?? 'unknown',
      problem: because ?? null,
    })),
    cannotVerify: overview.gaps.slice(0, 20).map(({ what, missingAction }) => ({ what, missingAction })),
  };
}

function shown(one: ServiceGlance): z.infer<typeof glance> {
  const { evidence, because, ...rest } = one;
  return {
    ...rest,
    because: oneLine(because, 500),
    evidence: [...new Set(evidence.map((ref) => ref.id))].slice(0, 4),
  };
}

/** The compact text of an overview: how many are sick, the sickest with their cause, the rest in a line each. */
export function textOfCluster(out: DiagnoseClusterOutput): string {
  const { cluster, hosts } = out;
  const looked = new Map(out.lookedInto.map((one, index) => [one.service, index]));
  const lines = [
    `${cluster.name}: ${cluster.sick} of ${counted(cluster.services, 'service')} need a look; ${cluster.runningTasks} tasks running, ${cluster.pendingTasks} pending`,
    ...out.findings.flatMap((one) => findingLines(one).slice(0, 4)),
    ...out.sick
      .slice(0, 12)
      .map(
        (one) =>
          `${one.name}: ${one.sickness}, running ${one.running}/${one.desired}${looked.has(one.name) ? '' : `. ${one.because.slice(0, 160)}`} ${one.evidence.map((id) => `[${id}]`).join(' ')}`,
      ),
    ...(cluster.sick > 12 ? [`… and ${cluster.sick - 12} more sick services.`] : []),
    ...out.standalone
      .slice(0, 5)
      .map(
        (one) =>
          `Tasks of no service: ${counted(one.count, 'task')} of ${one.family} failed, the newest ${one.task} with "${one.reason.slice(0, 160)}" [${one.evidence}]`,
      ),
    ...(hosts.disconnected.length === 0
      ? []
      : [`Hosts whose agent is not connected: ${hosts.disconnected.join(', ')} (of ${hosts.total})`]),
    ...(hosts.draining.length === 0 ? [] : [`Hosts being drained: ${hosts.draining.join(', ')}`]),
    ...out.lookedInto.flatMap((one) =>
      one.problem === null ? [] : [`${one.service} could not be looked into: ${oneLine(one.problem)}`],
    ),
    ...out.cannotVerify.slice(0, 6).map((gap) => `Cannot verify: ${gap.what} (needs ${gap.missingAction})`),
    costLine(out.stats),
  ];
  return textOf(lines, []);
}
