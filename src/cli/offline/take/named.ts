// What task definitions name: the roles, images, secrets, log groups and file systems of the tasks, whether or not anything is wrong with them.

import type * as Ecs from '@aws-sdk/client-ecs';
import { isDatabaseHost, readDatabases } from '../../../../tools/diagnose/collect-databases.ts';
import { readImages } from '../../../../tools/diagnose/collect-images.ts';
import { readSecrets } from '../../../../tools/diagnose/collect-secrets.ts';
import { batchesOf } from '../../../../tools/diagnose/reading.ts';
import type { Aws } from '../../../contract/aws.ts';
import { type Observed, unreadNetwork } from '../../../diagnosis/evidence.ts';
import { efsVolumes } from '../../../diagnosis/facts/efs-volume.ts';
import { namedDestinations } from '../../../diagnosis/facts/environment.ts';
import { type ImageReference, imageReference } from '../../../diagnosis/facts/image-reference.ts';
import {
  isForeign,
  type SecretReference,
  secretReferences,
} from '../../../diagnosis/facts/secret-reference.ts';
import { distinct, listed } from './bounds.ts';

export interface Named {
  readonly roles: readonly string[];
  /** Of this account's own registry. */
  readonly images: readonly ImageReference[];
  readonly secrets: readonly SecretReference[];
  readonly logGroups: readonly string[];
  readonly fileSystems: readonly string[];
  /** Hosts of RDS in the environment. */
  readonly databases: readonly string[];
}

/** Everything that the definitions name, each thing once. What belongs to another account or region is not asked about. */
export function namedBy(
  definitions: readonly Observed<Ecs.TaskDefinition>[],
  own: Pick<Aws, 'account' | 'region'>,
): Named {
  const containers = definitions.flatMap(({ value }) => value.containerDefinitions ?? []);
  const once = <T extends { readonly raw: string }>(all: readonly T[]): T[] => [
    ...new Map(all.map((one) => [one.raw, one])).values(),
  ];
  return {
    roles: distinct(definitions.flatMap(({ value }) => [value.executionRoleArn, value.taskRoleArn])),
    images: once(
      containers
        .flatMap(({ image = '' }) => imageReference(image) ?? [])
        .filter(({ ecr }) => ecr?.account === own.account && ecr.region === own.region),
    ),
    secrets: once(definitions.flatMap(secretReferences)).filter((one) => !isForeign(one, own)),
    logGroups: distinct(
      containers
        .map(({ logConfiguration }) => logConfiguration?.options ?? {})
        .filter((options) => (options['awslogs-region'] ?? own.region) === own.region)
        .map((options) => options['awslogs-group']),
    ),
    databases: distinct(
      definitions
        .flatMap(({ value, at }) =>
          (value.containerDefinitions ?? []).flatMap((container) =>
            namedDestinations({ value: container, at }),
          ),
        )
        .map(({ host }) => host),
    ).filter(isDatabaseHost),
    fileSystems: distinct(definitions.flatMap(efsVolumes).map(({ fileSystemId }) => fileSystemId)),
  };
}

/** An image with its repository; where it is an index of several, the platforms in it too. */
export async function takeImage(aws: Aws, image: ImageReference): Promise<void> {
  const { images } = await readImages(aws, { images: [image], manifests: [] });
  const isIndex = images.items.some(({ value }) =>
    /index|manifest\.list/.test(value.thing?.imageManifestMediaType ?? ''),
  );
  if (isIndex) await readImages(aws, { images: [], manifests: [image] });
}

/** As many as one request tells of: each secret by itself, parameters together. */
export function secretGroups(references: readonly SecretReference[]): SecretReference[][] {
  return [
    ...batchesOf(
      references.filter(({ kind }) => kind === 'secret'),
      1,
    ),
    ...batchesOf(
      references.filter(({ kind }) => kind === 'parameter'),
      PARAMETERS_PER_CALL,
    ),
  ];
}

/** A name that may be spelled in two ways counts twice among the 50 of a filter. */
const PARAMETERS_PER_CALL = 25;

/** What secrets and parameters are and who may read them; never a value. */
export async function takeSecrets(aws: Aws, references: readonly SecretReference[]): Promise<void> {
  await readSecrets(aws, references, { permissions: true });
}

export async function takeLogGroup(aws: Aws, logGroupNamePrefix: string): Promise<void> {
  await listed(aws, { action: 'logs:DescribeLogGroups', input: { logGroupNamePrefix }, pages: 1 });
}

export async function takeFileSystem(aws: Aws, FileSystemId: string): Promise<void> {
  const [targets] = await Promise.all([
    listed(aws, {
      action: 'elasticfilesystem:DescribeMountTargets',
      input: { FileSystemId },
      items: ({ MountTargets }) => MountTargets,
    }),
    listed(aws, { action: 'elasticfilesystem:DescribeFileSystems', input: { FileSystemId } }),
    listed(aws, { action: 'elasticfilesystem:DescribeAccessPoints', input: { FileSystemId } }),
    listed(aws, { action: 'elasticfilesystem:DescribeFileSystemPolicy', input: { FileSystemId } }),
  ]);
  await Promise.all(
    distinct(targets.map((target) => target.MountTargetId)).map((MountTargetId) =>
      listed(aws, {
        action: 'elasticfilesystem:DescribeMountTargetSecurityGroups',
        input: { MountTargetId },
      }),
    ),
  );
}

/** The instance or cluster of RDS behind a host. */
export async function takeDatabase(aws: Aws, host: string): Promise<void> {
  await readDatabases(aws, [host], unreadNetwork());
}
