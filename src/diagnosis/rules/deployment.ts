// Deployments that cannot move and services that are wired wrongly: bounds, controllers, target groups, network modes, references. Most of
// it is arithmetic on what AWS returned, and then it is proven; an event that only says so is likely.

import type { EvidenceRef } from '../../contract/finding.ts';
import { below } from '../evidence.ts';
import type { ComplaintKind } from '../facts/complaints.ts';
import type { Contest } from '../facts/contest.ts';
import type { Facts } from '../facts/facts.ts';
import { complaintOf } from '../facts/further.ts';
import { boundsOf, deadlockOf } from '../facts/percentages.ts';
import { recentChange } from '../facts/trail.ts';
import { boundsFix } from './fixes-service.ts';
import { protectedTasksFound } from './protected-tasks.ts';
import { counted, found, type Judgement, type Rule, refuted, silent } from './rule.ts';
import { scaleFix, stepFix } from './service-fixes.ts';

export const deploymentRules: readonly Rule[] = [
  { class: 'deployment-settings', needs: ['service', 'events'], judge: settings },
  { class: 'deployment-controller-mismatch', needs: ['service', 'events'], judge: controller },
  { class: 'stale-or-wrong-reference', needs: ['service', 'events', 'network'], judge: reference },
  { class: 'service-lifecycle-conflict', needs: ['service', 'events'], judge: lifecycle },
  { class: 'autoscaling-conflict', needs: ['scaling'], judge: contest },
];

/** Neither may a task be stopped nor one more be started; or a protected task keeps the old deployment open. */
function settings(facts: Facts): Judgement {
  const { service } = facts;
  const deadlock = deadlockOf(service);
  const complaint = complaintOf(facts, 'percentages', 'protected');
  const configuration = below(service.observed, '.deploymentConfiguration');
  if (deadlock !== undefined) {
    const { minimum, maximum, mustStay, mayRun } = deadlock;
    return found({
      verdict: 'proven',
      title: `The deployment of ${service.name} cannot move: its bounds allow no step.`,
      explanation: `With minimumHealthyPercent ${minimum} and maximumPercent ${maximum}, ${mustStay} of ${service.desired} tasks must stay and ${mayRun} may run, so ECS may neither stop an old task nor start a new one.`,
      evidence: [configuration, ...(complaint === undefined ? [] : [complaint.at])],
      culprits: [service.arn],
      fixes: [...stepFix(service), ...largerCount(facts)],
    });
  }
  const kept = protectedTasksFound(facts);
  if (kept !== undefined) return kept;
  if (complaint === undefined) {
    return service.deployments.length > 1 && service.controller === 'ECS'
      ? refuted('The bounds of the deployment leave room for a step.')
      : silent;
  }
  return found({
    verdict: 'likely',
    title:
      complaint.kind === 'protected'
        ? `Protected tasks keep the deployment of ${service.name} from finishing.`
        : `The settings of the deployment of ${service.name} keep it from moving.`,
    explanation: `ECS says: "${complaint.message.slice(0, 240)}"`,
    evidence: [complaint.at, configuration],
    cannotVerify:
      complaint.kind === 'protected'
        ? [{ what: 'which tasks are protected', missingAction: 'ecs:GetTaskProtection' }]
        : [],
  });
}

/** One task more, when the same bounds then leave a step: 150 % of one task is one task, of two it is three. */
function largerCount({ service }: Facts) {
  const { value } = service.observed;
  const wanted = service.desired + 1;
  const still = boundsOf(wanted, {
    daemon: value.schedulingStrategy === 'DAEMON',
    minimum: value.deploymentConfiguration?.minimumHealthyPercent,
    maximum: value.deploymentConfiguration?.maximumPercent,
  });
  return still === undefined && value.schedulingStrategy !== 'DAEMON'
    ? scaleFix(service, wanted, 'With one task more the bounds allow a step.')
    : [];
}

/** Somebody asked ECS for what only CodeDeploy or an external controller may do. */
function controller(facts: Facts): Judgement {
  const { service } = facts;
  const complaint = complaintOf(facts, 'controller');
  const at = below(service.observed, '.deploymentController');
  if (complaint !== undefined) {
    return service.controller === 'ECS'
      ? refuted('ECS itself deploys this service.')
      : found({
          verdict: 'proven',
          title: `${service.name} is deployed by ${service.controller}, which the last change went around.`,
          explanation: `ECS says: "${complaint.message.slice(0, 240)}" Such a change has to go through that controller.`,
          evidence: [at, complaint.at],
          culprits: [service.arn],
        });
  }
  const sets = service.observed.value.taskSets ?? [];
  const empty = service.controller === 'EXTERNAL' && sets.length === 0 && service.desired > 0;
  if (!empty || service.running > 0) return silent;
  return found({
    verdict: 'likely',
    title: `${service.name} waits for its external controller: it has no task set.`,
    explanation:
      'With the EXTERNAL controller ECS starts nothing by itself; something outside has to create a task set.',
    evidence: [at],
    culprits: [service.arn],
  });
}

