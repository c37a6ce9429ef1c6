// What will fail although the service is well: a file system without a mount target in a zone where the service still places tasks. Tasks of the
// present revision failed there within the hour; the service is full only because ECS placed others elsewhere.

import type { Facts } from '../facts/facts.ts';
import { mountState, volumesOf } from '../facts/mount-state.ts';
import { pastMountFailures } from '../facts/past-mounts.ts';
import { counted, distinctRefs, type Found, listed } from './rule.ts';

/** The finding beside a healthy service; undefined when every zone of it has what its volumes need, or that was not seen. */
export function mountRisk(facts: Facts): Found | undefined {
  const failures = pastMountFailures(facts);
  for (const start of failures) {
    if (start.task.subnetId === undefined || !facts.service.subnets.includes(start.task.subnetId)) continue;
    const broken = volumesOf(start)
      .map((volume) => mountState(facts.bundle, volume, start.task))
      .find(({ state, zones }) => state === 'no-target' && zones.length > 0);
    if (broken?.zone === undefined) continue;
    const { zone, zones, volume } = broken;
    const alike = failures.filter(({ task }) => task.zone === start.task.zone);
    return {
      verdict: 'proven',
      title: `The next task in ${zone} cannot start: ${volume.fileSystemId} has no mount target there.`,
      explanation: `${counted(alike.length, 'task')} of ${start.task.revision} failed in ${zone} within the last hour; those that run were placed in ${listed(zones)}, where the file system has a mount target. The service still places tasks in ${start.task.subnetId} (${zone}), so a new one may fail again and nothing is left when ${listed(zones)} is down. Create a mount target in ${zone}, or take its subnet out of the service.`,
      evidence: distinctRefs([...broken.evidence, ...start.evidence]),
      culprits: [volume.fileSystemId, start.task.subnetId],
    };
  }
  return undefined;
}
