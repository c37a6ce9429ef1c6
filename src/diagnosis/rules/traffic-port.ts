// Applications that listen on another port than the one the load balancer sends requests to. Where it sends them stands in the service; where
// the application listens is its own word, so this is likely at most.

import { below } from '../evidence.ts';
import type { Facts } from '../facts/facts.ts';
import { portsNamed } from '../facts/listening.ts';
import { targetTrouble, troubledGroup } from '../facts/target-trouble.ts';
import { distinctRefs, found, type Judgement } from './rule.ts';
import { rollbackFix } from './service-fixes.ts';

/** The judgement where every port the container names is another than its target's; undefined when one is the same, or none is named. */
export function portUnheard(facts: Facts): Judgement | undefined {
  const { service, bundle } = facts;
  const group = troubledGroup(facts)?.value;
  const attached = service.observed.value.loadBalancers ?? [];
  const index = attached.findIndex(({ targetGroupArn }) => targetGroupArn === group?.TargetGroupArn);
  const { containerName, containerPort: wanted } = attached[index] ?? {};
  // A check with a port of its own is judged with what it asks.
  if (containerName === undefined || wanted === undefined || group?.HealthCheckPort !== 'traffic-port')
    return undefined;
  const trouble = targetTrouble(facts);
  // Packets that are dropped never came to the port.
  if (trouble?.sick.some(({ health }) => health.Reason === 'Target.Timeout') === true) return undefined;
  const about = new Set([
    ...(trouble?.killed ?? []).map(({ arn }) => arn),
    ...facts.tasks.filter(({ stopped, ofPrimary }) => !stopped && ofPrimary).map(({ arn }) => arn),
  ]);
  const named = portsNamed(facts, containerName).filter(({ taskArn }) => about.has(taskArn));
  const last = named.at(-1);
  if (last === undefined || named.some(({ port }) => port === wanted)) return undefined;
  const task = facts.tasks.find(({ arn }) => arn === last.taskArn);
  const container = task?.containers.find(({ name }) => name === containerName)?.definition;
  const setting = container?.value.environment?.find(({ value }) => value === String(last.port))?.name;
  const revision = task?.revision ?? service.primary?.revision ?? service.name;
  return found({
    verdict: 'likely',
    title: `${service.name} listens on port ${last.port}, and the load balancer sends to ${wanted}.`,
    explanation: `The log of ${containerName} says that it listens on port ${last.port}, and names no other.${setting === undefined ? '' : ` Its setting ${setting} in ${revision} has that port.`} The service registers its tasks at port ${wanted}, where nothing answers.`,
    evidence: distinctRefs([
      last.at,
      below(service.observed, `.loadBalancers[${index}].containerPort`),
      ...(container === undefined ? [] : [below(container, '.portMappings')]),
      ...(trouble?.sick.slice(0, 2).map(({ at }) => at) ?? []),
      ...(trouble?.killed.slice(0, 1).map(({ observed }) => below(observed, '.stoppedReason')) ?? []),
    ]),
    culprits: [revision],
    fixes: bundle.subject === 'tasks' ? [] : rollbackFix(facts),
  });
}
