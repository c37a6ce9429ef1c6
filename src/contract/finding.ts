// Findings: what an investigation concluded, with the evidence for it and what else was considered.

import { z } from 'zod';
import { json } from './json.ts';

/** The causes an investigation can name: "what has to change for this to work again?" */
export const causeClasses = [
  'no-egress-route',
  'public-subnet-no-public-ip',
  'task-sg-egress-blocked',
  'nacl-blocked',
  'missing-vpc-endpoint',
  's3-path-blocked',
  'vpc-dns-misconfig',
  'dependency-unreachable',
  'subnet-ip-exhaustion',
  'eni-allocation-failure',
  'exec-role-secret-denied',
  'exec-role-ecr-denied',
  'exec-role-logs-denied',
  'role-assume-failed',
  'passrole-denied',
  'task-role-denied',
  'task-credentials-unavailable',
  'image-not-found',
  'private-registry-auth',
  'registry-rate-limit',
  'platform-mismatch',
  'secret-reference-invalid',
  'log-group-missing',
  'log-pipeline-failure',
  'invalid-task-definition',
  'entrypoint-invalid',
  'app-config-error',
  'app-clean-exit',
  'oom-killed',
  'native-crash',
  'container-dependency-failed',
  'lb-sg-ingress-missing',
  'lb-healthcheck-misconfig',
  'slow-start-grace',
  'app-bind-address',
  'container-healthcheck-invalid',
  'graceful-shutdown-gap',
  'insufficient-cluster-resources',
  'host-port-conflict',
  'instance-registration-failed',
  'asg-capacity-failure',
  'agent-disconnected',
  'placement-constraint-unmet',
  'fargate-capacity-unavailable',
  'fargate-quota',
  'api-throttling',
  'infrastructure-interruption',
  'deployment-settings',
  'deployment-controller-mismatch',
  'lb-attachment-invalid',
  'network-mode-mismatch',
  'stale-or-wrong-reference',
  'service-lifecycle-conflict',
  'autoscaling-conflict',
  'disk-full',
  'efs-unreachable',
  'efs-access-denied',
  'container-runtime-failure',
  'ecs-exec-unavailable',
  'service-connect-proxy-failure',
  'schedule-invocation-failed',
  'healthy',
  'unknown',
] as const;

export const causeClass = z.enum(causeClasses);
export type CauseClass = z.infer<typeof causeClass>;

/** `proven` needs state; text alone (a log line, a reason) reaches at most `likely`. */
export const verdict = z.enum(['proven', 'likely', 'possible', 'unknown']);

/** One observation: the stored answer and the JSON path of the deciding field in it. */
export const evidenceRef = z.object({ id: z.string(), path: z.string(), note: z.string().optional() });
export type EvidenceRef = z.infer<typeof evidenceRef>;

/**
 * A permission that a role needs and does not have: what a statement would have to allow. `by` is what stands in the way: `unseen` where AWS
 * refused it and the policies could not be read.
 */
export const missingPermission = z.object({
  role: z.string(),
  action: z.string(),
  resource: z.string(),
  by: z.enum(['role-lacks', 'role-denies', 'thing-lacks', 'thing-denies', 'unseen']),
});
export type MissingPermission = z.infer<typeof missingPermission>;

/** A change a finding proposes: a call of a change tool, not yet prepared. */
export const proposedCall = z.object({
  tool: z.string(),
  input: z.record(z.string(), json),
  /** One sentence: what it does and why this is the smallest change. */
  why: z.string(),
  /** What the counterfactual run showed with the change applied. */
  counterfactual: z.object({ flips: z.boolean(), alsoOpens: z.array(z.string()) }).optional(),
});
export type ProposedCall = z.infer<typeof proposedCall>;

/** One check on a network path, in the order a packet meets it. Drawn as gates in the console. */
export const pathHop = z.object({
  check: z.enum([
    'dns',
    'security-group-egress',
    'network-acl-egress',
    'route',
    'endpoint',
    'network-acl-ingress',
    'security-group-ingress',
    'network-acl-return',
  ]),
  direction: z.enum(['out', 'in', 'return']),
  resource: z.string(),
  verdict: z.enum(['open', 'blocked', 'unknown']),
  /** One sentence: why. */
  because: z.string(),
  /** The rules that were considered, as people read them. */
  rules: z
    .array(
      z.object({
        protocol: z.string(),
        ports: z.string(),
        peer: z.string(),
        description: z.string(),
        matches: z.boolean(),
      }),
    )
    .max(60)
    .default([]),
  /** The rule that is missing, when one would open the hop. */
  missing: z.object({ protocol: z.string(), ports: z.string(), peer: z.string() }).optional(),
  evidence: z.array(evidenceRef).default([]),
});
export type PathHop = z.infer<typeof pathHop>;

/** A path from a task or its host to a destination, for the subnets in which it looks the same. */
export const networkPath = z.object({
  from: z.object({
    task: z.string().optional(),
    /** The EC2 instance whose own interface the packets leave by, where it is not that of a task. */
    host: z.string().optional(),
    networkInterface: z.string().optional(),
    address: z.string().optional(),
    subnets: z.array(z.string()),
    securityGroups: z.array(z.string()),
  }),
  to: z.object({
    host: z.string().optional(),
    address: z.string().optional(),
    securityGroups: z.array(z.string()),
    name: z.string().optional(),
    port: z.number().int(),
    protocol: z.string(),
  }),
  verdict: z.enum(['reachable', 'blocked', 'unknown']),
  hops: z.array(pathHop).max(24),
});
export type NetworkPath = z.infer<typeof networkPath>;

export const finding = z.object({
  class: causeClass,
  verdict,
  /** One sentence: what cannot happen, then why. */
  title: z.string(),
  /** Two sentences a tired person understands. */
  explanation: z.string(),
  evidence: z.array(evidenceRef),
  /** ARNs or ids of what has to change. */
  culprits: z.array(z.string()),
  ruledOut: z.array(z.object({ class: causeClass, because: z.string() })),
  cannotVerify: z.array(z.object({ what: z.string(), missingAction: z.string() })),
  fixes: z.array(proposedCall),
  paths: z.array(networkPath).max(12).default([]),
  /** The permissions whose lack is the cause; left out where it is none of permissions. */
  lacks: z.array(missingPermission).max(12).optional(),
});
export type Finding = z.infer<typeof finding>;
