// The demo account's network interfaces: those of the database, the cache, the gateway and the load balancer, and the
// shape of a task's.

import type { SnapshotNetworkInterface } from '../../contract/snapshot.ts';
import { ACCOUNT, CACHE_HOST, DATABASE_HOST, groups, idOf, REGION, subnets, VPC, zones } from './names.ts';

// EC2 answers this word in lower case, although the SDK's enumeration spells it differently.
const NAT_INTERFACE = 'nat_gateway' as 'natGateway';

/** Every interface that does not belong to a task. */
export function demoInterfaces(): SnapshotNetworkInterface[] {
  const named = (
    key: string,
    place: { subnet: string; zone: number; address: string; group: string },
    more: Partial<SnapshotNetworkInterface>,
  ) => ({
    ...plainInterface(idOf('eni', key), place),
    RequesterManaged: true,
    ...more,
  });
  return [
    named(
      'database',
      { subnet: subnets.data[0], zone: 0, address: '10.0.20.15', group: groups.database },
      {
        Description: 'RDSNetworkInterface',
        RequesterId: 'amazon-rds',
        TagSet: [{ Key: 'dns-name', Value: DATABASE_HOST }],
      },
    ),
    named(
      'cache',
      { subnet: subnets.data[0], zone: 0, address: '10.0.20.40', group: groups.cache },
      {
        Description: 'ElastiCache production-cache-001',
        RequesterId: 'amazon-elasticache',
        TagSet: [{ Key: 'dns-name', Value: CACHE_HOST }],
      },
    ),
    named(
      'nat',
      { subnet: subnets.public[0], zone: 0, address: '10.0.0.20', group: '' },
      {
        Description: 'Interface for NAT Gateway nat-0d6b2f8e41c7a9350',
        RequesterId: 'amazon-nat',
        InterfaceType: NAT_INTERFACE,
        Groups: [],
        Association: { PublicIp: '198.51.100.20', AllocationId: 'eipalloc-04c8e1d7b3f6a2590' },
      },
    ),
    ...subnets.public.map((subnetId, zone) =>
      named(
        `alb-${zone}`,
        { subnet: subnetId, zone, address: `10.0.${zone}.50`, group: groups.balancer },
        {
          Description: 'ELB app/production-alb/50dc6c495c0c9188',
          RequesterId: 'amazon-elb',
          Association: { PublicIp: `198.51.100.${50 + zone}` },
        },
      ),
    ),
  ];
}

/** The network interface of a task, as ECS makes it. */
export function taskInterface(task: {
  id: string;
  subnet: number;
  address: string;
  group: string;
  service: string;
  at: string;
}): SnapshotNetworkInterface {
  return {
    ...plainInterface(idOf('eni', task.id), {
      subnet: subnets.private[task.subnet] ?? '',
      zone: task.subnet,
      address: task.address,
      group: task.group,
    }),
    Description: `arn:aws:ecs:${REGION}:${ACCOUNT}:attachment/${task.id}`,
    RequesterId: '578734482556',
    RequesterManaged: true,
    TagSet: [{ Key: 'aws:ecs:serviceName', Value: task.service }],
    Attachment: {
      AttachmentId: idOf('eni-attach', task.id),
      Status: 'attached',
      InstanceOwnerId: 'amazon-aws',
      DeviceIndex: 1,
      AttachTime: task.at,
      DeleteOnTermination: false,
    },
  };
}

function plainInterface(
  id: string,
  place: { subnet: string; zone: number; address: string; group: string },
): SnapshotNetworkInterface {
  return {
    NetworkInterfaceId: id,
    SubnetId: place.subnet,
    VpcId: VPC,
    AvailabilityZone: zones[place.zone],
    OwnerId: ACCOUNT,
    InterfaceType: 'interface',
    Status: 'in-use',
    PrivateIpAddress: place.address,
    PrivateIpAddresses: [{ Primary: true, PrivateIpAddress: place.address }],
    PrivateDnsName: `ip-${place.address.replaceAll('.', '-')}.ec2.internal`,
    SourceDestCheck: true,
    Groups: [{ GroupId: place.group, GroupName: groupNames[place.group] ?? '' }],
    TagSet: [],
  };
}

const groupNames: Readonly<Record<string, string>> = {
  [groups.app]: 'production-app-tasks',
  [groups.database]: 'production-database',
  [groups.cache]: 'production-cache',
  [groups.balancer]: 'production-alb',
  [groups.worker]: 'production-workers',
};
