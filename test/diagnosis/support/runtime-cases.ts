// Cases of what runs the containers: the runtime of a host, the log pipeline, the proxy of Service Connect, the agent of ECS Exec.

import type { Snapshot } from '../../../src/contract/snapshot.ts';
import { addTasks, allFail, exits, theDefinition, theService } from '../../support/account-builder.ts';
import { type CauseCase, iso } from './cause-case.ts';
import { newRevisionFails } from './container-cases.ts';

const host = (letter: string) =>
  `arn:aws:ecs:eu-central-1:210987654321:container-instance/prod/${letter.repeat(32)}`;

/** Starts fail on host a with this reason; two tasks run, on these hosts. */
function failsOnHost(s: Snapshot, reason: string, runsOn: string): void {
  theService(s).launchType = 'EC2';
  for (const task of s.ecs.tasks) task.containerInstanceArn = host(runsOn);
  const service = theService(s);
  Object.assign(service, { desiredCount: 4, runningCount: 2 });
  Object.assign(service.deployments?.[0] ?? {}, {
    desiredCount: 4,
    failedTasks: 3,
    rolloutState: 'IN_PROGRESS',
    createdAt: iso(900),
  });
  const failed = addTasks(s, {
    count: 3,
    secondsAgo: 100,
    stop: { stopCode: 'TaskFailedToStart', stoppedReason: 'Task failed to start' },
    container: { reason },
  });
  for (const task of failed) task.containerInstanceArn = host('a');
}

const TIMEOUT = 'DockerTimeoutError: Could not transition to created; timed out after waiting 4m0s';
const GPU_HOOK =
  "CannotStartContainerError: Error response from daemon: failed to create task for container: failed to create shim task: OCI runtime create failed: runc create failed: unable to start container process: error during container init: error running hook #0: error running hook: exit status 1, stdout: , stderr: Auto-detected mode as 'legacy' nvidia-container-cli: initialization error: driver rpc error: timed out: unknown";

/** A second container beside the application, with what became of both in four tasks. */
function beside(
  s: Snapshot,
  sidecar: { definition?: object; name: string; state: object },
  options: { app: object; stop: object },
): void {
  if (sidecar.definition !== undefined)
    theDefinition(s).containerDefinitions?.unshift({ name: sidecar.name, ...sidecar.definition });
  for (const task of allFail(s, { stop: options.stop, container: options.app }))
    task.containers?.unshift({ name: sidecar.name, lastStatus: 'STOPPED', ...sidecar.state });
}

const exited = {
  stopCode: 'EssentialContainerExited' as const,
  stoppedReason: 'Essential container in task exited',
};
const unwell = {
  stopCode: 'ServiceSchedulerInitiated' as const,
  stoppedReason: 'Task failed container health checks',
};
const router = {
  image: 'fluent-bit:1',
  essential: true,
  firelensConfiguration: { type: 'fluentbit' as const },
};

/** Tasks that failed their health check and whose log wrote every 5 s until `silentSeconds` before that. */
function fellSilent(s: Snapshot, silentSeconds: number): void {
  for (const task of allFail(s, { stop: unwell, container: { exitCode: 143 }, log: ['x'] })) {
    const end = Date.parse(task.stoppedAt ?? '');
    task.startedAt = new Date(end - 300_000).toISOString();
    const stream = s.logs.logGroups[0]?.streams.find((one) =>
      one.logStreamName.endsWith(task.taskArn.split('/').at(-1) ?? ''),
    );
    if (stream !== undefined)
      stream.events = Array.from({ length: 30 }, (_, index) => ({
        timestamp: end - silentSeconds * 1_000 - (29 - index) * 5_000,
        message: `handled ${index} requests`,
      }));
  }
}

function withAgents(s: Snapshot, agent: object, task: object = { enableExecuteCommand: true }): void {
  theService(s).enableExecuteCommand = true;
  for (const one of s.ecs.tasks) {
    Object.assign(one, { startedAt: iso(4_000), ...task });
    for (const container of one.containers ?? [])
      container.managedAgents = [{ name: 'ExecuteCommandAgent', ...agent }];
  }
}

