// What the playbook reads of tool outputs, parsed once at the edge. A part that is missing or has another shape is left
// out of the answer; it is never guessed.

import { z } from 'zod';
import type { ToolResult } from '../../contract/call.ts';
import { finding, networkPath, proposedCall } from '../../contract/finding.ts';

const text = z.string();
const maybeText = z.string().nullish().catch(null);
const maybeNumber = z.number().nullish().catch(null);

const deployment = z.object({
  id: maybeText,
  status: maybeText,
  rolloutState: maybeText,
  rolloutStateReason: maybeText,
  taskDefinition: maybeText,
  revision: maybeText,
  desired: maybeNumber,
  running: maybeNumber,
  pending: maybeNumber,
  failedTasks: maybeNumber,
  createdAt: z.union([z.string(), z.number()]).nullish().catch(null),
});
export type DeploymentView = z.infer<typeof deployment>;

const serviceFacts = z.object({
  name: text,
  cluster: text,
  status: text,
  desired: z.number(),
  running: z.number(),
  pending: z.number(),
  rolloutState: maybeText,
  taskDefinition: maybeText,
  securityGroups: z.array(text).catch([]),
  deployments: z.array(deployment).catch([]),
  evidence: z.unknown().optional(),
  events: z
    .array(z.object({ at: z.union([z.string(), z.number()]).nullish().catch(null), message: text }))
    .catch([]),
});
export type ServiceView = z.infer<typeof serviceFacts>;

const stopped = z.object({
  reason: maybeText,
  kind: maybeText,
  count: maybeNumber,
  /** False for tasks that were meant to stop. */
  failed: z.boolean().catch(true),
  newest: z
    .object({
      task: maybeText,
      stoppedAt: maybeText,
      container: maybeText,
      exitCode: maybeNumber,
      evidence: maybeText,
    })
    .nullish()
    .catch(null),
});
export type StoppedView = z.infer<typeof stopped>;

const difference = z.object({ kind: text, what: text, before: text, after: text });
export type DifferenceView = z.infer<typeof difference>;
/** `hours`: how many of the hours that were asked about hold measurements. */
const usage = z.object({ average: z.number(), peak: z.number(), hours: maybeNumber });
const taskSize = z.object({ cpu: z.number(), memory: z.number() });

