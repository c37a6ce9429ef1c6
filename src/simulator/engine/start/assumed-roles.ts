// Before a task exists at all, ECS assumes the roles that its definition names. Where it may not, there is no task, only
// an event. https://docs.aws.amazon.com/AmazonECS/latest/developerguide/service-event-messages-list.html

import type { SnapshotTaskDefinition } from '../../../contract/snapshot.ts';
import { findRole, mayAssume } from '../../physics/roles.ts';
import type { World } from '../world.ts';

const SETTLE_MS = 10_000;
const TASKS_SERVICE = 'ecs-tasks.amazonaws.com';

/** The first role of a definition that ECS cannot assume. */
export function roleThatFails(
  world: World,
  definition: SnapshotTaskDefinition | undefined,
): string | undefined {
  const arns = [definition?.executionRoleArn, definition?.taskRoleArn];
  return arns.find(
    (arn) =>
      arn !== undefined && (isTooNew(world, arn) || !mayAssume(world.account.state, arn, TASKS_SERVICE)),
  );
}

/** IAM is eventually consistent: a role that was just made is not known everywhere yet. */
function isTooNew(world: World, arn: string): boolean {
  const role = findRole(world.account.state, arn);
  const made = typeof role === 'string' ? Number.NaN : Date.parse(role.CreateDate ?? '');
  return world.now() - made < SETTLE_MS && world.now() >= made;
}

export function assumeFailure(roleArn: string): string {
  return `ECS was unable to assume the role '${roleArn}' that was provided for this task. Please verify that the role being passed has the proper trust relationship and permissions and that your IAM user has permissions to pass this role.`;
}