export const runtimeCases: readonly CauseCase[] = [
  {
    class: 'container-runtime-failure',
    verdict: 'proven',
    ill: (s) => failsOnHost(s, TIMEOUT, 'b'),
    decoy: (s) =>
      failsOnHost(
        s,
        'CannotStartContainerError: Error response from daemon: failed to initialize logging driver: failed to create Cloudwatch log stream: ResourceNotFoundException: The specified log group does not exist',
        'b',
      ),
    denied: ['ecs:DescribeTasks'],
  },
  {
    class: 'container-runtime-failure',
    verdict: 'likely',
    ill: (s) => failsOnHost(s, GPU_HOOK, 'a'),
    decoy: (s) =>
      failsOnHost(
        s,
        'CannotStartContainerError: Error response from daemon: failed to create shim task: OCI runtime create failed: runc create failed: unable to start container process: exec: "/start.sh": permission denied: unknown',
        'a',
      ),
  },
  {
    class: 'container-runtime-failure',
    verdict: 'likely',
    ill: (s) =>
      failsOnHost(
        s,
        'CannotPullECRContainerError: RequestError: send request failed caused by: Post https://ecr.us-east-1.amazonaws.com/: dial tcp: lookup ecr.us-east-1.amazonaws.com on 10.0.0.2:53: dial udp 10.0.0.2:53: too many open files',
        'a',
      ),
    decoy: (s) => failsOnHost(s, 'OutOfMemoryError: Container killed due to memory usage', 'a'),
  },
  {
    class: 'log-pipeline-failure',
    verdict: 'likely',
    ill: (s) =>
      beside(
        s,
        { name: 'log_router', definition: router, state: { exitCode: 255 } },
        { app: { exitCode: 143 }, stop: exited },
      ),
    decoy: (s) =>
      beside(
        s,
        { name: 'log_router', definition: router, state: { exitCode: 143 } },
        { app: { exitCode: 1 }, stop: exited },
      ),
  },
  {
    class: 'log-pipeline-failure',
    verdict: 'likely',
    ill: (s) => fellSilent(s, 120),
    decoy: (s) => fellSilent(s, 4),
    denied: ['logs:GetLogEvents'],
  },
  {
    class: 'service-connect-proxy-failure',
    verdict: 'proven',
    ill: (s) =>
      beside(
        s,
        { name: 'ecs-service-connect-Ab12C', state: { exitCode: 137, healthStatus: 'UNHEALTHY' } },
        { app: { exitCode: 143, healthStatus: 'HEALTHY' }, stop: unwell },
      ),
    decoy: (s) =>
      beside(
        s,
        { name: 'ecs-service-connect-Ab12C', state: { exitCode: 0, healthStatus: 'HEALTHY' } },
        { app: { exitCode: 137, healthStatus: 'UNHEALTHY' }, stop: unwell },
      ),
    denied: ['ecs:DescribeTasks'],
  },
  {
    class: 'ecs-exec-unavailable',
    verdict: 'proven',
    ill: (s) => withAgents(s, { lastStatus: 'STOPPED', reason: 'ExecuteCommandAgent exited' }),
    decoy: (s) => withAgents(s, { lastStatus: 'RUNNING' }),
  },
  {
    class: 'ecs-exec-unavailable',
    verdict: 'proven',
    ill: (s) => {
      theService(s).enableExecuteCommand = true;
      for (const task of s.ecs.tasks) task.enableExecuteCommand = false;
    },
    decoy: (s) =>
      withAgents(s, { lastStatus: 'PENDING' }, { enableExecuteCommand: true, startedAt: iso(30) }),
  },
  {
    class: 'app-clean-exit',
    verdict: 'proven',
    ill: (s) =>
      beside(
        s,
        { name: 'log_router', definition: { ...router, essential: false }, state: { exitCode: 1 } },
        { app: { exitCode: 0 }, stop: exited },
      ),
    decoy: (s) => newRevisionFails(s, { ...exits(1), code: 1 }),
  },
];
