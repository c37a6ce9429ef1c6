// Places that run out, and changes that were refused: which subnet, which host, whose role.

import { hostArn, theHost } from './base-hosts.ts';
import { subnetId } from './base-network.ts';
import { changed, type ToldCase } from './case.ts';
import { event, failedToStart, failing } from './incident.ts';
import { addStopped } from './tasks.ts';
import { trail } from './trail.ts';
import { theService } from './workload.ts';

const at = {
  region: 'eu-west-1',
  account: '330044550099',
  cluster: 'yard',
  service: 'crane',
  net: 143,
} as const;
const onHosts = { ...at, launch: 'EC2' } as const;

export const toldPlaces: readonly ToldCase[] = [
  {
    name: 'a subnet without addresses that may not be looked at',
    class: 'subnet-ip-exhaustion',
    verdicts: ['likely'],
    says: (w) => [subnetId(w, 'private', 'b')],
    missing: 'ec2:DescribeSubnets',
    account: () =>
      changed(at, [
        (w) => {
          failing(w, {
            code: failedToStart,
            reason: `Unexpected EC2 error while attempting to Create Network Interface in subnet '${subnetId(w, 'private', 'b')}': InsufficientFreeAddressesInSubnet`,
          });
          w.snapshot.denied.push('ec2:DescribeSubnets');
        },
      ]),
  },
  {
    name: 'a group of hosts whose launches find no address in their subnet',
    class: 'subnet-ip-exhaustion',
    verdicts: ['proven'],
    says: (w) => [subnetId(w, 'private', 'a')],
    account: () =>
      changed(onHosts, [
        (w) => {
          const { autoscaling, ecs } = w.snapshot;
          theService(w).desiredCount = 12;
          for (const one of theService(w).deployments ?? []) one.desiredCount = 12;
          for (const host of ecs.containerInstances)
            for (const one of host.remainingResources ?? [])
              if (one.name === 'CPU' || one.name === 'MEMORY') one.integerValue = 0;
          for (const group of autoscaling.AutoScalingGroups) {
            Object.assign(group, { DesiredCapacity: 6, MaxSize: 12 });
            autoscaling.Activities.push({
              ActivityId: w.hex('full', 32),
              AutoScalingGroupName: group.AutoScalingGroupName ?? '',
              StatusCode: 'Failed',
              StatusMessage: `There are not enough free addresses in subnet '${subnetId(w, 'private', 'a')}' to satisfy the requested number of instances. Launching EC2 instance failed.`,
              Description: 'Launching a new EC2 instance.',
              Cause:
                'an instance was started in response to a difference between desired and actual capacity',
              StartTime: w.ago(240),
              EndTime: w.ago(239),
            });
          }
          event(
            w,
            200,
            `(service crane) was unable to place a task because no container instance met all of its requirements. The closest matching (container-instance ${hostArn(w, 'a').split('/').at(-1)}) has insufficient CPU units available. For more information, see the Troubleshooting section of the Amazon ECS Developer Guide.`,
          );
        },
      ]),
  },
  {
    name: 'a host on which no task gets its interface, by the name EC2 knows it by',
    class: 'eni-allocation-failure',
    verdicts: ['likely', 'proven'],
    says: (w) => [theHost(w, 'b').ec2InstanceId ?? 'no instance'],
    fix: 'ecs_update_container_instances_state',
    account: () =>
      changed({ ...onHosts, mode: 'awsvpc', service: 'hoist' }, [
        (w) => {
          addStopped(w, {
            count: 4,
            zones: ['b'],
            code: failedToStart,
            reason: 'Timeout waiting for network interface provisioning to complete.',
          });
          w.snapshot.ecs.tasks = w.snapshot.ecs.tasks.filter(
            (one) =>
              one.lastStatus !== 'RUNNING' ||
              one.group !== 'service:hoist' ||
              one.containerInstanceArn !== hostArn(w, 'b'),
          );
          theService(w).runningCount = 2;
          for (const one of theService(w).deployments ?? [])
            Object.assign(one, { runningCount: 2, failedTasks: 4 });
        },
      ]),
  },
  {
    name: 'a deployer that may not pass the role, which is named with what it lacks',
    class: 'passrole-denied',
    verdicts: ['likely', 'proven'],
    says: (w) => ['role deployer', w.role('yard-task'), /iam:PassRole/, /as was the one before it/],
    account: () =>
      changed(at, [
        (w) => {
          for (const secondsAgo of [600, 900])
            trail(w, secondsAgo, 'RegisterTaskDefinition', {
              error: [
                'AccessDenied',
                `User: arn:aws:sts::${w.place.account}:assumed-role/deployer/GitHubActions is not authorized to perform: iam:PassRole on resource: ${w.role('yard-task')} because no identity-based policy allows the iam:PassRole action`,
              ],
              request: { family: 'crane' },
            });
        },
      ]),
  },
];