const refersTo: readonly ComplaintKind[] = ['reference', 'inactive-revision'];
const GONE =
  /does not exist|not found|could not be found|InvalidGroup|InvalidSubnet|InvalidSecurityGroup|inactive/i;

/** EC2's words for a group of another VPC than the subnet. */
const OTHER_NETWORK = /belong to different networks/i;

/** EC2's codes for it (Amazon EC2 API Reference, "Error codes"). */
const GROUP_GONE = /Invalid(?:SecurityGroup(?:ID|Id)?|Group(?:Id)?)\.NotFound/;
const SUBNET_GONE = /InvalidSubnet(?:ID|Id)?\.NotFound/;

/** Something the service names is gone. Its absence counts only when AWS said so too: a read can be incomplete. */
function reference(facts: Facts): Judgement {
  const { service, bundle } = facts;
  if (service.status === 'INACTIVE')
    return found({
      verdict: 'likely',
      title: `${service.name} is INACTIVE: it was deleted.`,
      explanation:
        'A deleted service stays visible for a while and runs nothing; another cluster or a newer service of this name may be meant.',
      evidence: [below(service.observed, '.status')],
      culprits: [service.arn],
    });
  const complaint = complaintOf(facts, ...refersTo);
  // What a later step did not find is another thing, whatever subnet or group is spoken of beside it.
  const start = facts.starts.find(
    ({ text, phase }) =>
      (phase === 'network-interface' || phase === 'other') &&
      /security group|subnet|task ?definition/i.test(text) &&
      (GONE.test(text) || OTHER_NETWORK.test(text)) &&
      !/secret|image|log group/i.test(text),
  );
  if (complaint === undefined && start === undefined) return silent;
  const text = complaint?.message ?? start?.text ?? '';
  const said = text.match(/\b(?:sg|subnet)-[0-9a-f]{8,17}\b/g) ?? [];
  const named = [...service.securityGroups, ...service.subnets];
  if (said.length > 0 && named.length > 0 && !said.some((id) => named.includes(id)))
    return refuted(`The service no longer names ${said[0]}.`);
  // ECS may give EC2's code alone; then it is the kind of thing that the service names and that is not there.
  const gone = [
    ...absentGroups(facts).filter((id) => text.includes(id) || GROUP_GONE.test(text)),
    ...absentSubnets(facts).filter((id) => text.includes(id) || SUBNET_GONE.test(text)),
  ];
  const strange = OTHER_NETWORK.test(text) ? groupsOfOthers(facts) : [];
  const inactive = bundle.taskDefinitions.items.find(
    ({ value }) =>
      value.status === 'INACTIVE' && value.taskDefinitionArn === service.primary?.taskDefinitionArn,
  );
  const evidence: EvidenceRef[] = [
    ...(complaint === undefined ? [] : [complaint.at]),
    ...(start?.evidence ?? []),
    ...(gone.length === 0 ? [] : [below(service.observed, '.networkConfiguration')]),
    ...strange.map((group) => below(group, '.VpcId')),
    ...(inactive === undefined ? [] : [below(inactive, '.status')]),
  ];
  const strangers = strange.flatMap(({ value }) => value.GroupId ?? []);
  const certain =
    strange.length > 0 ||
    gone.length > 0 ||
    (complaint?.kind === 'inactive-revision' && inactive !== undefined);
  return found({
    verdict: certain ? 'proven' : 'likely',
    title: `${service.name} refers to something that ${OTHER_NETWORK.test(text) ? 'belongs to another network' : 'is gone'}.`,
    explanation: `AWS says: "${text.slice(0, 240)}"${gone.length === 0 ? '' : ` ${gone.join(', ')} ${gone.length === 1 ? 'does' : 'do'} not exist.`}${strangers.length === 0 ? '' : ` ${strangers.join(', ')} ${strangers.length === 1 ? 'is' : 'are'} of another VPC than its subnets.`}`,
    evidence,
    culprits: [
      ...gone,
      ...strangers,
      ...(inactive?.value.taskDefinitionArn === undefined ? [] : [inactive.value.taskDefinitionArn]),
    ],
    cannotVerify: bundle.network.securityGroups.gaps
      .filter(({ kind }) => kind === 'denied')
      .map(({ what, missingAction }) => ({ what, missingAction })),
  });
}

