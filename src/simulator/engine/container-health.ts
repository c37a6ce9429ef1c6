// The health check of a container, run inside it at its interval: passed once it is healthy, and its task's end when it
// fails too often. ECS acts on essential containers only.

import type { SnapshotTask } from '../../contract/snapshot.ts';
import { type Application, applicationsOf, isEssential } from './application.ts';
import { checkedPath, checkOutcome } from './application-answer.ts';
import { say } from './application-log.ts';
import type { RunningContainer } from './container-run.ts';
import { healthLine } from './log-lines.ts';
import { addEvent } from './service-events.ts';
import { stopTask } from './task-stop.ts';
import { containerRun, taskId, type World } from './world.ts';

/** The scheduler acts on a verdict this much later. */
const REACTION_MS = 2_000;
const ANSWER_LOG_MS = 60_000;

/** Checks the container until it is healthy, then calls `passed` and rests. */
export function watchContainer(world: World, running: RunningContainer, passed: () => void): void {
  const { task, application } = running;
  const check = application.healthCheck;
  if (check === undefined) return;
  const run = containerRun(world, task, application.container.name);
  const isOver = () => run.phase !== 'running' || world.runOf(task).stopping;
  let failures = 0;
  const look = () => {
    if (isOver()) return;
    const outcome = checkOutcome(world, task, application);
    // What never reaches the program is not in its log.
    if (run.listening && outcome !== 'unheard')
      say(world, task, application, [answerLine(application, outcome === 'passed')]);
    if (outcome === 'passed') {
      setHealth(world, task, { application, health: 'HEALTHY' });
      keepAnswering(world, running);
      passed();
      return;
    }
    // A failure during the start period does not count.
    if (world.now() - run.startedAt > check.startPeriodMs) failures += 1;
    if (failures < check.retries) {
      world.after(check.intervalMs, look);
      return;
    }
    setHealth(world, task, { application, health: 'UNHEALTHY' });
    passed();
    if (isEssential(application.container)) world.after(REACTION_MS, () => failTask(world, running));
  };
  world.after(check.intervalMs, look);
}

function answerLine(application: Application, good: boolean): string {
  return healthLine(0, good, checkedPath(application)).message;
}

function failTask(world: World, { task, service }: RunningContainer): void {
  // A task that no service wants stays as it is, unhealthy.
  if (world.runOf(task).stopping || service === undefined) return;
  addEvent(world, service, `(task ${taskId(task)}) failed container health checks.`);
  stopTask(world, task, {
    code: 'ServiceSchedulerInitiated',
    reason: 'Task failed container health checks',
    failed: true,
  });
}

/** A healthy application logs its health endpoint about once a minute, so that its stream is alive. */
export function keepAnswering(world: World, running: RunningContainer): void {
  world.after(ANSWER_LOG_MS, () => {
    const { task, application } = running;
    const run = containerRun(world, task, application.container.name);
    if (world.runOf(task).stopping || run.phase !== 'running') return;
    say(world, task, application, [answerLine(application, true)]);
    keepAnswering(world, running);
  });
}

/** Shows the container's health and what it makes of its task's: unhealthy with one, healthy with all. */
function setHealth(
  world: World,
  task: SnapshotTask,
  { application, health }: { application: Application; health: 'HEALTHY' | 'UNHEALTHY' },
): void {
  containerRun(world, task, application.container.name).health =
    health === 'HEALTHY' ? 'healthy' : 'unhealthy';
  for (const container of task.containers ?? [])
    if (container.name === application.container.name) container.healthStatus = health;
  const checked = applicationsOf(world, task)
    .filter((one) => isEssential(one.container) && one.healthCheck !== undefined)
    .map((one) => containerRun(world, task, one.container.name).health);
  if (checked.includes('unhealthy')) task.healthStatus = 'UNHEALTHY';
  else if (checked.every((one) => one === 'healthy')) task.healthStatus = 'HEALTHY';
}
