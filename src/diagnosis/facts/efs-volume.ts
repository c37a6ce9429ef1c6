// The file systems a task definition mounts, and how.
// https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_EFSVolumeConfiguration.html

import type * as Ecs from '@aws-sdk/client-ecs';
import type { EvidenceRef } from '../../contract/finding.ts';
import { below, type Observed } from '../evidence.ts';

export interface EfsVolume {
  readonly name: string;
  readonly fileSystemId: string;
  readonly rootDirectory: string;
  readonly encrypted: boolean;
  readonly accessPointId: string | undefined;
  /** Whether the task role signs the mount; without it the client is anonymous. */
  readonly iam: boolean;
  /** Where containers see it. */
  readonly paths: readonly string[];
  readonly at: EvidenceRef;
}

/** Every EFS volume of the definition. */
export function efsVolumes(definition: Observed<Ecs.TaskDefinition>): EfsVolume[] {
  return (definition.value.volumes ?? []).flatMap((volume, index) => {
    const efs = volume.efsVolumeConfiguration;
    if (efs?.fileSystemId === undefined) return [];
    const mounts = (definition.value.containerDefinitions ?? []).flatMap(
      (container) => container.mountPoints ?? [],
    );
    return [
      {
        name: volume.name ?? '',
        fileSystemId: efs.fileSystemId,
        rootDirectory: efs.rootDirectory ?? '/',
        encrypted: efs.transitEncryption === 'ENABLED',
        accessPointId: efs.authorizationConfig?.accessPointId,
        iam: efs.authorizationConfig?.iam === 'ENABLED',
        paths: mounts
          .filter(({ sourceVolume }) => sourceVolume === volume.name)
          .flatMap(({ containerPath }) => (containerPath === undefined ? [] : [containerPath])),
        at: below(definition, `.volumes[${index}].efsVolumeConfiguration`),
      },
    ];
  });
}
