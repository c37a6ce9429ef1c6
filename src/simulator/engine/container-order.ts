// The order in which a task's containers start: each waits for what its `dependsOn` names to have started, to be healthy,
// to have ended, or to have ended well. A wait that cannot end keeps the task from starting.
// https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_ContainerDependency.html

import type { SnapshotTask } from '../../contract/snapshot.ts';
import { type Application, applicationsOf } from './application.ts';
import { watchContainer } from './container-health.ts';
import { startContainer } from './container-run.ts';
import { stopTask } from './task-stop.ts';
import { containerRun, serviceOfTask, type World } from './world.ts';

/** How long a container waits for what it depends on when it does not say. On Fargate; on EC2 the agent decides. */
const START_TIMEOUT_SECONDS = 180;

type Verdict = 'go' | 'wait' | 'never';

/** Starts all containers of a task in their order and calls `started` once every one of them has been started. */
export function startInOrder(world: World, task: SnapshotTask, started: () => void): void {
  const applications = applicationsOf(world, task);
  const service = serviceOfTask(world, task);
  let done = false;
  const round = () => {
    if (done || world.runOf(task).stopping) return;
    for (const application of applications) {
      const { container } = application;
      if (containerRun(world, task, container.name).phase !== 'waiting') continue;
      const verdict = verdictFor(world, task, application);
      if (verdict === 'never')
        return refuse(world, task, { application, why: 'as dependency did not exit successfully.' });
      if (verdict === 'wait') continue;
      const running = { task, service, application };
      startContainer(world, running, round);
      watchContainer(world, running, () => {
        round();
        world.runOf(task).settled?.();
      });
      return round();
    }
    if (applications.some(({ container }) => containerRun(world, task, container.name).phase === 'waiting'))
      return;
    done = true;
    started();
  };
  for (const application of applications) {
    if ((application.container.dependsOn ?? []).length === 0) continue;
    const limitMs = (application.container.startTimeout ?? START_TIMEOUT_SECONDS) * 1000;
    world.after(limitMs, () => {
      if (done || world.runOf(task).stopping) return;
      if (containerRun(world, task, application.container.name).phase === 'waiting')
        refuse(world, task, { application, why: 'has timed out.' });
    });
  }
  round();
}

function verdictFor(world: World, task: SnapshotTask, { container }: Application): Verdict {
  const verdicts = (container.dependsOn ?? []).map(({ containerName, condition }): Verdict => {
    const run = containerRun(world, task, containerName);
    const code = task.containers?.find((one) => one.name === containerName)?.exitCode;
    if (run.phase === 'waiting') return 'wait';
    if (condition === 'START') return 'go';
    if (condition === 'COMPLETE') return run.phase === 'exited' ? 'go' : 'wait';
    if (condition === 'SUCCESS') return run.phase !== 'exited' ? 'wait' : code === 0 ? 'go' : 'never';
    if (run.health === 'healthy') return 'go';
    return run.health === 'unhealthy' || run.phase === 'exited' ? 'never' : 'wait';
  });
  if (verdicts.includes('never')) return 'never';
  return verdicts.includes('wait') ? 'wait' : 'go';
}

/** The agent's words: https://github.com/aws/amazon-ecs-agent/blob/master/agent/engine/dependencygraph/graph.go */
function refuse(
  world: World,
  task: SnapshotTask,
  { application, why }: { application: Application; why: string },
): void {
  const { container } = application;
  const name = container.name ?? '';
  const waits = (container.dependsOn ?? [])
    .map((one) => `${one.containerName ?? ''}:${one.condition ?? ''}`)
    .join(' ');
  stopTask(world, task, {
    code: 'TaskFailedToStart',
    reason: 'Task failed to start',
    failed: true,
    container: {
      name,
      reason: `dependency graph: failed to resolve container ordering dependency [${waits}] for target [${name}] ${why}`,
    },
  });
}
