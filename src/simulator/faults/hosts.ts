// Faults of hosts that are there: a task fits on none of them, or they do not answer.

import { hasInterface, registeredSize } from '../accounts/fleet-plan.ts';
import { permission } from '../accounts/permission.ts';
import type { AccountPlan } from '../accounts/plan.ts';
import type { Fault, FaultSite } from './fault.ts';
import { fleetOf, hostsOf, scaleTo } from './fleet-site.ts';
import { deployAgain, deployRevision, recordChange } from './people.ts';
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
];

function letBalancerIn({ account, plan, service }: FaultSite): void {
  const group = account.state.ec2.SecurityGroups.find((one) => one.GroupId === plan.fleet?.group);
  group?.IpPermissions?.push(permission(service.port, { group: plan.balancer.group }));
}
