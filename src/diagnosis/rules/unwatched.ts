// Tasks that ECS counts as running and nobody reports about: the agents of the hosts below them are disconnected, so what ECS says of them
// is what it heard last. An agent reconnects several times an hour by itself, so only the loss of every host is a finding.
// https://docs.aws.amazon.com/AmazonECS/latest/developerguide/ecs_container_instance_events.html

import type * as Ecs from '@aws-sdk/client-ecs';
import { below, type Observed } from '../evidence.ts';
import type { Facts } from '../facts/facts.ts';
import { counted, type Found, listed } from './rule.ts';

const NAMED_MAX = 3;

/** The finding for a service that looks well only because nobody reports about it; undefined when somebody does. */
export function unwatched(facts: Facts): Found | undefined {
  const { service } = facts;
  const under = hostsBelow(facts);
  const lost = under.filter(isLost);
  if (lost.length === 0 || lost.length < under.length) return undefined;
  const healthy = facts.bundle.targetHealth.items
    .flatMap(({ value }) => value.targets)
    .filter(({ TargetHealth }) => TargetHealth?.State === 'healthy').length;
  const targets =
    healthy === 0 ? '' : ` The load balancer still finds ${counted(healthy, 'target')} healthy.`;
  return {
    verdict: 'proven',
    title: `ECS has lost contact with every host that runs tasks of ${service.name}.`,
    explanation: `The agent of ${counted(lost.length, 'host')} (${listed(lost.slice(0, NAMED_MAX).map(idOf))}) is disconnected. ECS counts ${service.running} of ${service.desired} tasks as running because that is the last it heard: it does not see them fail, replaces none and can start none there.${targets} Look whether the hosts run and reach ECS, and restart the agent.`,
    evidence: [
      ...lost.slice(0, NAMED_MAX).map((host) => below(host, '.agentConnected')),
      below(service.observed, '.runningCount'),
    ],
    culprits: lost.slice(0, 10).map(idOf),
  };
}

/** A service that is well, with the hosts below it that ECS has lost. */
export function withLostHosts(well: Found, facts: Facts): Found {
  const under = hostsBelow(facts);
  const lost = under.filter(isLost);
  if (lost.length === 0) return well;
  return {
    ...well,
    explanation: `${well.explanation} The agent of ${lost.length} of its ${counted(under.length, 'host')} is disconnected: ${listed(lost.slice(0, NAMED_MAX).map(idOf))}. If it does not come back within minutes, what runs there is not watched.`,
    evidence: [...well.evidence, ...lost.slice(0, NAMED_MAX).map((host) => below(host, '.agentConnected'))],
  };
}

/** The container instances that were read and have a running task of the service. */
function hostsBelow({ bundle, tasks }: Facts): Observed<Ecs.ContainerInstance>[] {
  const used = new Set(
    tasks
      .filter(({ stopped, lastStatus }) => !stopped && lastStatus === 'RUNNING')
      .map(({ observed }) => observed.value.containerInstanceArn),
  );
  return (bundle.hosts?.containerInstances.items ?? []).filter(({ value }) =>
    used.has(value.containerInstanceArn),
  );
}

function isLost({ value }: Observed<Ecs.ContainerInstance>): boolean {
  return value.agentConnected === false;
}

function idOf({ value }: Observed<Ecs.ContainerInstance>): string {
  return value.containerInstanceArn?.split('/').at(-1) ?? '';
}
