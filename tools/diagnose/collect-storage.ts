// Reads the file systems a task mounts, with everything that decides whether a mount works, and how full the disks of its tasks are.

import type * as Ec2 from '@aws-sdk/client-ec2';
import type * as Efs from '@aws-sdk/client-efs';
import type { Aws } from '../../src/contract/aws.ts';
import type { EvidenceBundle, Observed, Seen } from '../../src/diagnosis/evidence.ts';
import type { EfsVolume } from '../../src/diagnosis/facts/efs-volume.ts';
import type { Facts } from '../../src/diagnosis/facts/facts.ts';
import { vpcIdOf } from '../../src/diagnosis/facts/host-place.ts';
import { mountState, volumesOf } from '../../src/diagnosis/facts/mount-state.ts';
import {
  asked,
  type DiskUse,
  type MountTarget,
  type ResourceEvidence,
} from '../../src/diagnosis/resources.ts';
import { readGroupsOfVpc, withGroups, withMore } from './collect-network.ts';
import { askFor, evidenceOf, gapOf, joined } from './reading.ts';
import { next } from './staged.ts';
import { wholeMinutes } from './whole-minutes.ts';

export const storageActions = [
  'elasticfilesystem:DescribeMountTargets',
  'elasticfilesystem:DescribeMountTargetSecurityGroups',
  'elasticfilesystem:DescribeAccessPoints',
  'elasticfilesystem:DescribeFileSystemPolicy',
  'cloudwatch:GetMetricData',
] as const;

/** A file system has one mount target per zone at most. */
const TARGETS_MAX = 6;
const DISK_WINDOW_MS = 3 * 3_600_000;
const DISK_PERIOD_SECONDS = 60;

/** Where the file systems of these volumes can be mounted, without the groups in front. Their absence is an answer too. */
export async function readMounts(
  aws: Aws,
  volumes: readonly EfsVolume[],
): Promise<Pick<ResourceEvidence, 'fileSystems' | 'mountTargets'>> {
  const ids = [...new Set(volumes.map(({ fileSystemId }) => fileSystemId))];
  const read = await Promise.all(ids.map((id) => readMountTargets(aws, id)));
  return {
    fileSystems: joined(read.map(({ fileSystems }) => fileSystems)),
    mountTargets: joined(read.map(({ mountTargets }) => mountTargets)),
  };
}

/** Who may use the file systems of these volumes, and as whom. */
export async function readAccess(
  aws: Aws,
  volumes: readonly EfsVolume[],
): Promise<Pick<ResourceEvidence, 'accessPoints' | 'fileSystemPolicies'>> {
  const ids = [...new Set(volumes.map(({ fileSystemId }) => fileSystemId))];
  const points = [...new Set(volumes.flatMap(({ accessPointId }) => accessPointId ?? []))];
  const [access, policies] = await Promise.all([
    Promise.all(points.map((id) => readAccessPoint(aws, id))),
    Promise.all(ids.map((id) => readPolicy(aws, id))),
  ]);
  return { accessPoints: joined(access), fileSystemPolicies: joined(policies) };
}

/**
 * The bundle with the groups of the mount targets that failed mounts went to. Which groups those are and what they let in is asked for at
 * once, so that the answers do not wait for each other.
 */
export async function readMountGroups(aws: Aws, { bundle, starts }: Facts): Promise<EvidenceBundle> {
  const { resources, network } = bundle;
  const wanted = new Set(
    starts
      .filter(({ phase, reply }) => phase === 'volume' && reply !== 'answer')
      .flatMap((start) =>
        volumesOf(start).flatMap((volume) => mountState(bundle, volume, start.task).targets),
      ),
  );
  const vpcId = vpcIdOf(bundle);
  if (resources === undefined || wanted.size === 0) return bundle;
  const targets = [...wanted].slice(0, TARGETS_MAX);
  const [read, around] = await Promise.all([
    Promise.all(targets.map((target) => readTargetGroups(aws, target))),
    vpcId === undefined ? joined<Ec2.SecurityGroup>([]) : readGroupsOfVpc(aws, vpcId),
  ]);
  const known = new Set(network.securityGroups.items.map(({ value }) => value.GroupId));
  const ids = [
    ...new Set(read.flatMap(({ items }) => items.flatMap(({ value }) => value.groups ?? []))),
  ].filter((id) => !known.has(id));
  const groups = await withGroups(next(aws), around, ids);
  const whole = joined(read);
  const rest = resources.mountTargets.items.filter((one) => !targets.includes(one));
  return {
    ...bundle,
    resources: {
      ...resources,
      mountTargets: {
        items: [...rest, ...whole.items],
        gaps: [...resources.mountTargets.gaps, ...whole.gaps],
      },
    },
    network: withMore(network, { securityGroups: groups }),
  };
}

/**
 * The fullest the Fargate disks of the service were of late, by Container Insights; nothing when it is switched off.
 * https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/Container-Insights-metrics-ECS.html
 */
