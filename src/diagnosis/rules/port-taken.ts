// Host ports that something outside the scheduler's books holds: it places the task, and docker cannot bind the port. Docker names the port
// and the task definition fixes it; who holds it only the host can say.

import { below } from '../evidence.ts';
import type { Facts } from '../facts/facts.ts';
import { lastSaying, logsOf, type Words } from '../facts/last-words.ts';
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
  if (first === undefined) return boundByProgram(facts);
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

/**
 * In the network of its host a program binds the host's own port, and says itself that it is taken. Another host that runs the same
 * revision shows that neither the program nor the definition is at fault.
 */
function boundByProgram(facts: Facts): Judgement {
  const told = toldByProgram(facts);
  if (told === undefined) return silent;
  const { task, said, alike, hosts, works, contrast } = told;
  const port = BOUND.exec(said.text)?.[1];
  return found({
    verdict: contrast ? 'proven' : 'likely',
    title: `Container ${said.container} cannot have ${port === undefined ? 'its port' : `port ${port}`} of the host: something there has it already.`,
    explanation: `Its log says "${said.text}" in the network mode host, in which it shares the ports of the host. ${counted(alike.length, 'task')} of ${task.revision} ended on ${listed(hosts.slice(0, 3))}${contrast ? `, and the same revision runs on ${listed(works.slice(0, 3))}, so it is what else is on ${hosts.length === 1 ? 'that host' : 'those hosts'}` : ''}. Look there for what listens on the port: a program outside ECS, or one that outlived its task.`,
    evidence: [said.at, ...alike.slice(0, 3).map(({ observed }) => below(observed, '.containerInstanceArn'))],
    culprits: contrast ? hosts.slice(0, 10) : [...hosts.slice(0, 10), task.revision],
  });
}

/** What hosts refuse a port that others give to the same revision, in words; undefined when none does. */
export function hostsWithoutPort(facts: Facts): string | undefined {
  const told = toldByProgram(facts);
  return told?.contrast === true
    ? `on ${listed(told.hosts.slice(0, 3))} its port is taken by something else`
    : undefined;
}

interface ToldPort {
  readonly task: TaskFacts;
  readonly said: Words;
  /** All tasks of its revision that ended. */
  readonly alike: readonly TaskFacts[];
  /** Ids of the hosts on which they ended, and of those on which the same revision runs. */
  readonly hosts: readonly string[];
  readonly works: readonly string[];
  /** Whether no host is both. */
  readonly contrast: boolean;
}

function toldByProgram(facts: Facts): ToldPort | undefined {
  for (const task of facts.failed) {
    if (task.kind !== 'exit' || task.definition?.value.networkMode !== 'host') continue;
    const said = lastSaying(logsOf(facts, task), 'addressInUse');
    const alike = facts.failed.filter(({ kind, revision }) => kind === 'exit' && revision === task.revision);
    const hosts = hostsOfTasks(alike);
    if (said === undefined || !TAKEN.test(said.text) || hosts.length === 0) continue;
    const works = hostsOfTasks(
      facts.tasks.filter(
        ({ stopped, lastStatus, revision }) =>
          !stopped && lastStatus === 'RUNNING' && revision === task.revision,
      ),
    );
    const contrast = works.length > 0 && hosts.every((id) => !works.includes(id));
    return { task, said, alike, hosts, works, contrast };
  }
  return undefined;
}

function hostsOfTasks(tasks: readonly TaskFacts[]): string[] {
  return [
    ...new Set(tasks.flatMap(({ observed }) => observed.value.containerInstanceArn?.split('/').at(-1) ?? [])),
  ];
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
