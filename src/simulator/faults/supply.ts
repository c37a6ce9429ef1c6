// Faults of hosts that are wanted: they run and do not join the cluster, or they cannot be had.

import type { SnapshotRole } from '../../contract/snapshot.ts';
import type { AccountPlan } from '../accounts/plan.ts';
import type { Fault } from './fault.ts';
import { changeGroup, fleetOf, groupAt, needAnotherHost } from './fleet-site.ts';
import { recordChange } from './people.ts';
import { sizeRunsOutFirst } from './room.ts';

/** ECS itself asks for more hosts. */
const ofManagedSize = ({ fleet }: AccountPlan) => fleet?.provider !== undefined;

export const supplyFaults: readonly Fault[] = [
  {
    name: 'host-role-lost-policy',
    class: 'instance-registration-failed',
    about:
      'the policy of the hosts was replaced by a narrower one that lets no agent register, and a new host is needed',
    fits: sizeRunsOutFirst,
    touchesOthers: true,
    mendable: false,
    inject: (site) => {
      const { role: name } = fleetOf(site);
      const role = site.account.state.iam.Roles.find((one) => one.RoleName === name);
      const policyArn = role?.AttachedManagedPolicies?.[0]?.PolicyArn;
      if (role !== undefined) narrow(role);
      const resource = { type: 'AWS::IAM::Role', name };
      recordChange(site, 'iam:PutRolePolicy', { roleName: name, policyName: 'hosts' }, resource);
      recordChange(site, 'iam:DetachRolePolicy', { roleName: name, policyArn }, resource);
      needAnotherHost(site);
      return [name, fleetOf(site).name];
    },
  },
  {
    name: 'hosts-moved-to-closed-subnets',
    class: 'instance-registration-failed',
    about: 'the Auto Scaling group was given subnets without a way out, and a new host is needed',
    fits: (plan, service) =>
      (plan.wayOut === 'nat-per-zone' || plan.wayOut === 'one-nat') && sizeRunsOutFirst(plan, service),
    touchesOthers: true,
    mendable: false,
    inject: (site) => {
      const { name } = fleetOf(site);
      const subnets = site.plan.zones.map((zone) => zone.subnets.data);
      changeGroup(site, { VPCZoneIdentifier: subnets.join(',') });
      needAnotherHost(site);
      return [name, ...subnets];
    },
  },
  {
    name: 'group-at-its-maximum',
    class: 'asg-capacity-failure',
    about: 'the largest size of the Auto Scaling group was cut to what runs, and then more was needed',
    fits: (plan, service) => ofManagedSize(plan) && sizeRunsOutFirst(plan, service),
    touchesOthers: true,
    mendable: true,
    inject: (site) => {
      changeGroup(site, { MaxSize: fleetOf(site).hosts.length });
      needAnotherHost(site);
      return [fleetOf(site).name];
    },
  },
  {
    name: 'vcpu-limit-reached',
    class: 'asg-capacity-failure',
    about: 'the account may run no more vCPUs of the kind that the Auto Scaling group launches',
    fits: (plan, service) => ofManagedSize(plan) && sizeRunsOutFirst(plan, service),
    touchesOthers: true,
    mendable: false,
    inject: (site) => {
      const { hosts, type, name } = fleetOf(site);
      const quota = site.account.state.servicequotas.quotas.find((one) => one.QuotaCode === 'L-1216C47A');
      // The bastion has two.
      if (quota !== undefined) quota.Value = hosts.length * type.vcpus + 2;
      needAnotherHost(site);
      return [name, 'L-1216C47A'];
    },
  },
  {
    name: 'launching-suspended',
    class: 'asg-capacity-failure',
    about: 'somebody suspended the launches of the Auto Scaling group and forgot it',
    fits: (plan, service) => ofManagedSize(plan) && sizeRunsOutFirst(plan, service),
    touchesOthers: true,
    mendable: false,
    inject: (site) => {
      const { name } = fleetOf(site);
      const group = groupAt(site);
      group.SuspendedProcesses = [
        {
          ProcessName: 'Launch',
          SuspensionReason: `User suspended at ${new Date(site.account.now()).toISOString()}`,
        },
      ];
      recordChange(
        site,
        'autoscaling:SuspendProcesses',
        { autoScalingGroupName: name, scalingProcesses: ['Launch'] },
        { type: 'AWS::AutoScaling::AutoScalingGroup', name },
      );
      needAnotherHost(site);
      return [name];
    },
  },
];

function narrow(role: SnapshotRole): void {
  role.AttachedManagedPolicies = role.AttachedManagedPolicies?.slice(1) ?? [];
  role.policies.push({
    PolicyName: 'hosts',
    Document: {
      Version: '2012-10-17',
      Statement: [
        {
          Effect: 'Allow',
          Action: [
            'ecs:DiscoverPollEndpoint',
            'ecs:Poll',
            'ecs:StartTelemetrySession',
            'ecs:SubmitTaskStateChange',
            'ecs:SubmitContainerStateChange',
            'ecr:GetAuthorizationToken',
            'ecr:BatchCheckLayerAvailability',
            'ecr:GetDownloadUrlForLayer',
            'ecr:BatchGetImage',
            'logs:CreateLogStream',
            'logs:PutLogEvents',
          ],
          Resource: '*',
        },
      ],
    },
  });
}
