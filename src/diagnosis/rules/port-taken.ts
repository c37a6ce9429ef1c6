// Host ports that something outside the scheduler's books holds: it places the task, and docker cannot bind the port. Docker names the port
// and the task definition fixes it; who holds it only the host can say.

import { below } from '../evidence.ts';
import type { Facts } from '../facts/facts.ts';
import { says } from '../facts/saying.ts';
import type { ContainerFacts, TaskFacts } from '../facts/tasks.ts';
import { tidyAround } from '../network/peer.ts';
import { counted, found, type Judgement, listed, type Rule, silent } from './rule.ts';
import { rollbackFix } from './service-fixes.ts';

export const portTakenRules: readonly Rule[] = [
  { class: 'host-port-conflict', needs: ['tasks', 'task-definition'], judge: boundElsewhere },
];

/** `0.0.0.0:8080`, `[::]:8080`, `:::8080`, `Bind for 0.0.0.0:8080 failed`. */
const BOUND = /(?:\d{1,3}(?:\.\d{1,3}){3}|\[?::\]?):(\d{1,5})\b/;
const TAKEN = /address already in use|port is already allocated|bind for \S{1,40} failed/i;

interface Taken {
  readonly task: TaskFacts;
  readonly container: ContainerFacts;
  readonly text: string;
}

function boundElsewhere(facts: Facts): Judgement {
  const hits = facts.failed.flatMap((task) => takenIn(task) ?? []);
  const [first] = hits;
  if (first === undefined) return silent;
  const { task, container, text } = first;
  const port = Number(BOUND.exec(text)?.[1]);
  const mappings = container.definition?.value.portMappings ?? [];
  const host = task.definition?.value.networkMode === 'host';
  const index = mappings.findIndex(
    ({ hostPort, containerPort }) => (host ? (hostPort ?? containerPort) : hostPort) === port,
  );
  const hosts = [
    ...new Set(hits.flatMap(({ task: one }) => one.observed.value.containerInstanceArn ?? [])),
  ].map((arn) => arn.split('/').at(-1) ?? arn);
  const fixed = index !== -1;
  return found({
    verdict: fixed ? 'proven' : 'likely',
    title: `Container ${container.name} cannot have ${Number.isInteger(port) ? `host port ${port}` : 'its host port'}: something on the host has it already.`,
    explanation: `Docker says: "${tidyAround(text, TAKEN, 240)}" in ${counted(hits.length, 'task')} of ${task.revision}${hosts.length === 0 ? '' : `, on ${listed(hosts.slice(0, 3))}`}. The scheduler placed ${hits.length === 1 ? 'it' : 'them'} there, so by its books the port was free: what holds it was started outside ECS or outlived its task.${fixed ? ` The task definition fixes host port ${port}; hostPort 0 or awsvpc would not.` : ''}`,
    evidence: [
      below(container.observed, '.reason'),
      ...(fixed && container.definition !== undefined
        ? [below(container.definition, `.portMappings[${index}]`)]
        : []),
      ...hits.slice(0, 3).map(({ task: one }) => below(one.observed, '.containerInstanceArn')),
    ],
    culprits: [...hosts.slice(0, 10), task.revision],
    fixes: rollbackFix(facts),
  });
}

function takenIn(task: TaskFacts): Taken | undefined {
  if (task.kind !== 'start') return undefined;
  for (const container of task.containers) {
    const text =
      container.reason === '' && container === task.culprit ? task.stoppedReason : container.reason;
    if (says(text, 'dockerPort') && TAKEN.test(text)) return { task, container, text };
  }
  return undefined;
}
