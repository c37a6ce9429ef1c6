// A service that is full again, and a zone in which its next task cannot start.

import { describe, expect, it } from 'vitest';
import type { Snapshot } from '../../src/contract/snapshot.ts';
import { addTasks, failStart, ids, theDefinition } from '../support/account-builder.ts';
import { look } from './support/look.ts';

const FILES = 'fs-0aaaa1111bbbb2222';
const UNRESOLVED = `ResourceInitializationError: failed to invoke EFS utils commands to set up EFS volumes: stderr: Failed to resolve "${FILES}.efs.eu-central-1.amazonaws.com" - check that your file system ID is correct, and ensure that the VPC has an EFS mount target for this file system ID. : unsuccessful EFS utils command execution; code: 1`;

/** Two tasks failed in zone b; the service is full and steady since. */
function healed(s: Snapshot, how: { minutesAgo?: number; zones?: readonly ('a' | 'b')[] } = {}): void {
  const { minutesAgo = 25, zones = ['a'] } = how;
  theDefinition(s).volumes = [{ name: 'files', efsVolumeConfiguration: { fileSystemId: FILES } }];
  s.efs.FileSystems.push({ FileSystemId: FILES, LifeCycleState: 'available' });
  for (const zone of zones)
    s.efs.MountTargets.push({
      MountTargetId: `fsmt-0${zone}${zone}${zone}1111bbbb2222`,
      FileSystemId: FILES,
      SubnetId: ids.subnets[zone],
      AvailabilityZoneName: `eu-central-1${zone}`,
      LifeCycleState: 'available',
      IpAddress: '10.1.10.90',
      SecurityGroups: [ids.groups.database],
    });
  addTasks(s, { count: 2, zone: 'b', secondsAgo: minutesAgo * 60, ...failStart(UNRESOLVED) });
}

describe('a healthy service whose tasks failed at their file system in one zone', () => {
  it('is healthy, and the zone without a mount target is named', async () => {
    const { findings } = await look(healed);
    expect(findings.map((one) => [one.class, one.verdict])).toEqual([
      ['healthy', 'proven'],
      ['efs-unreachable', 'proven'],
    ]);
    expect(findings[1]?.title).toContain('eu-central-1b');
    expect(findings[1]?.culprits).toEqual([FILES, ids.subnets.b]);
  });

  it('is only healthy when the zone has its mount target now', async () => {
    const { findings } = await look((s) => healed(s, { zones: ['a', 'b'] }));
    expect(findings.map((one) => one.class)).toEqual(['healthy']);
  });

  it('is only healthy when that was hours ago', async () => {
    const { findings } = await look((s) => healed(s, { minutesAgo: 150 }));
    expect(findings.map((one) => one.class)).toEqual(['healthy']);
  });

  it('is not said to be at risk when mount targets may not be read', async () => {
    const { findings } = await look(healed, ['elasticfilesystem:DescribeMountTargets']);
    expect(findings.map((one) => one.class)).toEqual(['healthy']);
    expect(findings[0]?.verdict).toBe('likely');
  });
});
