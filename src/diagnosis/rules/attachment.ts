// How the service hangs on its target groups: whether they exist, are routed to, name a container and a port that exist, and fit the network
// mode. Arithmetic on what AWS returned; a field that was left out decides nothing.

import type * as Ecs from '@aws-sdk/client-ecs';
import { below, type Observed } from '../evidence.ts';
import type { Facts } from '../facts/facts.ts';
import { complaintOf } from '../facts/further.ts';
import { targetTrouble } from '../facts/target-trouble.ts';
import { recentChange, trailGaps } from '../facts/trail.ts';
import { emptyGroups } from '../facts/unreached.ts';
import { counted, type Found, found, type Judgement, type Rule, refuted, silent } from './rule.ts';

export const attachmentRules: readonly Rule[] = [
  { class: 'lb-attachment-invalid', needs: ['service', 'targets', 'task-definition'], judge: attachment },
  { class: 'network-mode-mismatch', needs: ['service', 'targets', 'task-definition'], judge: networkMode },
];

function attachment(facts: Facts): Judgement {
  const attached = facts.service.observed.value.loadBalancers ?? [];
  const complaint = complaintOf(facts, 'target-group', 'container-mapping');
  if (attached.length === 0 && complaint === undefined) return silent;
  const broken = goneGroup(facts) ?? wrongContainer(facts) ?? unrouted(facts) ?? unregistered(facts);
  if (broken !== undefined)
    return found({
      ...broken,
      evidence: [...broken.evidence, ...(complaint === undefined ? [] : [complaint.at])],
    });
  const { targetGroups } = facts.bundle;
  const read = targetGroups.gaps.length === 0 && targetGroups.items.length > 0;
  if (complaint === undefined)
    return read
      ? refuted('Its target groups exist and name a container and port of the task definition.')
      : silent;
  return found({
    verdict: 'likely',
    title: `${facts.service.name} is not attached to its load balancer as it should be.`,
    explanation: `ECS says: "${complaint.message.slice(0, 240)}"`,
    evidence: [complaint.at, below(facts.service.observed, '.loadBalancers')],
    cannotVerify: targetGroups.gaps
      .filter(({ kind }) => kind !== 'unread')
      .map(({ what, missingAction }) => ({ what, missingAction })),
  });
}

/** AWS's own answer that there is no such target group. */
function goneGroup({ bundle, service }: Facts): Found | undefined {
  const gap = bundle.targetGroups.gaps.find(({ kind }) => kind === 'not-found');
  if (gap === undefined) return undefined;
  return {
    verdict: 'proven',
    title: `A target group of ${service.name} does not exist any more.`,
    explanation: `The service registers its tasks in ${gap.what}, and AWS knows no such group; new tasks cannot be put behind the load balancer.`,
    evidence: [below(service.observed, '.loadBalancers')],
    culprits: [gap.what.replace(/^target group /, '')],
  };
}

/** The service names a container or a port the task definition does not have. */
function wrongContainer(facts: Facts): Found | undefined {
  const { service } = facts;
  const definition = primaryDefinition(facts);
  if (definition === undefined) return undefined;
  const containers = definition.value.containerDefinitions ?? [];
  for (const [index, { containerName, containerPort }] of (
    service.observed.value.loadBalancers ?? []
  ).entries()) {
    if (containerName === undefined || containers.length === 0) continue;
    const container = containers.find(({ name }) => name === containerName);
    const ports = (container?.portMappings ?? []).flatMap((one) => one.containerPort ?? []);
    const portGone = ports.length > 0 && containerPort !== undefined && !ports.includes(containerPort);
    const ranged = (container?.portMappings ?? []).some((one) => one.containerPortRange !== undefined);
    if (container !== undefined && (!portGone || ranged)) continue;
    return {
      verdict: 'proven',
      title: `${service.name} names a container port that its task definition does not have.`,
      explanation:
        container === undefined
          ? `The load balancer is to reach container ${containerName}, and ${service.primary?.revision ?? 'the revision'} has no such container.`
          : `The load balancer is to reach port ${containerPort} of ${containerName}, which maps ${ports.join(', ')}.`,
      evidence: [
        below(service.observed, `.loadBalancers[${index}]`),
        below(definition, '.containerDefinitions'),
      ],
      culprits: [service.arn],
    };
  }
  return undefined;
}

