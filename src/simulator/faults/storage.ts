// Faults of file systems: a revision mounts one that its tasks cannot reach or may not mount.

import { arn } from '../accounts/names.ts';
import type { Fault, FaultSite } from './fault.ts';
import { deployRevision, recordChange } from './people.ts';

const onFargate: Fault['fits'] = (_, service) => service.launchType === 'FARGATE';

export const storageFaults: readonly Fault[] = [
  {
    name: 'file-system-closed',
    class: 'efs-unreachable',
    about: 'the mount targets of a file system do not let the tasks in',
    fits: onFargate,
    mendable: true,
    inject: (site) => {
      const { id, group } = addFileSystem(site, { open: false, everyZone: true });
      mountIt(site, id);
      return [id, group, ...mountTargets(site)];
    },
  },
  {
    name: 'file-system-not-in-zone',
    class: 'efs-unreachable',
    about: 'a file system has a mount target in one zone only, and tasks run in others',
    fits: onFargate,
    mendable: false,
    inject: (site) => {
      const { id } = addFileSystem(site, { open: true, everyZone: false });
      mountIt(site, id);
      return [id, ...site.plan.zones.map((zone) => zone.subnets.tasks), ...mountTargets(site)];
    },
  },
  {
    name: 'file-system-policy-denies',
    class: 'efs-access-denied',
    about: 'the policy of a file system lets another role in only',
    fits: onFargate,
    mendable: false,
    inject: (site) => {
      const { id } = addFileSystem(site, { open: true, everyZone: true });
      site.account.state.efs.policies[id] = {
        Version: '2012-10-17',
        Statement: [
          {
            Effect: 'Allow',
            Principal: { AWS: `arn:aws:iam::${site.plan.account}:role/reporting-task` },
            Action: ['elasticfilesystem:ClientMount', 'elasticfilesystem:ClientWrite'],
            Resource: arn(site.plan, 'elasticfilesystem', `file-system/${id}`),
          },
        ],
      };
      recordChange(
        site,
        'elasticfilesystem:PutFileSystemPolicy',
        { fileSystemId: id },
        { type: 'AWS::EFS::FileSystem', name: id },
      );
      mountIt(site, id);
      return [id, site.service.taskRole];
    },
  },
];

const mountTargets = ({ account }: FaultSite): string[] =>
  account.state.efs.MountTargets.map((target) => target.MountTargetId);

/** A file system with mount targets beside the tasks; returns its id and the id of their group. */
function addFileSystem(
  site: FaultSite,
  { open, everyZone }: { open: boolean; everyZone: boolean },
): { id: string; group: string } {
  const { account, plan, random, service } = site;
  const id = random.id('fs');
  const group = random.id('sg');
  account.state.ec2.SecurityGroups.push({
    GroupId: group,
    GroupName: `${plan.cluster}-files`,
    Description: 'mount targets',
    VpcId: plan.vpc,
    OwnerId: plan.account,
    IpPermissions: open
      ? [
          {
            IpProtocol: 'tcp',
            FromPort: 2049,
            ToPort: 2049,
            IpRanges: [],
            Ipv6Ranges: [],
            PrefixListIds: [],
            UserIdGroupPairs: [{ GroupId: service.group }],
          },
        ]
      : [],
    IpPermissionsEgress: [],
    Tags: [],
  });
  const own = account.state.ec2.SecurityGroups.find((one) => one.GroupId === service.group);
  own?.IpPermissionsEgress?.push({
    IpProtocol: 'tcp',
    FromPort: 2049,
    ToPort: 2049,
    IpRanges: [],
    Ipv6Ranges: [],
    PrefixListIds: [],
    UserIdGroupPairs: [{ GroupId: group }],
  });
  account.state.efs.FileSystems.push({
    FileSystemId: id,
    Name: `${service.name}-files`,
    LifeCycleState: 'available',
    FileSystemArn: arn(plan, 'elasticfilesystem', `file-system/${id}`),
    NumberOfMountTargets: everyZone ? plan.zones.length : 1,
  });
  for (const zone of everyZone ? plan.zones : plan.zones.slice(0, 1))
    account.state.efs.MountTargets.push({
      MountTargetId: random.id('fsmt'),
      FileSystemId: id,
      SubnetId: zone.subnets.tasks,
      VpcId: plan.vpc,
      AvailabilityZoneName: zone.name,
      LifeCycleState: 'available',
      IpAddress: `10.${plan.second}.${zone.third.tasks}.190`,
      NetworkInterfaceId: random.id('eni'),
      SecurityGroups: [group],
    });
  return { id, group };
}

function mountIt(site: FaultSite, fileSystemId: string): void {
  deployRevision(site, (definition, container) => {
    definition.volumes = [
      {
        name: 'files',
        efsVolumeConfiguration: {
          fileSystemId,
          rootDirectory: '/',
          transitEncryption: 'ENABLED',
          authorizationConfig: { iam: 'ENABLED' },
        },
      },
    ];
    container.mountPoints = [{ sourceVolume: 'files', containerPath: '/data', readOnly: false }];
  });
}
