// Whether the file systems of a task can be mounted where it runs: that they exist, that its zone has a mount target that is ready, and
// where that target stands in the network. The name of a file system resolves only to the target in the task's own zone.
// https://docs.aws.amazon.com/efs/latest/ug/mounting-fs-mount-cmd-dns-name.html

import type { EvidenceRef } from '../../contract/finding.ts';
import type { EvidenceBundle, Gap, Observed } from '../evidence.ts';
import { addressSet } from '../network/address-set.ts';
import { gapsAbout, lookUp, type MountTarget, noResources } from '../resources.ts';
import type { Candidate } from './candidate.ts';
import { type EfsVolume, efsVolumes } from './efs-volume.ts';
import type { StartFailure } from './start-failure.ts';
import type { TaskFacts } from './tasks.ts';

export interface MountState {
  readonly volume: EfsVolume;
  /** no-target: none in the zone of the task · not-ready: it is there and not available. */
  readonly state: 'ready' | 'no-file-system' | 'no-target' | 'not-ready' | 'unseen';
  readonly zone: string | undefined;
  /** The targets a task in that zone can use. */
  readonly targets: readonly Observed<MountTarget>[];
  /** Zones that have one. */
  readonly zones: readonly string[];
  readonly evidence: readonly EvidenceRef[];
  readonly gaps: readonly Gap[];
}

const NFS_PORT = 2049;

/** The file systems a failed start may be about: the one its text names, else all of its task. */
export function volumesOf(start: StartFailure): EfsVolume[] {
  const all = start.task.definition === undefined ? [] : efsVolumes(start.task.definition);
  const named = all.filter(({ fileSystemId }) => start.whole.includes(fileSystemId));
  return named.length > 0 ? named : all;
}

/** How a volume stands for one task. */
export function mountState(bundle: EvidenceBundle, volume: EfsVolume, task: TaskFacts): MountState {
  const resources = bundle.resources ?? noResources;
  const system = lookUp(resources.fileSystems, volume.fileSystemId);
  const zone = zoneOf(bundle, task);
  const base = { volume, zone, targets: [], zones: [], gaps: [] };
  if (system.state === 'absent')
    return { ...base, state: 'no-file-system', evidence: [system.at, volume.at] };
  const all = resources.mountTargets.items.filter(
    ({ value }) => value.target.FileSystemId === volume.fileSystemId,
  );
  const gaps = gapsAbout(resources.mountTargets, volume.fileSystemId);
  const unread = gaps.some(({ missingAction }) => missingAction === 'elasticfilesystem:DescribeMountTargets');
  if (unread || (all.length === 0 && system.state === 'unseen'))
    return {
      ...base,
      state: 'unseen',
      evidence: [],
      gaps: [...gaps, ...(system.state === 'unseen' ? system.gaps : [])],
    };
  const zones = [...new Set(all.map((one) => targetZone(bundle, one)).filter((one) => one !== undefined))];
  const known = all.filter((one) => targetZone(bundle, one) !== undefined);
  const mine = zone === undefined ? all : all.filter((one) => (targetZone(bundle, one) ?? zone) === zone);
  const evidence = [...mine.map(({ at }) => at), volume.at];
  const found = { ...base, targets: mine, zones, gaps };
  if (mine.length === 0 && (all.length === 0 || (zone !== undefined && known.length === all.length)))
    return {
      ...found,
      state: 'no-target',
      evidence: [...all.map(({ at }) => at), ...(system.state === 'there' ? [system.at] : []), volume.at],
    };
  const ready = mine.filter(({ value }) => (value.target.LifeCycleState ?? 'available') === 'available');
  return { ...found, state: ready.length === 0 ? 'not-ready' : 'ready', evidence };
}

/** Where the mount of a failed start went: the targets of its zone, on the port of NFS. */
export function mountCandidates(bundle: EvidenceBundle, start: StartFailure): Candidate[] {
  if (start.phase !== 'volume' || start.reply === 'answer') return [];
  return volumesOf(start).flatMap((volume) =>
    mountState(bundle, volume, start.task).targets.flatMap(({ value, at }): Candidate[] => {
      const { IpAddress: address, SubnetId: subnetId, MountTargetId: id = '' } = value.target;
      if (address === undefined) return [];
      return [
        {
          destination: {
            port: NFS_PORT,
            protocol: 'tcp',
            addresses: addressSet([address]),
            address,
            securityGroups: value.groups,
            name: `mount target ${id}`,
            ...(subnetId === undefined ? {} : { subnetId }),
            ...(start.reply === 'dns'
              ? { host: `${volume.fileSystemId}.efs.${bundle.region}.amazonaws.com`, resolves: false }
              : {}),
          },
          foundBy: 'mount-target',
          evidence: [at],
        },
      ];
    }),
  );
}

function zoneOf(bundle: EvidenceBundle, task: TaskFacts): string | undefined {
  return task.zone ?? zoneOfSubnet(bundle, task.subnetId);
}

function targetZone(bundle: EvidenceBundle, { value }: Observed<MountTarget>): string | undefined {
  return value.target.AvailabilityZoneName ?? zoneOfSubnet(bundle, value.target.SubnetId);
}

function zoneOfSubnet({ network }: EvidenceBundle, id: string | undefined): string | undefined {
  return network.subnets.items.find(({ value }) => value.SubnetId === id)?.value.AvailabilityZone;
}