/** No listener leads to the target group, so its targets stay unused. */
function unrouted(facts: Facts): Found | undefined {
  const trouble = targetTrouble(facts);
  const unused = trouble?.unused ?? [];
  const notInUse = unused.filter(({ health }) => health.Reason === 'Target.NotInUse');
  const zone = unused.find(({ health }) => /availability zone/i.test(health.Description ?? ''));
  const lonely = facts.bundle.targetGroups.items.find(({ value }) => value.LoadBalancerArns?.length === 0);
  if (zone === undefined && (trouble?.healthy ?? 0) > 0) return undefined;
  if (zone === undefined && notInUse.length === 0 && (lonely === undefined || unused.length === 0))
    return undefined;
  const group = lonely ?? facts.bundle.targetGroups.items[0];
  return {
    verdict: 'proven',
    title:
      zone === undefined
        ? `No listener leads to the target group of ${facts.service.name}.`
        : `Tasks of ${facts.service.name} are in a zone the load balancer does not serve.`,
    explanation: `AWS says of the targets: "${((zone ?? unused[0])?.health.Description ?? 'unused').slice(0, 200)}" They get no traffic and no health check.`,
    evidence: [
      ...unused.slice(0, 3).map(({ at }) => at),
      ...(group === undefined ? [] : [below(group, '.LoadBalancerArns')]),
    ],
    culprits: [
      ...(zone === undefined ? [] : (group?.value.LoadBalancerArns ?? [])),
      ...(group?.value.TargetGroupArn === undefined ? [] : [group.value.TargetGroupArn]),
    ],
  };
}

/** Tasks run, and none of them is in the target group any more. */
function unregistered(facts: Facts): Found | undefined {
  const { bundle, service, tasks } = facts;
  const [empty] = emptyGroups(bundle, service, tasks);
  if (empty === undefined) return undefined;
  const arn = empty.value.targetGroupArn;
  const taken = recentChange(bundle, arn, /^DeregisterTargets$/);
  const leaving = empty.value.targets.length;
  return {
    verdict: 'proven',
    title: `No task of ${service.name} is in its target group, so none gets requests.`,
    explanation: `${service.running} of ${service.desired} tasks run, and target group ${nameOf(arn)} holds ${leaving === 0 ? 'no target' : `only ${counted(leaving, 'target')} on the way out`}. Tasks are registered when they start.${taken === undefined ? '' : ` ${taken.sentence}`}`,
    evidence: [
      below(empty, '.TargetHealthDescriptions'),
      below(service.observed, '.loadBalancers'),
      ...(taken === undefined ? [] : [taken.at]),
    ],
    culprits: [arn],
    cannotVerify: taken === undefined ? trailGaps(bundle, 'the targets') : [],
  };
}

/** `shop-tg` of `arn:…:targetgroup/shop-tg/0123456789abcdef`. */
function nameOf(targetGroupArn: string): string {
  return targetGroupArn.split('/').at(-2) ?? targetGroupArn;
}

/** Targets by address are for awsvpc alone, targets by instance for everything else. */
function networkMode(facts: Facts): Judgement {
  const { service, bundle } = facts;
  const complaint = complaintOf(facts, 'network-mode');
  const definition = primaryDefinition(facts);
  const mode = definition?.value.networkMode;
  if (definition === undefined || mode === undefined)
    return complaint === undefined
      ? silent
      : found({
          ...toldOnly(facts, complaint.message),
          evidence: [complaint.at],
          cannotVerify: bundle.taskDefinitions.gaps.map(({ what, missingAction }) => ({
            what,
            missingAction,
          })),
        });
  const wanted = mode === 'awsvpc' ? 'ip' : 'instance';
  const group = bundle.targetGroups.items.find(
    ({ value }) =>
      (value.TargetType === 'ip' || value.TargetType === 'instance') && value.TargetType !== wanted,
  );
  const configured = service.observed.value.networkConfiguration?.awsvpcConfiguration !== undefined;
  const surplus = configured && mode !== 'awsvpc';
  const lacking = !configured && mode === 'awsvpc' && complaint !== undefined;
  if (group === undefined && !surplus && !lacking)
    return complaint === undefined
      ? silent
      : refuted(`Network mode ${mode} fits the service and its targets.`);
  return found({
    verdict: 'proven',
    title: `Network mode ${mode} does not fit how ${service.name} is set up.`,
    explanation:
      group !== undefined
        ? `Target group ${group.value.TargetGroupName ?? ''} takes targets by ${group.value.TargetType}, and tasks in mode ${mode} are registered by ${wanted}.`
        : `The service ${surplus ? 'has' : 'lacks'} a network configuration, which ${surplus ? 'only awsvpc tasks take' : 'awsvpc tasks need'}.`,
    evidence: [
      below(definition, '.networkMode'),
      group === undefined ? below(service.observed, '.networkConfiguration') : below(group, '.TargetType'),
      ...(complaint === undefined ? [] : [complaint.at]),
    ],
    culprits: [group?.value.TargetGroupArn ?? service.arn],
  });
}

function toldOnly({ service }: Facts, message: string): Omit<Found, 'evidence'> {
  return {
    verdict: 'likely',
    title: `The network mode of ${service.name} does not fit how it is set up.`,
    explanation: `ECS says: "${message.slice(0, 240)}"`,
  };
}

function primaryDefinition({ bundle, service }: Facts): Observed<Ecs.TaskDefinition> | undefined {
  return bundle.taskDefinitions.items.find(
    ({ value }) => value.taskDefinitionArn === service.primary?.taskDefinitionArn,
  );
}