/** Groups of the service that AWS shows in another VPC than its subnets. */
function groupsOfOthers({ service, bundle: { network } }: Facts) {
  const [home] = network.subnets.items
    .filter(({ value }) => service.subnets.includes(value.SubnetId ?? ''))
    .flatMap(({ value }) => value.VpcId ?? []);
  return network.securityGroups.items.filter(
    ({ value }) =>
      service.securityGroups.includes(value.GroupId ?? '') &&
      home !== undefined &&
      value.VpcId !== undefined &&
      value.VpcId !== home,
  );
}

function absentGroups({ service, bundle }: Facts): string[] {
  const { items, gaps } = bundle.network.securityGroups;
  if (gaps.length > 0) return [];
  return service.securityGroups.filter((id) => !items.some(({ value }) => value.GroupId === id));
}

function absentSubnets({ service, bundle }: Facts): string[] {
  const { items, gaps } = bundle.network.subnets;
  if (gaps.length > 0) return [];
  return service.subnets.filter((id) => !items.some(({ value }) => value.SubnetId === id));
}

/** The service is being deleted; its name is free again only when it is INACTIVE. */
function lifecycle(facts: Facts): Judgement {
  const { service } = facts;
  const complaint = complaintOf(facts, 'draining');
  const draining = service.status === 'DRAINING';
  if (!draining) return complaint === undefined ? silent : refuted(`The service is ${service.status} now.`);
  return found({
    verdict: complaint === undefined ? 'likely' : 'proven',
    title: `${service.name} is being deleted and still drains ${counted(service.running, 'task')}.`,
    explanation:
      'A service in DRAINING starts nothing, and its name cannot be used again before it is INACTIVE. Wait until its tasks have stopped, then create it.',
    evidence: [below(service.observed, '.status'), ...(complaint === undefined ? [] : [complaint.at])],
    culprits: [service.arn],
  });
}

/** Scaling and somebody else set the same number. */
function contest(facts: Facts): Judgement {
  const { contest: fight, bundle, service } = facts;
  if (fight === undefined)
    return bundle.scaling !== undefined && bundle.scaling.activities.gaps.length === 0
      ? refuted('Scaling did not set the desired count against anybody.')
      : silent;
  const bounds = recentChange(
    bundle,
    `service/${bundle.cluster}/${service.name}`,
    /^RegisterScalableTarget$/,
  );
  return found({
    verdict: isCertain(fight) ? 'proven' : 'likely',
    title: `The desired count of ${service.name} is fought over.`,
    explanation: `${fight.sentence}${writerText(fight)}${bounds === undefined ? '' : ` ${bounds.sentence}`} Only one side should own the number.`,
    evidence: [
      below(service.observed, '.desiredCount'),
      ...fight.activities.slice(-4).map((one) => one.at),
      ...(fight.target === undefined ? [] : [fight.target.at]),
      ...fight.writes.slice(0, 3).map(({ at }) => at),
      ...(bounds === undefined ? [] : [bounds.at]),
    ],
    culprits: [service.arn],
    fixes:
      fight.how === 'outside'
        ? boundsFix(facts, service.desired)
        : fight.how === 'overruled'
          ? boundsFix(facts, fight.writes[0]?.desiredCount ?? service.desired)
          : [],
    cannotVerify: fight.isTold
      ? []
      : [{ what: 'who else sets the desired count', missingAction: 'cloudtrail:LookupEvents' }],
  });
}

/** What scaling did itself, or was undone, is recorded; the rest is worked out. */
function isCertain({ how, activities }: Contest): boolean {
  return how === 'reset' || how === 'taken-back' || (how === 'overruled' && activities.length > 0);
}

/** Who else sets it, as CloudTrail tells. */
function writerText({ writes, isTold }: Contest): string {
  const [newest] = writes;
  if (newest === undefined)
    return isTold
      ? ' CloudTrail shows nobody else who set it in the last day; its records come minutes late.'
      : '';
  const at = new Date(newest.atMs).toISOString().slice(11, 16);
  const more = writes.length === 1 ? '' : `, the last of ${writes.length} such requests in a day`;
  return ` CloudTrail: ${newest.who} set it to ${newest.desiredCount} at ${at} UTC${more}.`;
}