export const outputs = {
  diagnosis: z.object({
    /** When it was made; absent in what an older node stored. */
    at: maybeText,
    service: serviceFacts,
    findings: z.array(finding).catch([]),
    stopped: z.array(stopped).catch([]),
    /** Oldest first. */
    timeline: z.array(z.object({ at: text, what: text, evidence: text })).catch([]),
  }),
  taskDiagnosis: z.object({
    findings: z.array(finding).catch([]),
    task: z.object({
      id: text,
      cluster: text,
      service: maybeText,
      group: maybeText,
      revision: text,
      lastStatus: text,
      stopCode: maybeText,
      stoppedReason: maybeText,
      stoppedAt: maybeText,
      containers: z
        .array(
          z.object({ name: text, exitCode: maybeNumber, reason: maybeText, first: z.boolean().catch(false) }),
        )
        .catch([]),
    }),
  }),
  clusterDiagnosis: z.object({
    cluster: z.object({ name: text, services: z.number(), sick: z.number() }),
    sick: z
      .array(
        z.object({
          name: text,
          desired: z.number(),
          running: z.number(),
          because: text,
          evidence: z.array(text).catch([]),
        }),
      )
      .catch([]),
    well: z.array(text).catch([]),
    standalone: z
      .array(
        z.object({ family: text, count: z.number(), task: text, reason: text, evidence: text.catch('') }),
      )
      .catch([]),
    hosts: z.object({ total: z.number(), disconnected: z.array(text), draining: z.array(text) }),
    findings: z.array(finding).catch([]),
    lookedInto: z.array(z.object({ service: text, class: text })).catch([]),
    cannotVerify: z.array(z.object({ what: text, missingAction: text })).catch([]),
  }),
  hostDiagnosis: z.object({
    findings: z.array(finding).catch([]),
    host: z.object({ id: text, instance: maybeText, cluster: text, status: text }),
    tasks: z.array(z.object({ id: text })).catch([]),
    failedTasks: z.number().catch(0),
  }),
  scheduleDiagnosis: z.object({
    findings: z.array(finding).catch([]),
    rule: z.object({ name: text, state: maybeText, schedule: maybeText }),
  }),
  services: z.object({ services: z.array(serviceFacts) }),
  clusterNames: z.object({ clusters: z.array(z.object({ name: text })) }),
  serviceNames: z.object({ cluster: text, services: z.array(z.object({ name: text })) }),
  taskIds: z.object({ tasks: z.array(z.object({ id: text })) }),
  tasks: z.object({
    tasks: z.array(
      z.object({
        id: text,
        taskDefinition: maybeText,
        lastStatus: text,
        healthStatus: maybeText,
        stopCode: maybeText,
        stoppedReason: maybeText,
        availabilityZone: maybeText,
        startedAt: maybeText,
        stoppedAt: maybeText,
      }),
    ),
  }),
  definition: z.object({
    family: maybeText,
    revision: maybeNumber,
    cpu: maybeText,
    memory: maybeText,
    containers: z
      .array(z.looseObject({ name: text, image: maybeText, cpu: maybeNumber, memory: maybeNumber }))
      .catch([]),
  }),
  definitionNames: z.object({ taskDefinitions: z.array(z.object({ name: text })) }),
  logs: z.object({
    group: maybeText,
    stream: maybeText,
    task: maybeText,
    container: maybeText,
    revision: maybeText,
    stoppedReason: maybeText,
    counts: z.object({ error: z.number(), warn: z.number(), info: z.number() }).nullish().catch(null),
    evidence: z.array(text).catch([]),
    lines: z
      .array(
        z.object({
          at: z.union([z.number(), z.string()]).nullish().catch(null),
          level: z.string().catch('info'),
          text,
          repeated: maybeNumber,
          note: maybeText,
          isNew: z.boolean().catch(false).default(false),
        }),
      )
      .catch([]),
    comparedWith: z.object({ revision: text }).nullish().catch(null),
  }),
  paths: z.object({
    paths: z.array(networkPath),
    summary: maybeText,
    fixes: z.array(proposedCall).catch([]),
    cannotVerify: z.array(z.object({ what: text, missingAction: text })).catch([]),
  }),
  trail: z.object({
    items: z.array(
      z.object({
        at: maybeText,
        name: text,
        user: z.string().catch(''),
        resources: z.array(text).catch([]),
        error: maybeText,
        about: z
          .object({
            cluster: z.string().optional(),
            service: z.string().optional(),
            taskDefinition: z.string().optional(),
            desiredCount: z.string().optional(),
            groupId: z.string().optional(),
          })
          .catch({}),
      }),
    ),
  }),
  steadiness: z.object({
    desired: z.number(),
    running: z.number(),
    pending: maybeNumber,
    healthy: maybeNumber,
    rolloutState: maybeText,
    steady: z.boolean(),
    newestFailure: z.object({ task: text, at: maybeText, reason: text }).nullish().catch(null),
  }),
  compared: z.object({
    service: text,
    revisions: z
      .object({ before: text, after: text, basis: text, differences: z.array(difference) })
      .nullable(),
    tasks: z.object({ healthy: text, other: text, differences: z.array(difference) }).nullable(),
    cannotVerify: z.array(z.object({ what: text, missingAction: text })).catch([]),
  }),
  cost: z.object({
    service: text,
    tasks: z.object({ fargate: z.number(), spot: z.number(), ec2: z.number() }),
    requested: taskSize.nullable(),
    cpu: usage.nullable(),
    memory: usage.nullable(),
    verdict: z.enum(['oversized', 'undersized', 'fitting', 'unknown']),
    because: text,
    suggested: taskSize.nullable(),
    monthly: z.number().nullable(),
    monthlySuggested: z.number().nullable(),
    scaling: z
      .object({
        changes: z.number(),
        turns: z.number(),
        turnsPerDay: z.number(),
        minutesBetweenTurns: z.number().nullable(),
        oscillates: z.boolean(),
        reasons: z.array(text).catch([]),
      })
      .nullable(),
    basis: z.array(text).catch([]),
    cannotVerify: z.array(z.object({ what: text, missingAction: text })).catch([]),
  }),
  serviceDeployments: z.object({
    items: z.array(z.object({ status: text, createdAt: maybeText, targetRevision: maybeText })),
  }),
  serviceRevisions: z.object({ items: z.array(z.object({ id: text, taskDefinition: text })) }),
  scalableTargets: z.object({ items: z.array(z.object({ minimum: maybeNumber, maximum: maybeNumber })) }),
  metric: z.object({ points: z.array(z.object({ at: text, value: z.number() })) }),
  identity: z.object({ account: maybeText, arn: maybeText }),
} as const;

export type Outputs = { [K in keyof typeof outputs]: z.infer<(typeof outputs)[K]> };
export type DiagnosisView = Outputs['diagnosis'];
export type PathsView = Outputs['paths'];
export type LogsView = Outputs['logs'];
export type CostView = Outputs['cost'];
export type ComparedView = Outputs['compared'];

/** A tool's output in the shape `kind`, with the evidence it was read from; null when it has another shape or no output. */
export function readOutput<K extends keyof Outputs>(
  kind: K,
  result: ToolResult | null | undefined,
): { readonly value: Outputs[K]; readonly evidence: readonly string[] } | null {
  if (result?.status !== 'ok') return null;
  const parsed = outputs[kind].safeParse(result.output);
  // zod's parsed type for a key of the table is exactly Outputs[K]; TypeScript cannot follow the index.
  return parsed.success
    ? { value: parsed.data as Outputs[K], evidence: ownFirst(result.output, result.evidence) }
    : null;
}

const holder = z
  .object({ evidence: text })
  .transform(({ evidence }) => [evidence])
  .catch([]);
const ownEvidence = z
  .object({
    service: holder,
    task: holder,
    host: holder,
    rule: holder,
    evidence: z.array(text).catch([]),
  })
  .transform((own) => [...own.service, ...own.task, ...own.host, ...own.rule, ...own.evidence])
  .catch([]);

/** What an output says was read from goes before what only led there, such as the list of clusters in which a service was looked for. */
function ownFirst(output: unknown, evidence: readonly string[]): readonly string[] {
  const own = ownEvidence.parse(output).filter((id) => evidence.includes(id));
  return own.length === 0 ? evidence : [...new Set([...own, ...evidence])];
}
