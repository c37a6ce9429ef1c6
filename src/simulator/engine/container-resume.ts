// A container that a snapshot shows as running: its application is taken to work, as it did when the snapshot was made,
// and goes on from there. What it leaks or when it exits counts from the moment it was found.

import { say } from './application-log.ts';
import { endContainer } from './container-exit.ts';
import { keepAnswering } from './container-health.ts';
import { keepRunning, type RunningContainer } from './container-run.ts';
import { containerRun, type World } from './world.ts';

export function resumeContainer(world: World, running: RunningContainer): void {
  const { task, application } = running;
  const name = application.container.name;
  const shown = task.containers?.find((one) => one.name === name);
  const run = containerRun(world, task, name);
  if (shown?.lastStatus === 'STOPPED') {
    run.phase = 'exited';
    return;
  }
  const health = shown?.healthStatus ?? task.healthStatus;
  Object.assign(run, { phase: 'running', startedAt: world.now(), listening: true, ready: true });
  run.health =
    application.healthCheck === undefined ? 'none' : health === 'UNHEALTHY' ? 'unhealthy' : 'healthy';
  if (run.health === 'healthy') keepAnswering(world, running);
  keepRunning(world, running, (delayMs, { end, lines }) =>
    world.after(delayMs, () => {
      if (run.phase !== 'running' || world.runOf(task).stopping) return;
      say(world, task, application, lines);
      endContainer(world, task, { application, end });
    }),
  );
}
