// Whether a change of a service leaves a proven cause as it is: then new tasks meet it as the old ones did, and whoever approves has to know.

import type { CauseClass, Finding, ProposedCall } from './finding.ts';
import type { ProposalDocument } from './proposal.ts';

export interface ServiceChange {
  readonly tool: string;
  readonly args: ProposalDocument['args'];
  /** The desired count before the change; null when it is not known. */
  readonly desired: number | null;
}

/** Causes that stand outside of every task definition: the way, the rights, the room. Another revision finds them as they are. */
const OUTSIDE: ReadonlySet<CauseClass> = new Set<CauseClass>([
  'no-egress-route',
  'public-subnet-no-public-ip',
  'task-sg-egress-blocked',
  'nacl-blocked',
  'missing-vpc-endpoint',
  's3-path-blocked',
  'vpc-dns-misconfig',
  'subnet-ip-exhaustion',
  'eni-allocation-failure',
  'exec-role-secret-denied',
  'exec-role-ecr-denied',
  'exec-role-logs-denied',
  'role-assume-failed',
  'passrole-denied',
  'lb-sg-ingress-missing',
  'instance-registration-failed',
  'asg-capacity-failure',
  'agent-disconnected',
  'fargate-capacity-unavailable',
  'fargate-quota',
  'efs-unreachable',
  'efs-access-denied',
  'autoscaling-conflict',
]);

/** Outside of the task definition, and in the way of every new task. */
function keepsFromStarting({ class: name }: Finding): boolean {
  return OUTSIDE.has(name) && name !== 'autoscaling-conflict';
}

/** Words beside a change that do not change what it does. */
const SAYS_NOTHING_NEW: ReadonlySet<string> = new Set(['description', 'heals', 'reason']);

/** One sentence for whoever decides, or null when the change repairs the finding, or may. */
export function leftUnrepaired(change: ServiceChange, finding: Finding): string | null {
  if (change.tool !== 'ecs_update_service' || finding.verdict !== 'proven') return null;
  if (finding.class === 'healthy' || finding.class === 'unknown') return null;
  if (finding.fixes.some((fix) => doesFix(change, fix))) return null;
  const { desired_count: count, force_new_deployment: anew, task_definition: revision } = change.args;
  if (revision !== undefined)
    return OUTSIDE.has(finding.class)
      ? `What is proven does not lie in the revision, so tasks of another one meet it as well unless they do without it, and the test of success is not expected to hold: ${finding.title}`
      : null;
  const isMore = typeof count === 'number' && change.desired !== null && count > change.desired;
  return isMore || anew === true || OUTSIDE.has(finding.class)
    ? `This does not repair what is proven${anew === true && keepsFromStarting(finding) ? ': new tasks cannot start at present, and those that run may be lost' : ''}, so the test of success is not expected to hold: ${finding.title}`
    : null;
}

/** True when a change does at least what a fix asks for. The node fills defaults in, so only what the fix names is compared. */
export function doesFix(
  change: Pick<ServiceChange, 'tool' | 'args'>,
  fix: Pick<ProposedCall, 'tool' | 'input'>,
): boolean {
  return (
    fix.tool === change.tool &&
    Object.entries(fix.input).every(
      ([key, value]) => SAYS_NOTHING_NEW.has(key) || isSame(change.args[key], value),
    )
  );
}

function isSame(a: unknown, b: unknown): boolean {
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return a === b;
  const [left, right] = [Object.entries(a), new Map<string, unknown>(Object.entries(b))];
  return left.length === right.size && left.every(([key, value]) => isSame(value, right.get(key)));
}
