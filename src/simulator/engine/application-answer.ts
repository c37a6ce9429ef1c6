// What an application answers to whoever asks: nothing at all, too late, or a status. It depends on where the question
// comes from, since a program may listen on one of its addresses only.

import type { SnapshotTask } from '../../contract/snapshot.ts';
import { type Application, applicationsOf } from './application.ts';
import { isBusy } from './utilization.ts';
import { containerRun, type World } from './world.ts';

/** `refused` when nothing listens there, `late` when it is too busy, otherwise an HTTP status. */
export type Answer = 'refused' | 'late' | number;

export interface Question {
  readonly port: number;
  /** Undefined for a question that only opens a connection. */
  readonly path: string | undefined;
  readonly from: 'network' | 'localhost';
}

/** The answer of whichever container of the task listens on the port. */
export function taskAnswer(world: World, task: SnapshotTask, question: Question): Answer {
  const answers = applicationsOf(world, task).map((one) =>
    answerOf(world, task, { ...question, application: one }),
  );
  return answers.find((answer) => answer !== 'refused') ?? 'refused';
}

function answerOf(
  world: World,
  task: SnapshotTask,
  { application, port, path, from }: Question & { application: Application },
): Answer {
  const run = containerRun(world, task, application.container.name);
  const { behaviour } = application;
  if (run.phase !== 'running' || !run.listening || port !== application.port) return 'refused';
  if (behaviour.binds === 'loopback' && from === 'network') return 'refused';
  if (behaviour.binds === 'interface' && from === 'localhost') return 'refused';
  if (isBusy(world, task)) return 'late';
  if (path === undefined) return 200;
  if (behaviour.healthPath !== undefined && path.split('?')[0] !== behaviour.healthPath) return 404;
  return run.ready ? behaviour.answers : 503;
}

/** The address and path that a health check's command asks in its own container. */
const CHECKED = /\b(?:https?:\/\/)?(localhost|127\.0\.0\.1|0\.0\.0\.0)(?::(\d+))?(\/[^\s"'|;)]*)?/;

/** The path that the container's own health check asks; undefined when its command asks for none. */
export function checkedPath({ healthCheck }: Application): string | undefined {
  return CHECKED.exec((healthCheck?.command ?? []).join(' '))?.[3];
}

/** How the container's own health check ends, its command run inside the container; `unheard` when the program never saw a request. */
export function checkOutcome(
  world: World,
  task: SnapshotTask,
  application: Application,
): 'passed' | 'failed' | 'unheard' {
  const [kind, ...rest] = application.healthCheck?.command ?? [];
  const text = rest.join(' ');
  // Docker knows no other kinds; ECS does not check that when a definition is registered.
  if (kind !== 'CMD' && kind !== 'CMD-SHELL') return 'unheard';
  if (
    application.behaviour.lacks.some((program) =>
      new RegExp(`(^|[\\s/])${escaped(program)}(\\s|$)`).test(text),
    )
  )
    return 'unheard';
  const url = CHECKED.exec(text);
  const run = containerRun(world, task, application.container.name);
  if (url === null) return run.phase === 'running' && run.ready ? 'passed' : 'failed';
  const answer = taskAnswer(world, task, {
    port: Number(url[2] ?? 80),
    path: url[3] ?? '/',
    from: 'localhost',
  });
  if (answer === 'refused') return 'unheard';
  return typeof answer === 'number' && answer < 400 ? 'passed' : 'failed';
}

function escaped(text: string): string {
  return text.replace(/[^\w]/g, '\\$&');
}
