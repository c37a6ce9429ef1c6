// efs_describe_file_system: where a file system can be mounted, through which groups and access points, and under which policy.

import type { AccessPointDescription, MountTargetDescription } from '@aws-sdk/client-efs';
import { z } from 'zod';
import type { Aws } from '../../src/contract/aws.ts';
import { defineReadTool } from '../../src/contract/tool.ts';
import { fileSystemField } from '../fields.ts';
import { collectPages } from '../pagination.ts';
import { statementLines, statementsField } from '../policy-statements.ts';
import { counted, evidenceField, moreField, moreLine, oneLine, textOf } from '../text-lines.ts';
import { createSideReads, type SideReads, unverifiedField, unverifiedLines } from '../unverified-reads.ts';

/** One mount target per zone, in at most a few VPCs. */
const TARGETS_MAX = 50;
const POINTS_MAX = 200;

const mountTarget = z.object({
  id: z.string(),
  subnet: z.string(),
  zone: z.string(),
  address: z.string(),
  state: z.string(),
  groups: z.array(z.string()).nullable().describe('Null when they could not be read.'),
});

const accessPoint = z.object({
  id: z.string(),
  state: z.string(),
  path: z.string(),
  uid: z.number().nullable(),
  gid: z.number().nullable(),
});

export const efsDescribeFileSystem = defineReadTool({
  name: 'efs_describe_file_system',
  summary:
    'Describes an EFS file system: its state, mount targets with zone, subnet and security groups, access points with path and user, and its policy. Use it when a task cannot mount a volume: a mount target must be in the zone of the task and admit TCP 2049.',
  risk: 'read',
  actions: [
    'elasticfilesystem:DescribeFileSystems',
    'elasticfilesystem:DescribeMountTargets',
    'elasticfilesystem:DescribeMountTargetSecurityGroups',
    'elasticfilesystem:DescribeAccessPoints',
    'elasticfilesystem:DescribeFileSystemPolicy',
  ],
  input: z.strictObject({ file_system: fileSystemField }),
  output: z.object({
    id: z.string(),
    name: z.string(),
    state: z.string(),
    encrypted: z.boolean(),
    mountTargets: z.array(mountTarget).max(TARGETS_MAX),
    accessPoints: z.array(accessPoint).max(POINTS_MAX),
    statements: statementsField,
    unverified: unverifiedField,
    more: moreField,
    evidence: evidenceField,
  }),
  target: ({ file_system }) => ({ resources: [file_system] }),
  run: async ({ file_system }, aws, context) => {
    const id = { FileSystemId: file_system };
    const { output, evidence } = await aws.call('elasticfilesystem:DescribeFileSystems', id);
    const [found] = output.FileSystems ?? [];
    const side = createSideReads();
    context.stage('mount targets and access points');
    const targets = await mountTargets(aws, side, file_system);
    const points = await accessPoints(aws, side, file_system);
    const policy = await side.read(
      () => aws.call('elasticfilesystem:DescribeFileSystemPolicy', id),
      ['PolicyNotFound'],
    );
    return {
      id: file_system,
      name: oneLine(found?.Name ?? '', 256),
      state: found?.LifeCycleState ?? 'unknown',
      encrypted: found?.Encrypted === true,
      mountTargets: targets.items,
      accessPoints: points.items,
      statements: statementLines(policy?.output.Policy),
      unverified: side.unverified,
      more: targets.more || points.more,
      evidence: [
        evidence,
        ...targets.evidence,
        ...points.evidence,
        ...(policy === null ? [] : [policy.evidence]),
      ],
    };
  },
  text: ({ id, name, state, mountTargets, accessPoints, statements, unverified, more, evidence }) =>
    textOf(
      [
        `${id} ${name}: ${state}, ${counted(mountTargets.length, 'mount target')}, ${counted(accessPoints.length, 'access point')}.`,
        ...mountTargets.map(
          (one) =>
            `${one.id}: ${one.state} in ${one.zone} (${one.subnet}) at ${one.address}, groups ${one.groups?.join(', ') ?? 'unknown'}`,
        ),
        ...accessPoints.map(
          (one) =>
            `${one.id}: ${one.state}, ${one.path} as user ${one.uid ?? 'of the client'}:${one.gid ?? ''}`,
        ),
        ...(statements.length === 0 ? [] : ['Its policy:', ...statements.map((line) => `  ${line}`)]),
        ...unverifiedLines(unverified),
        ...moreLine(more),
      ],
      evidence,
    ),
});

async function mountTargets(aws: Aws, side: SideReads, fileSystem: string) {
  const read = await side.read(() =>
    collectPages(TARGETS_MAX, async (Marker) => {
      const { output, evidence } = await aws.call('elasticfilesystem:DescribeMountTargets', {
        FileSystemId: fileSystem,
        ...(Marker === undefined ? {} : { Marker }),
      });
      return { items: output.MountTargets ?? [], next: output.NextMarker, evidence };
    }),
  );
  if (read === null) return { items: [], more: false, evidence: [] };
  const evidence = [...read.evidence];
  const items: z.infer<typeof mountTarget>[] = [];
  for (const target of read.items) {
    const MountTargetId = target.MountTargetId ?? '';
    const groups = await side.read(
      () => aws.call('elasticfilesystem:DescribeMountTargetSecurityGroups', { MountTargetId }),
      // It is being made or deleted right now.
      ['IncorrectMountTargetState', 'MountTargetNotFound'],
    );
    if (groups !== null) evidence.push(groups.evidence);
    items.push(targetFacts(target, groups?.output.SecurityGroups ?? null));
  }
  return { items, more: read.more, evidence };
}

async function accessPoints(aws: Aws, side: SideReads, fileSystem: string) {
  const read = await side.read(() =>
    collectPages(POINTS_MAX, async (NextToken) => {
      const { output, evidence } = await aws.call('elasticfilesystem:DescribeAccessPoints', {
        FileSystemId: fileSystem,
        ...(NextToken === undefined ? {} : { NextToken }),
      });
      return { items: output.AccessPoints ?? [], next: output.NextToken, evidence };
    }),
  );
  if (read === null) return { items: [], more: false, evidence: [] };
  return { ...read, items: read.items.map(pointFacts) };
}

function targetFacts(found: MountTargetDescription, groups: string[] | null): z.infer<typeof mountTarget> {
  return {
    id: found.MountTargetId ?? '',
    subnet: found.SubnetId ?? '',
    zone: found.AvailabilityZoneName ?? found.AvailabilityZoneId ?? 'an unknown zone',
    address: found.IpAddress ?? '',
    state: found.LifeCycleState ?? 'unknown',
    groups,
  };
}

function pointFacts(found: AccessPointDescription): z.infer<typeof accessPoint> {
  return {
    id: found.AccessPointId ?? '',
    state: found.LifeCycleState ?? 'unknown',
    path: oneLine(found.RootDirectory?.Path ?? '/', 256),
    uid: found.PosixUser?.Uid ?? null,
    gid: found.PosixUser?.Gid ?? null,
  };
}
