// What the scheduler complains about in the service's events, one kind of trouble each. Only complaints that still stand count: newer
// than the last steady state. An event is AWS's word and still only text: it says where to look, state decides.

import type { EvidenceRef } from '../../contract/finding.ts';
import { tidy } from '../network/peer.ts';
import type { ServiceFacts } from './service.ts';

/** AWS's words for a quota of Fargate that is reached, in events and in the reasons of tasks. */
export const LIMIT_REACHED =
  /limit on the number of (?:\S+ ){0,3}(?:tasks|vcpus?)|vcpu limit|reached the limit on/i;

export type ComplaintKind =
  | 'resources'
  | 'port'
  | 'interface'
  | 'attribute'
  | 'constraint'
  | 'agent'
  | 'no-instances'
  | 'provider'
  | 'fargate-capacity'
  | 'fargate-quota'
  | 'addresses'
  | 'throttled'
  | 'unhealthy'
  | 'percentages'
  | 'protected'
  | 'controller'
  | 'draining'
  | 'inactive-revision'
  | 'target-group'
  | 'container-mapping'
  | 'network-mode'
  | 'reference'
  | 'launch'
  | 'impaired'
  | 'placement';

export interface Complaint {
  readonly kind: ComplaintKind;
  readonly message: string;
  readonly atMs: number | undefined;
  readonly at: EvidenceRef;
}

/** AWS repeats an event only after its cause cleared or six hours passed (Amazon ECS Developer Guide, "Service event messages"). */
const STANDS_MS = 6 * 3_600_000 + 30 * 60_000;
/** Where AWS sends people to read on; it says nothing about this service. */
const POINTER = /\s*For more information, see (?:the )?Troubleshooting.{0,120}$/is;
const STEADY = /has reached a steady state/i;

/** Patterns over the wordings of several years, the specific before the general. */
const KINDS: readonly (readonly [ComplaintKind, RegExp])[] = [
  ['fargate-quota', LIMIT_REACHED],
  ['fargate-capacity', /capacity is unavailable at this time|no fargate (?:spot )?capacity/i],
  [
    'addresses',
    /InsufficientFreeAddresses|not enough free (?:ip )?addresses|insufficient (?:free )?(?:ip )?address/i,
  ],
  ['throttled', /being throttled|RequestLimitExceeded|rate exceeded|ThrottlingException/i],
  ['provider', /in your capacity provider|capacity provider .{0,120}(?:unable|fail|no instances)/i],
  ['no-instances', /no container instances were found in your cluster/i],
  ['port', /already using a port|RESOURCE:PORTS|port is already (?:allocated|in use)/i],
  ['interface', /RESOURCE:ENI|network interface provisioning|unused device index/i],
  [
    'attribute',
    /missing an attribute|"?ATTRIBUTE"?\b|does not have .{0,40}attribute|attribute .{0,60}(?:is )?required/,
  ],
  ['constraint', /memberof|placement constraint|constraint .{0,40}(?:unsatisfied|not satisfied)/i],
  ['agent', /error ["'\u201c]?AGENT\b|agent (?:is )?(?:not connected|disconnected)|agentConnected/i],
  [
    'resources',
    /insufficient (?:cpu|memory|gpu)|RESOURCE:(?:CPU|MEMORY|GPU)|does not have (?:enough|sufficient) (?:cpu|memory)/i,
  ],
  [
    'percentages',
    /minimumHealthyPercent|maximumPercent|minimum healthy percent|(?:unable|not able) to (?:stop or start|start or stop)|service deployment configuration/i,
  ],
  ['protected', /protected (?:from|task)|task scale-in protection|TASK_PROTECTED/i],
  ['controller', /(?:CODE_DEPLOY|EXTERNAL) deployment controller|use (?:aws )?codedeploy to/i],
  ['draining', /still draining|not idempotent/i],
  ['inactive-revision', /task ?definition (?:is|was) inactive|inactive task ?definition/i],
  [
    'network-mode',
    /network ?configuration .{0,60}(?:not valid|must be provided|is required)|(?:target ?type|network ?mode).{0,80}(?:incompatible|not compatible|not valid)/i,
  ],
  [
    'target-group',
    /target ?group.{0,200}(?:does not (?:exist|have an associated load balancer)|not found|could not be found)|TargetGroupNotFound|load balancer .{0,120}(?:does not exist|not found)/i,
  ],
  [
    'container-mapping',
    /the container \S+ (?:does not exist|did not have a container ?port)|(?:did|does) not have a container ?port|container ?port .{0,60}(?:does not|not) /i,
  ],
  [
    'reference',
    /(?:security group|subnet|capacity provider|cluster|namespace|registry).{0,120}(?:does not exist|not found|could not be found|INACTIVE)|Invalid(?:Group|Subnet|SecurityGroup|SubnetID)\b[\w.]*|ClusterNotFound|belong to different networks/i,
  ],
  ['unhealthy', /is unhealthy in .{0,20}target-group|failed ELB health checks/i],
  ['launch', /failed to launch a task/i],
  // Says that starts fail and not why; beside an event that says why it must not take its place.
  ['impaired', /unable to (?:consistently )?start tasks/i],
  ['placement', /unable to place a task/i],
];

/** The complaints that stand, the newest of each kind, newest first. */
export function complaintsOf(service: ServiceFacts, nowMs: number): Complaint[] {
  const steadyAt = service.events.findIndex(({ message }) => STEADY.test(message));
  const standing = steadyAt === -1 ? service.events : service.events.slice(0, steadyAt);
  const found = new Map<ComplaintKind, Complaint>();
  for (const event of standing) {
    if (event.atMs !== undefined && nowMs - event.atMs > STANDS_MS) continue;
    const kind = kindOfEvent(event.message);
    if (kind !== undefined && !found.has(kind))
      found.set(kind, {
        kind,
        message: tidy(event.message.replace(POINTER, ''), 400),
        atMs: event.atMs,
        at: event.at,
      });
  }
  return [...found.values()];
}

/** ECS's events about a task that failed, whichever it was. */
const TASK_FAILED =
  /failed (?:container|ELB) health checks|is unhealthy in|unable to (?:consistently )?start tasks|failed to launch a task/i;

/** The events since then that tell of failed tasks, newest first: what is known of them where the tasks cannot be read. */
export function failuresTold(service: ServiceFacts, sinceMs: number): ServiceFacts['events'] {
  return service.events.filter(({ atMs, message }) => (atMs ?? 0) >= sinceMs && TASK_FAILED.test(message));
}

/** What an event complains about, if it does. */
export function kindOfEvent(message: string): ComplaintKind | undefined {
  return KINDS.find(([, pattern]) => pattern.test(message))?.[0];
}
