// Reads the file systems a task mounts, with everything that decides whether a mount works, and how full the disks of its tasks are.

import type * as Efs from '@aws-sdk/client-efs';
import type { Aws } from '../../src/contract/aws.ts';
import type { EvidenceBundle, Seen } from '../../src/diagnosis/evidence.ts';
import type { EfsVolume } from '../../src/diagnosis/facts/efs-volume.ts';
import type { DiskUse, MountTarget, ResourceEvidence } from '../../src/diagnosis/resources.ts';
import { askFor, gapOf, joined, readList } from './reading.ts';

export const storageActions = [
  'elasticfilesystem:DescribeFileSystems',
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

type StorageEvidence = Pick<
  ResourceEvidence,
  'fileSystems' | 'mountTargets' | 'accessPoints' | 'fileSystemPolicies'
>;

/** The file systems of these volumes. */
export async function readVolumes(aws: Aws, volumes: readonly EfsVolume[]): Promise<StorageEvidence> {
  const ids = [...new Set(volumes.map(({ fileSystemId }) => fileSystemId))];
  const points = [...new Set(volumes.flatMap(({ accessPointId }) => accessPointId ?? []))];
  const [systems, targets, access, policies] = await Promise.all([
    Promise.all(ids.map((id) => readFileSystem(aws, id))),
    Promise.all(ids.map((id) => readMountTargets(aws, id))),
    Promise.all(points.map((id) => readAccessPoint(aws, id))),
    Promise.all(ids.map((id) => readPolicy(aws, id))),
  ]);
  return {
    fileSystems: joined(systems),
    mountTargets: joined(targets),
    accessPoints: joined(access),
    fileSystemPolicies: joined(policies),
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
      StartTime: new Date(bundle.nowMs - DISK_WINDOW_MS),
      EndTime: new Date(bundle.nowMs),
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

function readFileSystem(aws: Aws, id: string) {
  return askFor<'elasticfilesystem:DescribeFileSystems', Efs.FileSystemDescription>(aws, {
    action: 'elasticfilesystem:DescribeFileSystems',
    input: { FileSystemId: id },
    key: id,
    what: `file system ${id}`,
    path: '$.FileSystems[0]',
    thing: ({ FileSystems }) => FileSystems?.[0],
  });
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

/** Mount targets and the groups of each; a file system that is not there has none, and that is no gap. */
async function readMountTargets(aws: Aws, id: string): Promise<Seen<MountTarget>> {
  const list = await readList(aws, {
    action: 'elasticfilesystem:DescribeMountTargets',
    input: { FileSystemId: id },
    what: `the mount targets of ${id}`,
    path: '$.MountTargets',
    items: ({ MountTargets }) => MountTargets,
  });
  const gaps = list.gaps.filter(({ kind }) => kind !== 'not-found').map((gap) => ({ ...gap, about: id }));
  const read = await Promise.all(
    list.items.slice(0, TARGETS_MAX).map(async ({ value: target, at }): Promise<Seen<MountTarget>> => {
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
        return { items: [{ value: { target, groups: undefined }, at }], gaps: [{ ...gap, about: id }] };
      }
    }),
  );
  const all = joined(read);
  return { items: all.items, gaps: [...gaps, ...all.gaps] };
}
