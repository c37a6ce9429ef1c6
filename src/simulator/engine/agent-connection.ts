// The connection of each host's agent to ECS. What is connected stays so when a rule goes away, since security groups track connections;
// but ECS ends each connection after a while, and an agent that cannot come back is shown as not connected until it can.
// https://docs.aws.amazon.com/AmazonECS/latest/developerguide/ecs_container_instance_events.html ("several times per hour")

import type { SnapshotContainerInstance } from '../../contract/snapshot.ts';
import { callApi } from '../physics/aws-api.ts';
import { hostInterface, instanceRoleOf } from './task-interface.ts';
import type { World } from './world.ts';

/** How long a connection lasts, and how long the hosts of an account are apart, so that not all of them come back at one moment. */
const LASTS_MS = 30 * 60_000;
const APART_MS = 20_000;
const RETRY_MS = 60_000;

/** Watches the agents of every host there is. */
export function keepAgents(world: World): void {
  for (const [index, host] of world.account.state.ecs.containerInstances.entries())
    keepAgent(world, host, LASTS_MS + index * APART_MS);
}

/** Watches the agent of one host, whose connection lasts for `firstMs` more. An agent that something else stopped is left to it. */
export function keepAgent(world: World, host: SnapshotContainerInstance, firstMs = LASTS_MS): void {
  let isCutOff = false;
  const look = () => {
    const { ecs } = world.account.state;
    if (!ecs.containerInstances.includes(host)) return;
    if (host.agentConnected === false && !isCutOff) {
      world.after(LASTS_MS, look);
      return;
    }
    const comesBack = reachesEcs(world, host);
    if (comesBack === isCutOff) {
      host.agentConnected = comesBack;
      isCutOff = !comesBack;
      for (const service of ecs.services) world.reconcile(service);
    }
    world.after(comesBack ? LASTS_MS : RETRY_MS, look);
  };
  world.after(firstMs, look);
}

/** The agent asks where to poll and polls there, as the role of the instance. What it reports to ecs-telemetry may be lost meanwhile. */
function reachesEcs(world: World, { ec2InstanceId }: SnapshotContainerInstance): boolean {
  const { account } = world;
  const machine = account.state.ec2.Instances.find((one) => one.InstanceId === ec2InstanceId);
  if (machine === undefined) return true;
  const caller = {
    from: hostInterface(world, machine),
    roleArn: instanceRoleOf(world, machine),
    session: machine.InstanceId,
  };
  const asks = (name: string, action: string) =>
    callApi(account.state, caller, {
      host: `${name}.${account.region}.amazonaws.com`,
      action: `ecs:${action}`,
      resource: '*',
    }).kind === 'done';
  return asks('ecs', 'DiscoverPollEndpoint') && asks('ecs-a', 'Poll');
}
