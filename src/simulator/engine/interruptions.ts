// What takes running tasks away from outside: a Spot interruption, or a host that is gone. A subnet with the tag `simulate`
// = `spot-interruption` lies in a zone that takes its Spot tasks back after a while.
// https://docs.aws.amazon.com/AmazonECS/latest/developerguide/fargate-capacity-providers.html

import type { SnapshotTask } from '../../contract/snapshot.ts';
import { instanceOf, subnetOf } from './task-interface.ts';
import { stopTask } from './task-stop.ts';
import type { World } from './world.ts';

const SPOT_LIFE_MS = 300_000;
const GONE = new Set(['shutting-down', 'terminated', 'stopping', 'stopped']);

/** Takes a Spot task back some time after it began to run, where its zone does that. */
export function watchSpot(world: World, task: SnapshotTask): void {
  if (task.capacityProviderName !== 'FARGATE_SPOT') return;
  world.after(SPOT_LIFE_MS, () => {
    const subnet = world.account.state.ec2.Subnets.find((one) => one.SubnetId === subnetOf(task));
    const interrupts = (subnet?.Tags ?? []).some(
      (tag) => tag.Key === 'simulate' && tag.Value === 'spot-interruption',
    );
    if (interrupts)
      stopTask(world, task, {
        code: 'SpotInterruption',
        reason: 'Your Spot Task was interrupted.',
        failed: false,
      });
  });
}

/** After a change: ends the tasks of instances that are gone. */
export function endTasksOfLostHosts(world: World): void {
  for (const task of world.account.state.ecs.tasks) {
    if (task.containerInstanceArn === undefined || task.lastStatus === 'STOPPED') continue;
    const machine = instanceOf(world, task);
    if (machine === undefined || !GONE.has(machine.State?.Name ?? 'running')) continue;
    const word = /^stop/.test(machine.State?.Name ?? '') ? 'stopped' : 'terminated';
    stopTask(world, task, {
      code: 'TerminationNotice',
      reason: `Host EC2 (instance ${machine.InstanceId}) ${word}.`,
      failed: false,
      crashed: true,
    });
  }
}
