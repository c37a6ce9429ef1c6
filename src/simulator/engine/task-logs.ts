// The log streams of tasks: `<prefix>/<container>/<task id>` in the group that the container's awslogs options name.

import type { SnapshotLogGroup, SnapshotTask } from '../../contract/snapshot.ts';
import type { Container } from './application.ts';
import type { LogLine } from './log-lines.ts';
import { taskId, type World } from './world.ts';

/** CloudWatch Logs shows an event about this long after it was written. */
const INGESTION_MS = 800;
/** Bounds a stream; older lines go first. */
const EVENTS_MAX = 5_000;

/** The group that a container logs to: undefined without awslogs, 'missing' when it does not exist. */
export function logGroupFor(world: World, container: Container): SnapshotLogGroup | 'missing' | undefined {
  const { logDriver, options } = container.logConfiguration ?? {};
  const name = options?.['awslogs-group'];
  if (logDriver !== 'awslogs' || name === undefined) return undefined;
  return world.account.state.logs.logGroups.find((group) => group.logGroupName === name) ?? 'missing';
}

/** Writes lines now; their offsets only order them. */
export function writeLog(
  world: World,
  task: SnapshotTask,
  container: Container,
  messages: readonly string[],
): void {
  const group = logGroupFor(world, container);
  if (group === undefined || group === 'missing' || messages.length === 0) return;
  const name = streamName(container, task);
  let stream = group.streams.find((one) => one.logStreamName === name);
  if (stream === undefined) {
    stream = { logStreamName: name, creationTime: world.now(), events: [] };
    group.streams.push(stream);
  }
  const timestamp = world.now();
  stream.events.push(
    ...messages.map((message) => ({ timestamp, message, ingestionTime: timestamp + INGESTION_MS })),
  );
  if (stream.events.length > EVENTS_MAX) stream.events.splice(0, stream.events.length - EVENTS_MAX);
}

/** Writes each line when its time comes, counted from now, as long as `alive` holds. */
export function scheduleLog(
  world: World,
  lines: readonly LogLine[],
  write: { task: SnapshotTask; container: Container; alive: () => boolean },
): void {
  for (const line of lines) {
    world.after(line.afterMs, () => {
      if (write.alive()) writeLog(world, write.task, write.container, [line.message]);
    });
  }
}

function streamName(container: Container, task: SnapshotTask): string {
  const prefix = container.logConfiguration?.options?.['awslogs-stream-prefix'];
  return [...(prefix === undefined ? [] : [prefix]), container.name ?? '', taskId(task)].join('/');
}
