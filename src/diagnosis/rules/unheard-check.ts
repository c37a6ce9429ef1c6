// A container's own check that does not reach the program since a new image: the revision that runs logs each of its requests, and the new
// one, which is up and complains of nothing, logs none. Neither ECS nor Docker keeps what a check prints, so this is where it shows.

import type { ContainerLog } from '../evidence.ts';
import type { Facts } from '../facts/facts.ts';
import { logsOf } from '../facts/last-words.ts';
import { type Listening, listeningOf } from '../facts/listening.ts';
import { levelOf, plainLine } from '../facts/log-lines.ts';
import { differs, type Earlier, workingRevision } from '../facts/revisions.ts';
import type { ContainerFacts, TaskFacts } from '../facts/tasks.ts';

export interface Unheard {
  readonly earlier: Earlier;
  /** How many requests of the check the working task's log has. */
  readonly heard: number;
  readonly heardAt: { readonly id: string; readonly path: string };
  readonly listening: Listening;
  readonly path: string;
}

/** The port and path a check asks in its own container. */
const CHECKED = /(?:localhost|127\.0\.0\.1|\[::1\]|0\.0\.0\.0)(?::(\d{1,5}))?(\/[\w/.~-]{0,200})?/i;
const REACHABLE_INSIDE = /^(?:0\.0\.0\.0|\*|\[?::\]?|:::?|127\.\d+\.\d+\.\d+|localhost|\[?::1\]?)$/i;
/** Fewer requests could be somebody else's. */
const HEARD_MIN = 3;
/** How many checks a task has to have lived through; one can get lost. */
const CHECKS_MIN = 2;
/** A request and the code that went back, in an access log. */
const REQUEST =
  /\b(?:GET|HEAD|POST)\s+(\/\S{0,200}?)(?:\s+HTTP\/[\d.]+)?"?\s+(?:->\s*)?(?:status[=: ]\s*)?([1-5]\d{2})\b/;
const BALANCER = /ELB-HealthChecker/;

/** Undefined unless every one of these tasks was up, calm and never asked. */
export function unheardCheck(
  facts: Facts,
  { killed, container }: { killed: readonly TaskFacts[]; container: ContainerFacts | undefined },
): Unheard | undefined {
  const own = container?.definition?.value;
  const [task] = killed;
  const [, port, path = '/'] = CHECKED.exec((own?.healthCheck?.command ?? []).join(' ')) ?? [];
  if (own === undefined || task === undefined || port === undefined) return undefined;
  const earlier = workingRevision(facts, task, container);
  // With the same image the program of the check is as much there as before.
  if (earlier?.container === undefined || differs(earlier.container.healthCheck, own.healthCheck))
    return undefined;
  if (earlier.container.image === own.image) return undefined;
  const [log] = facts.bundle.workingLogs ?? [];
  const heard = requestsIn(log, path).filter(({ code }) => code < 400);
  const last = heard.at(-1);
  if (log === undefined || last === undefined || heard.length < HEARD_MIN) return undefined;
  const listening = killed
    .map((one) => calmAndUnasked(facts, one, { container: own.name ?? '', port: Number(port), path }))
    .filter((one) => one !== 'unread');
  const [first] = listening;
  if (first === undefined || listening.includes(undefined)) return undefined;
  return {
    earlier,
    heard: heard.length,
    heardAt: { id: log.evidence, path: last.path },
    listening: first,
    path,
  };
}

/** Where it says that it listens when the check had its time to ask, nothing went wrong and nothing was asked; undefined when not so. */
function calmAndUnasked(
  facts: Facts,
  task: TaskFacts,
  { container, port, path }: { container: string; port: number; path: string },
): Listening | 'unread' | undefined {
  const logs = logsOf(facts, task, container);
  if (logs.length === 0) return 'unread';
  const lines = logs.flatMap((log) => log.lines.map(({ text }) => plainLine(text)));
  const uneasy = lines.some((text) => levelOf(text) !== 'info');
  const asked = logs.some((log) => requestsIn(log, path).length > 0);
  const place = listeningOf(facts).findLast(
    (one) =>
      one.taskArn === task.arn &&
      one.port === port &&
      (one.host === undefined || REACHABLE_INSIDE.test(one.host)),
  );
  if (uneasy || asked || place === undefined) return undefined;
  return livedThrough(task, container, place.atMs) >= CHECKS_MIN ? place : undefined;
}

/** How many checks came after the program was up, by the interval of the check (30 s where none is set). */
function livedThrough(task: TaskFacts, container: string, upMs: number): number {
  const check = task.containers.find(({ name }) => name === container)?.definition?.value.healthCheck;
  const end = task.observed.value.stoppingAt?.getTime() ?? task.stoppedAtMs ?? upMs;
  return Math.floor((end - upMs) / ((check?.interval ?? 30) * 1_000));
}

function requestsIn(
  log: ContainerLog | undefined,
  path: string,
): { readonly code: number; readonly path: string }[] {
  return (log?.lines ?? []).flatMap((line) => {
    const [, asked = '', code] = REQUEST.exec(line.text) ?? [];
    return asked.split('?')[0] === path && !BALANCER.test(line.text)
      ? [{ code: Number(code), path: line.path }]
      : [];
  });
}
