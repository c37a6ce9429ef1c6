// What goes wrong on one host and shows in no API but by the tasks that start there. The mark is a tag of the instance, `simulate`, that
// the API does not show: `disk-full` leaves no room for images, `docker-hangs` makes no container in time. Wording as in
// https://docs.aws.amazon.com/AmazonECS/latest/developerguide/stopped-task-error-codes.html

import { instanceOf } from '../task-interface.ts';
import {
  containerFailed,
  containersOf,
  REFUSED_MS,
  type StartAttempt,
  type StartStep,
} from './start-attempt.ts';

/** The agent waits this long for docker to make a container. */
const CREATE_MS = 240_000;

export const unpackImages: StartStep = (attempt) => {
  const [first] = containersOf(attempt);
  if (first === undefined || !isMarked(attempt, 'disk-full')) return undefined;
  const file = `/var/lib/docker/tmp/GetImageBlob${attempt.world.account.newHex(8)}`;
  return containerFailed(attempt, first, {
    reason: `CannotPullContainerError: Error response from daemon: write ${file}: no space left on device`,
    tookMs: REFUSED_MS,
  });
};

export const createContainers: StartStep = (attempt) => {
  const [first] = containersOf(attempt);
  if (first === undefined || !isMarked(attempt, 'docker-hangs')) return undefined;
  return containerFailed(attempt, first, {
    reason: 'DockerTimeoutError: Could not transition to created; timed out after waiting 4m0s',
    tookMs: CREATE_MS,
  });
};

function isMarked({ world, task }: StartAttempt, value: string): boolean {
  return (instanceOf(world, task)?.Tags ?? []).some((tag) => tag.Key === 'simulate' && tag.Value === value);
}