export async function readDisk(aws: Aws, bundle: EvidenceBundle): Promise<Seen<DiskUse>> {
  const metric = (Id: string, MetricName: string) => ({
    Id,
    MetricStat: {
      Metric: {
        Namespace: 'ECS/ContainerInsights',
        MetricName,
        Dimensions: [
          { Name: 'ClusterName', Value: bundle.cluster },
          { Name: 'ServiceName', Value: bundle.service.value.serviceName ?? '' },
        ],
      },
      Period: DISK_PERIOD_SECONDS,
      Stat: 'Maximum',
    },
  });
  try {
    const { output, evidence } = await aws.call('cloudwatch:GetMetricData', {
      ...wholeMinutes(bundle.nowMs - DISK_WINDOW_MS, bundle.nowMs),
      MetricDataQueries: [
        metric('used', 'EphemeralStorageUtilized'),
        metric('reserved', 'EphemeralStorageReserved'),
      ],
    });
    const pointsOf = (id: string) => {
      const index = output.MetricDataResults?.findIndex(({ Id }) => Id === id) ?? -1;
      const { Values: values = [], Timestamps: times = [] } = output.MetricDataResults?.[index] ?? {};
      return values.map((value, at) => ({ value, atMs: times[at]?.getTime() ?? 0, index, at }));
    };
    const fullest = pointsOf('used').sort((a, b) => b.value - a.value)[0];
    const reserved = Math.max(...pointsOf('reserved').map(({ value }) => value));
    if (fullest === undefined || !Number.isFinite(reserved)) return { items: [], gaps: [] };
    return {
      items: [
        {
          value: { usedGigabytes: fullest.value, reservedGigabytes: reserved, atMs: fullest.atMs },
          at: { id: evidence, path: `$.MetricDataResults[${fullest.index}].Values[${fullest.at}]` },
        },
      ],
      gaps: [],
    };
  } catch (thrown) {
    return { items: [], gaps: [gapOf(thrown, 'how full the disk is', 'cloudwatch:GetMetricData')] };
  }
}

function readAccessPoint(aws: Aws, id: string) {
  return askFor<'elasticfilesystem:DescribeAccessPoints', Efs.AccessPointDescription>(aws, {
    action: 'elasticfilesystem:DescribeAccessPoints',
    input: { AccessPointId: id },
    key: id,
    what: `access point ${id}`,
    path: '$.AccessPoints[0]',
    thing: ({ AccessPoints }) => AccessPoints?.[0],
  });
}

function readPolicy(aws: Aws, id: string) {
  return askFor<'elasticfilesystem:DescribeFileSystemPolicy', string>(aws, {
    action: 'elasticfilesystem:DescribeFileSystemPolicy',
    input: { FileSystemId: id },
    key: id,
    what: `the policy of file system ${id}`,
    path: '$.Policy',
    thing: ({ Policy }) => Policy,
  });
}

/** The mount targets of a file system. AWS refuses the list of one that is not there, which says that it is not. */
async function readMountTargets(
  aws: Aws,
  id: string,
): Promise<Pick<ResourceEvidence, 'fileSystems' | 'mountTargets'>> {
  try {
    const { output, evidence } = await aws.call('elasticfilesystem:DescribeMountTargets', {
      FileSystemId: id,
    });
    const items = (output.MountTargets ?? []).map((target, index) => ({
      value: { target, groups: undefined },
      at: { id: evidence, path: `$.MountTargets[${index}]` },
    }));
    const there = asked(id, id, { id: evidence, path: '$.MountTargets' });
    return { fileSystems: { items: [there], gaps: [] }, mountTargets: { items, gaps: [] } };
  } catch (thrown) {
    const gap = {
      ...gapOf(thrown, `the mount targets of ${id}`, 'elasticfilesystem:DescribeMountTargets'),
      about: id,
    };
    const nothing = { items: [], gaps: [] };
    if (gap.kind !== 'not-found') return { fileSystems: nothing, mountTargets: { items: [], gaps: [gap] } };
    const absent = asked<string>(id, undefined, { id: evidenceOf(thrown), path: '$' });
    return { fileSystems: { items: [absent], gaps: [] }, mountTargets: nothing };
  }
}

async function readTargetGroups(
  aws: Aws,
  { value: { target }, at }: Observed<MountTarget>,
): Promise<Seen<MountTarget>> {
  try {
    const { output } = await aws.call('elasticfilesystem:DescribeMountTargetSecurityGroups', {
      MountTargetId: target.MountTargetId ?? '',
    });
    return { items: [{ value: { target, groups: output.SecurityGroups ?? [] }, at }], gaps: [] };
  } catch (thrown) {
    const gap = gapOf(
      thrown,
      `the security groups of ${target.MountTargetId}`,
      'elasticfilesystem:DescribeMountTargetSecurityGroups',
    );
    const about = target.FileSystemId === undefined ? {} : { about: target.FileSystemId };
    return { items: [{ value: { target, groups: undefined }, at }], gaps: [{ ...gap, ...about }] };
  }
}
