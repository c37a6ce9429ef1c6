// Faults of hosts: a task fits on none of them, or they do not answer, do not join, or cannot be had.

import type { SnapshotRole } from '../../contract/snapshot.ts';
import { hasInterface, registeredSize } from '../accounts/fleet-plan.ts';
import { groupArn, hostArn } from '../accounts/names.ts';
import { permission } from '../accounts/permission.ts';
import type { AccountPlan } from '../accounts/plan.ts';
import type { Fault, FaultSite } from './fault.ts';
import { deployAgain, deployRevision, recordChange, serviceAt } from './people.ts';
import { interfacesRunOutFirst, roomFor, sizeRunsOutFirst } from './room.ts';

const onHosts: Fault['fits'] = ({ fleet }) => fleet !== undefined;
/** Nobody adds hosts by himself. */
const ofFixedSize = ({ fleet }: AccountPlan) => fleet !== undefined && fleet.provider === undefined;
const inBridgeMode: Fault['fits'] = (plan) => !hasInterface(plan);

export const hostFaults: readonly Fault[] = [
  {
    name: 'memory-raised-beyond-hosts',
    class: 'insufficient-cluster-resources',
    about: 'a revision asks for more memory than any host has',
    fits: onHosts,
    mendable: true,
    inject: (site) => {
      const largest = registeredSize(fleetOf(site).type).memoryMiB;
      const revision = deployRevision(site, (definition) => {
        definition.memory = String(Math.ceil(largest / 1_024 + site.random.int(1, 4)) * 1_024);
      });
      return [revision, site.service.name, ...hostsOf(site)];
    },
  },
  {
    name: 'scaled-beyond-hosts',
    class: 'insufficient-cluster-resources',
    about: 'a service was scaled to more tasks than the hosts of the cluster hold',
    fits: (plan, service) => ofFixedSize(plan) && sizeRunsOutFirst(plan, service),
    touchesOthers: true,
    mendable: false,
    inject: (site) => {
      scaleTo(site, site.service.desired + roomFor(site.plan, site.service).bySize + site.random.int(2, 4));
      return [site.service.name, ...hostsOf(site)];
    },
  },
  {
    name: 'host-port-fixed',
    class: 'host-port-conflict',
    about: 'a revision fixes its host port, and there are more tasks than hosts',
    fits: (plan, service) => ofFixedSize(plan) && inBridgeMode(plan, service),
    mendable: true,
    inject: (site) => {
      letBalancerIn(site);
      const revision = deployRevision(site, (_, container) => {
        for (const mapping of container.portMappings ?? []) mapping.hostPort = mapping.containerPort;
      });
      scaleTo(site, Math.max(site.service.desired, fleetOf(site).hosts.length + 1));
      return [revision, site.service.name, ...hostsOf(site)];
    },
  },
  {
    name: 'constraint-on-other-hosts',
    class: 'placement-constraint-unmet',
    about: 'a revision may only run on hosts of a kind that the cluster does not have',
    fits: onHosts,
    mendable: true,
    inject: (site) => {
      const expression = site.random.pick([
        'attribute:ecs.instance-type =~ g4dn.*',
        'attribute:ecs.instance-type == c6i.2xlarge',
        'attribute:workload == web',
        'attribute:ecs.cpu-architecture == arm64',
      ]);
      const revision = deployRevision(site, (definition) => {
        definition.placementConstraints = [{ type: 'memberOf', expression }];
      });
      return [revision, site.service.name, ...hostsOf(site)];
    },
  },
  {
    name: 'log-driver-not-on-hosts',
    class: 'placement-constraint-unmet',
    about: 'a revision logs with a driver that the agents were not told to offer',
    fits: onHosts,
    mendable: true,
    inject: (site) => {
      const logDriver = site.random.pick(['gelf', 'splunk', 'fluentd'] as const);
      const revision = deployRevision(site, (_, container) => {
        container.logConfiguration = { logDriver, options: {} };
      });
      return [revision, site.service.name, ...hostsOf(site)];
    },
  },
  {
    name: 'agents-stopped',
    class: 'agent-disconnected',
    about: 'a patch run restarted docker on every host, and the agents did not come back',
    fits: ofFixedSize,
    touchesOthers: true,
    mendable: false,
    inject: (site) => {
      for (const host of site.account.state.ecs.containerInstances) host.agentConnected = false;
      const instanceIds = fleetOf(site).hosts.map(({ instanceId }) => instanceId);
      recordChange(
        site,
        'ssm:SendCommand',
        { documentName: 'AWS-RunPatchBaseline', instanceIds, parameters: { Operation: ['Install'] } },
        { type: 'AWS::SSM::Document', name: 'AWS-RunPatchBaseline' },
      );
      deployAgain(site);
      return hostsOf(site);
    },
  },
  {
    name: 'interfaces-used-up',
    class: 'eni-allocation-failure',
    about: 'a service was scaled to more tasks than the hosts have network interfaces for',
    fits: (plan, service) => ofFixedSize(plan) && interfacesRunOutFirst(plan, service),
    touchesOthers: true,
    mendable: false,
    inject: (site) => {
      const { byInterfaces } = roomFor(site.plan, site.service);
      scaleTo(site, site.service.desired + byInterfaces + site.random.int(1, 3));
      return [site.service.name, ...hostsOf(site)];
    },
  },
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
    fits: (plan, service) => !ofFixedSize(plan) && sizeRunsOutFirst(plan, service),
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
    fits: (plan, service) => !ofFixedSize(plan) && sizeRunsOutFirst(plan, service),
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
    fits: (plan, service) => !ofFixedSize(plan) && sizeRunsOutFirst(plan, service),
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

function fleetOf({ plan }: FaultSite) {
  if (plan.fleet === undefined) throw new RangeError('the account has no hosts');
  return plan.fleet;
}

/** Names of every host: of its container instance and of the machine. */
function hostsOf(site: FaultSite): string[] {
  return fleetOf(site).hosts.flatMap(({ id, instanceId }) => [hostArn(site.plan, id), instanceId]);
}

/** A policy of their own in place of AWS's, of what hosts that are there already were seen to call. */
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

function groupAt(site: FaultSite) {
  const { name } = fleetOf(site);
  const found = site.account.state.autoscaling.AutoScalingGroups.find(
    (one) => one.AutoScalingGroupName === name,
  );
  if (found === undefined) throw new RangeError(`the account has no group ${name}`);
  return found;
}

function changeGroup(
  site: FaultSite,
  change: { MaxSize?: number; VPCZoneIdentifier?: string; DesiredCapacity?: number },
): void {
  const { name } = fleetOf(site);
  Object.assign(groupAt(site), change);
  recordChange(
    site,
    'autoscaling:UpdateAutoScalingGroup',
    { autoScalingGroupName: name, ...lowerCased(change) },
    { type: 'AWS::AutoScaling::AutoScalingGroup', name: groupArn(site.plan, name) },
  );
}

/** CloudTrail writes the names of parameters with a small first letter. */
function lowerCased(change: object): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(change).map(([name, value]) => [`${name.charAt(0).toLowerCase()}${name.slice(1)}`, value]),
  );
}

/** Whoever fixes a port opens it to the load balancer, too. */
function letBalancerIn({ account, plan, service }: FaultSite): void {
  const group = account.state.ec2.SecurityGroups.find((one) => one.GroupId === plan.fleet?.group);
  group?.IpPermissions?.push(permission(service.port, { group: plan.balancer.group }));
}

function scaleTo(site: FaultSite, desiredCount: number): void {
  serviceAt(site).desiredCount = desiredCount;
  recordChange(
    site,
    'ecs:UpdateService',
    { cluster: site.plan.cluster, service: site.service.name, desiredCount },
    { type: 'AWS::ECS::Service', name: site.service.name },
  );
}

/** Scales the service past what the hosts hold, and the group with it where nothing else does that. */
function needAnotherHost(site: FaultSite): void {
  scaleTo(site, site.service.desired + roomFor(site.plan, site.service).bySize + 2);
  const { provider, hosts, maxSize } = fleetOf(site);
  if (provider === undefined) changeGroup(site, { DesiredCapacity: Math.min(maxSize, hosts.length + 1) });
}
