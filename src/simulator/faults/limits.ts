// Faults of what AWS itself allows or has: a quota, capacity, a host or a task that it takes back, a disk, a runtime.

import type { HostPlan } from '../accounts/fleet-plan.ts';
import { hostArn } from '../accounts/names.ts';
import type { AccountPlan, ServicePlan } from '../accounts/plan.ts';
import type { Fault, FaultSite } from './fault.ts';
import { fleetOf } from './fleet-site.ts';
import { deployAgain, deployRevision, recordChange, serviceAt } from './people.ts';

const CPU_UNITS = 1_024;
const onFargate: Fault['fits'] = (_, service) => service.launchType === 'FARGATE';

export const limitFaults: readonly Fault[] = [
  {
    name: 'vcpu-quota-reached',
    class: 'fargate-quota',
    about: 'the account runs as many vCPUs on Fargate as it may, and a deployment wants more',
    fits: (plan, service) => onFargate(plan, service) && quotaOfUse(plan, service) !== undefined,
    touchesOthers: true,
    alone: true,
    mendable: false,
    inject: (site) => {
      const quota = site.account.state.servicequotas.quotas.find((one) => one.QuotaCode === 'L-3032A538');
      if (quota !== undefined) quota.Value = quotaOfUse(site.plan, site.service) ?? 0;
      deployAgain(site);
      return ['L-3032A538', site.service.name];
    },
  },
  {
    name: 'no-fargate-in-zones',
    class: 'fargate-capacity-unavailable',
    about: 'AWS has no Fargate capacity left in the zones of the service',
    fits: onFargate,
    touchesOthers: true,
    mendable: false,
    inject: (site) => {
      const ids = site.plan.zones.map((zone) => zone.subnets.tasks);
      markSubnets(site, ids, 'no-fargate-capacity');
      deployAgain(site);
      return [...ids, ...site.plan.zones.map((zone) => zone.name), site.service.name];
    },
  },
  {
    name: 'spot-taken-back',
    class: 'infrastructure-interruption',
    about: 'somebody moved the service to Fargate Spot, and AWS takes its tasks back again and again',
    fits: onFargate,
    mendable: false,
    inject: (site) => {
      markSubnets(
        site,
        site.plan.zones.map((zone) => zone.subnets.tasks),
        'spot-interruption',
      );
      const service = serviceAt(site);
      delete service.launchType;
      service.capacityProviderStrategy = [{ capacityProvider: 'FARGATE_SPOT', weight: 1, base: 0 }];
      recordChange(
        site,
        'ecs:UpdateService',
        {
          cluster: site.plan.cluster,
          service: site.service.name,
          capacityProviderStrategy: service.capacityProviderStrategy,
          forceNewDeployment: true,
        },
        { type: 'AWS::ECS::Service', name: site.service.name },
      );
      deployAgain(site);
      return ['FARGATE_SPOT', site.service.name];
    },
  },
  {
    name: 'spool-never-cleaned',
    class: 'disk-full',
    about: 'the new version writes files and never deletes them',
    fits: onFargate,
    mendable: true,
    inject: (site) => [
      deployRevision(site, (_, container) => {
        container.dockerLabels = { SIMULATE: `grows-disk=${site.random.int(4, 9)}` };
      }),
      site.service.name,
    ],
  },
  {
    name: 'host-disks-full',
    class: 'disk-full',
    about: 'old images have filled the disks of the hosts, which are all of one age',
    fits: ({ fleet }) => fleet !== undefined,
    touchesOthers: true,
    mendable: false,
    inject: (site) => afflict(site, fleetOf(site).hosts, 'disk-full'),
  },
  {
    name: 'docker-hangs-on-host',
    class: 'container-runtime-failure',
    about: 'docker on one host does not answer in time, and ECS chooses that host again and again',
    // With one host in a zone, spreading over zones leads back to it.
    fits: ({ fleet, zones }, { desired }) => fleet?.hosts.length === zones.length && desired >= zones.length,
    touchesOthers: true,
    mendable: false,
    inject: (site) => afflict(site, [site.random.pick(fleetOf(site).hosts)], 'docker-hangs'),
  },
];

/** The quota that what runs fits into and one more task of the service does not; undefined when no whole number is one. */
function quotaOfUse(plan: AccountPlan, service: ServicePlan): number | undefined {
  const used = plan.services.reduce((sum, one) => sum + (one.cpu * one.desired) / CPU_UNITS, 0);
  const most = Math.ceil(used + service.cpu / CPU_UNITS) - 1;
  return most >= used ? most : undefined;
}

/** What AWS lacks in a zone shows in no API: the mark is the simulation's own. */
function markSubnets(site: FaultSite, ids: readonly string[], value: string): void {
  for (const subnet of site.account.state.ec2.Subnets)
    if (ids.includes(subnet.SubnetId))
      subnet.Tags = [...(subnet.Tags ?? []), { Key: 'simulate', Value: value }];
}

/** Something goes wrong on hosts, which shows in no API either. */
function afflict(site: FaultSite, hosts: readonly HostPlan[], value: string): string[] {
  const ids = hosts.map(({ instanceId }) => instanceId);
  for (const machine of site.account.state.ec2.Instances)
    if (ids.includes(machine.InstanceId))
      machine.Tags = [...(machine.Tags ?? []), { Key: 'simulate', Value: value }];
  deployAgain(site);
  return [...ids, ...hosts.map(({ id }) => hostArn(site.plan, id))];
}
