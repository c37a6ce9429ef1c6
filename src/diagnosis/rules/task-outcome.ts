// The verdicts on tasks that are not causes: they run, they ended as they should, or somebody stopped them on purpose.

import { below } from '../evidence.ts';
import type { Facts } from '../facts/facts.ts';
import { ranToItsEnd } from '../facts/standalone.ts';
import type { TaskFacts } from '../facts/tasks.ts';
import { counted, distinctRefs, type Found } from './rule.ts';

const REASON_CHARS = 160;

/** The finding for tasks of which none needs an explanation; undefined when one does. */
export function tasksWellness(facts: Facts): Found | undefined {
  if (facts.condition === 'troubled') return undefined;
  const [newest] = facts.tasks;
  if (newest === undefined)
    return {
      verdict: 'unknown',
      title: 'No task is visible.',
      explanation: 'AWS shows a stopped task for about an hour; this one is gone or never was.',
      evidence: [],
    };
  const { title, explanation } = wordsOf(newest, facts.tasks);
  return {
    verdict: 'proven',
    title,
    explanation,
    evidence: distinctRefs([
      below(newest.observed, '.lastStatus'),
      ...(newest.stopped ? [below(newest.observed, '.stoppedReason'), ...exitCodes(newest)] : []),
    ]),
  };
}

/** The title when tasks failed and nothing says why. */
export function unknownTitle({ service, failed, stuck, tasks }: Facts): string {
  const [task] = failed.length > 0 ? failed : stuck.length > 0 ? stuck : tasks;
  const whose =
    tasks.length === 1 ? `Task ${task?.id ?? ''}` : `${counted(tasks.length, 'task')} of ${service.name}`;
  if (failed.length > 0) return `${whose} failed; the evidence does not say why.`;
  return stuck.length > 0
    ? `${whose} does not start; the evidence does not say why.`
    : `${whose} is not healthy; the evidence does not say why.`;
}

function wordsOf(task: TaskFacts, all: readonly TaskFacts[]): { title: string; explanation: string } {
  const many = all.length > 1 ? ` The same goes for the other ${counted(all.length - 1, 'task')}.` : '';
  const name = `Task ${task.id}`;
  const reason = task.stoppedReason.slice(0, REASON_CHARS);
  if (!task.stopped)
    return {
      title: `${name} is ${task.lastStatus}, and nothing is wrong with it.`,
      explanation: `It runs ${task.revision}${task.healthStatus === 'HEALTHY' ? ' and passes its health check' : ''}.${many}`,
    };
  if (ranToItsEnd(task))
    return {
      title: `${name} ran to its end: every container exited with 0.`,
      explanation: `It belongs to no service, so ending is what it was meant to do.${many}`,
    };
  if (task.kind === 'user')
    return {
      title: `${name} was stopped on request; it did not fail by itself.`,
      explanation: `ECS says "${reason}". CloudTrail's StopTask record names who asked for it.${many}`,
    };
  return {
    title: `${name} was stopped on purpose by its service.`,
    explanation: `ECS says "${reason}": a deployment or a smaller desired count replaces or removes tasks this way.${many}`,
  };
}

function exitCodes(task: TaskFacts) {
  return task.containers.flatMap((one) =>
    one.exitCode === undefined ? [] : [below(one.observed, '.exitCode')],
  );
}
