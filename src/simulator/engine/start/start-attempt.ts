// What every step of a task's start works on, and what a step that fails says. On Fargate ECS's own requests (registry,
// secrets, logs) go out through the task's interface as the execution role; on EC2 through the instance's own interface
// and, where the task names no execution role, as the instance's role.

import type {
  SnapshotNetworkInterface,
  SnapshotTask,
  SnapshotTaskDefinition,
} from '../../../contract/snapshot.ts';
import type { Caller } from '../../physics/aws-api.ts';
import type { Container } from '../application.ts';
import { taskId, type World } from '../world.ts';

export interface StartAttempt {
  readonly world: World;
  readonly task: SnapshotTask;
  readonly definition: SnapshotTaskDefinition;
  readonly fargate: boolean;
  /** The interface that ECS's own requests leave by; undefined when the snapshot does not show it. */
  readonly from: SnapshotNetworkInterface | undefined;
  /** The role of the instance that the task is on. */
  readonly instanceRole: string | undefined;
}

export interface StartFailure {
  readonly stoppedReason: string;
  /** The container that failed and what ECS says of it, when it is one container that failed. */
  readonly container?: { readonly name: string; readonly reason: string };
  /** How long ECS tried. */
  readonly tookMs: number;
}

/** A step of the start: nothing when it succeeds. */
export type StartStep = (attempt: StartAttempt) => StartFailure | undefined;

/** An answer came back and it was no. */
export const REFUSED_MS = 2_000;
/** No answer came back, and ECS gave up after its retries. */
export const NO_ANSWER_MS = 60_000;

export function containersOf({ definition }: StartAttempt): Container[] {
  return definition.containerDefinitions ?? [];
}

/** Who asks for images, secrets and environment files. */
export function executionCaller(attempt: StartAttempt): Caller {
  const { definition, from, fargate, instanceRole, task } = attempt;
  const roleArn = definition.executionRoleArn ?? (fargate ? undefined : instanceRole);
  return { from, roleArn, session: taskId(task) };
}

/** What ECS says when the whole task could not be prepared; Fargate has a word of its own for it. */
export function preparationFailed(text: string, tookMs: number): StartFailure {
  return { stoppedReason: `ResourceInitializationError: ${text}`, tookMs };
}

/** What ECS says of a container that could not be made. On Fargate the task says it too. */
export function containerFailed(
  { fargate }: StartAttempt,
  container: Container,
  { reason, tookMs }: { reason: string; tookMs: number },
): StartFailure {
  return {
    stoppedReason: fargate ? reason : 'Task failed to start',
    container: { name: container.name ?? '', reason },
    tookMs,
  };
}

/** A request id as AWS appends it to an error. */
export function requestId({ world }: StartAttempt): string {
  const hex = world.account.newHex(32);
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join('-');
}
