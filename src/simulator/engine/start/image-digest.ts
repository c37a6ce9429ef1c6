// ECS resolves a tag to a digest with the first task of a deployment and gives every later task that digest, so a tag that
// is pushed again changes nothing until the next deployment, and a deleted digest keeps later tasks from starting.
// https://docs.aws.amazon.com/AmazonECS/latest/developerguide/deployment-type-ecs.html#deployment-container-image-stability

import type { Container } from '../application.ts';
import { serviceOfTask } from '../world.ts';
import type { StartAttempt } from './start-attempt.ts';

/** The digest that the task's deployment has settled on for a container, when it has. */
export function pinnedDigest(attempt: StartAttempt, container: Container): string | undefined {
  if (container.versionConsistency === 'disabled') return undefined;
  const { task, world } = attempt;
  if (serviceOfTask(world, task) === undefined) return undefined;
  for (const other of world.index.startedBy(task.startedBy ?? '')) {
    if (other === task || other.taskDefinitionArn !== task.taskDefinitionArn) continue;
    const found = other.containers?.find(
      (one) => one.name === container.name && one.image === container.image,
    )?.imageDigest;
    if (found !== undefined) return found;
  }
  return undefined;
}

/** Shows the digest that was pulled on the task, where later tasks of the deployment find it. */
export function pinDigest({ task }: StartAttempt, container: Container, digest: string): void {
  const shown = task.containers?.find((one) => one.name === container.name);
  if (shown !== undefined && digest !== '') shown.imageDigest = digest;
}
