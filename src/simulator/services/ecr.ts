// Elastic Container Registry: repositories, their policies, images and what a scan found in them.

import { createHash } from 'node:crypto';
import type * as Ecr from '@aws-sdk/client-ecr';
import type { SnapshotImage, SnapshotRepository } from '../../contract/snapshot.ts';
import type { SimulatedAccount } from '../account.ts';
import { architecturesOf } from '../engine/start/registry.ts';
import { AwsFault } from '../wire/aws-fault.ts';
import type { Handler, HandlerTable } from './handler.ts';
import { invalidNextToken, pageOf, tokenAs } from './page.ts';

/** https://docs.aws.amazon.com/AmazonECR/latest/APIReference/API_BatchGetImage.html */
const IMAGES_MAX = 100;
const INDEX_TYPE = 'application/vnd.oci.image.index.v1+json';
const MANIFEST_TYPE = 'application/vnd.oci.image.manifest.v1+json';

/** Repositories by name, all of them without any. Throws RepositoryNotFoundException. */
const describeRepositories: Handler<
  Ecr.DescribeRepositoriesCommandInput,
  Ecr.DescribeRepositoriesCommandOutput
> = (input, account) => {
  const names = input.repositoryNames;
  for (const name of names ?? []) repositoryNamed(account, input.registryId, name);
  const wanted = account.state.ecr.repositories.filter(
    (one) => names === undefined || names.includes(one.repositoryName),
  );
  const page = pageOf(wanted, {
    token: input.nextToken,
    limit: input.maxResults,
    defaultLimit: 100,
    maxLimit: 1000,
    scope: `DescribeRepositories ${(names ?? []).join()}`,
    invalidToken: invalidNextToken,
  });
  return {
    repositories: page.items.map(({ images: _images, policy: _policy, ...repository }) => ({
      registryId: account.id,
      repositoryArn: `arn:aws:ecr:${account.region}:${account.id}:repository/${repository.repositoryName}`,
      repositoryUri: `${account.id}.dkr.ecr.${account.region}.amazonaws.com/${repository.repositoryName}`,
      ...repository,
    })),
    ...tokenAs('nextToken', page),
  };
};

/** Images by tag or digest, all of them without any. Throws RepositoryNotFoundException and ImageNotFoundException. */
const describeImages: Handler<Ecr.DescribeImagesCommandInput, Ecr.DescribeImagesCommandOutput> = (
  input,
  account,
) => {
  const repository = repositoryNamed(account, input.registryId, input.repositoryName);
  const wanted =
    input.imageIds === undefined
      ? repository.images.filter((image) => hasTagStatus(image, input.filter?.tagStatus))
      : [...new Set(input.imageIds.map((id) => imageOrFault(account, repository, id)))];
  const page = pageOf(wanted, {
    token: input.nextToken,
    limit: input.maxResults,
    defaultLimit: 100,
    maxLimit: 1000,
    scope: `DescribeImages ${JSON.stringify([repository.repositoryName, input.imageIds, input.filter])}`,
    invalidToken: invalidNextToken,
  });
  return {
    imageDetails: page.items.map((image) => detailOf(account, repository, image)),
    ...tokenAs('nextToken', page),
  };
};

/** A repository's own policy. Throws RepositoryPolicyNotFoundException. */
const getRepositoryPolicy: Handler<
  Ecr.GetRepositoryPolicyCommandInput,
  Ecr.GetRepositoryPolicyCommandOutput
> = (input, account) => {
  const { repositoryName, policy } = repositoryNamed(account, input.registryId, input.repositoryName);
  if (policy === undefined)
    throw new AwsFault(
      'RepositoryPolicyNotFoundException',
      `Repository policy does not exist for the repository with name '${repositoryName}' in the registry with id '${account.id}'`,
    );
  return { registryId: account.id, repositoryName, policyText: JSON.stringify(policy) };
};

/** Manifests of up to 100 images; what is not there is in `failures[]`. */
const batchGetImage: Handler<Ecr.BatchGetImageCommandInput, Ecr.BatchGetImageCommandOutput> = (
  input,
  account,
) => {
  const repository = repositoryNamed(account, input.registryId, input.repositoryName);
  const ids = input.imageIds ?? [];
  if (ids.length === 0 || ids.length > IMAGES_MAX)
    throw new AwsFault(
      'InvalidParameterException',
      `Invalid parameter at 'imageIds': between 1 and ${IMAGES_MAX} images are allowed`,
    );
  const found = ids.map((id) => ({ id, image: findImage(repository, id) }));
  return {
    images: found.flatMap(({ id, image }) =>
      image === undefined
        ? []
        : [
            {
              registryId: account.id,
              repositoryName: repository.repositoryName,
              imageId: {
                ...(image.imageDigest === undefined ? {} : { imageDigest: image.imageDigest }),
                ...(id.imageTag === undefined ? {} : { imageTag: id.imageTag }),
              },
              ...manifestOf(image),
            },
          ],
    ),
    failures: found
      .filter(({ image }) => image === undefined)
      .map(({ id }) => ({
        imageId: { ...id },
        failureCode: 'ImageNotFound' as const,
        failureReason: 'Requested image not found',
      })),
  };
};

/** What a scan found. Throws ImageNotFoundException and ScanNotFoundException. */
const describeImageScanFindings: Handler<
  Ecr.DescribeImageScanFindingsCommandInput,
  Ecr.DescribeImageScanFindingsCommandOutput
> = (input, account) => {
  const repository = repositoryNamed(account, input.registryId, input.repositoryName);
  const image = imageOrFault(account, repository, input.imageId ?? {});
  const { imageScanFindings, imageScanStatus } = image;
  if (imageScanFindings === undefined)
    throw new AwsFault(
      'ScanNotFoundException',
      `Image scan does not exist for the image with '${wordsOf(input.imageId ?? {})}' in the repository with name '${repository.repositoryName}' in the registry with id '${account.id}'`,
    );
  const { findings, ...summary } = imageScanFindings;
  const page = pageOf(findings ?? [], {
    token: input.nextToken,
    limit: input.maxResults,
    defaultLimit: 100,
    maxLimit: 1000,
    scope: `DescribeImageScanFindings ${repository.repositoryName} ${image.imageDigest}`,
    invalidToken: invalidNextToken,
  });
  return {
    registryId: account.id,
    repositoryName: repository.repositoryName,
    imageId: { ...input.imageId },
    imageScanStatus: imageScanStatus ?? { status: 'COMPLETE' },
    imageScanFindings: { ...summary, findings: page.items },
    ...tokenAs('nextToken', page),
  };
};

export const ecrHandlers: HandlerTable = {
  DescribeRepositories: describeRepositories,
  DescribeImages: describeImages,
  GetRepositoryPolicy: getRepositoryPolicy,
  BatchGetImage: batchGetImage,
  DescribeImageScanFindings: describeImageScanFindings,
};

interface ImageId {
  readonly imageTag?: string | undefined;
  readonly imageDigest?: string | undefined;
}

function repositoryNamed(
  account: SimulatedAccount,
  registry: string | undefined,
  name: string | undefined,
): SnapshotRepository {
  const found = account.state.ecr.repositories.find(
    (one) => one.repositoryName === name && (one.registryId ?? account.id) === (registry ?? account.id),
  );
  if (found !== undefined) return found;
  // Of a registry that is not one's own nothing is told without a policy that allows it, not even that it lacks the repository.
  if (registry !== undefined && registry !== account.id)
    throw new AwsFault(
      'AccessDeniedException',
      `User is not authorized to read arn:aws:ecr:${account.region}:${registry}:repository/${name} because no resource-based policy allows it`,
    );
  throw new AwsFault(
    'RepositoryNotFoundException',
    `The repository with name '${name}' does not exist in the registry with id '${registry ?? account.id}'`,
  );
}

/** An id may hold tag and digest; then both must be those of one image. */
function findImage(repository: SnapshotRepository, id: ImageId): SnapshotImage | undefined {
  if (id.imageTag === undefined && id.imageDigest === undefined) return undefined;
  return repository.images.find(
    (image) =>
      (id.imageTag === undefined || image.imageTags?.includes(id.imageTag)) &&
      (id.imageDigest === undefined || image.imageDigest === id.imageDigest),
  );
}

function imageOrFault(account: SimulatedAccount, repository: SnapshotRepository, id: ImageId): SnapshotImage {
  const image = findImage(repository, id);
  if (image !== undefined) return image;
  throw new AwsFault(
    'ImageNotFoundException',
    `The image with imageId {${wordsOf(id)}} does not exist within the repository with name '${repository.repositoryName}' in the registry with id '${account.id}'`,
  );
}

function wordsOf({ imageDigest, imageTag }: ImageId): string {
  return `imageDigest:'${imageDigest ?? 'null'}', imageTag:'${imageTag ?? 'null'}'`;
}

function hasTagStatus(image: SnapshotImage, status: string | undefined): boolean {
  const tagged = (image.imageTags ?? []).length > 0;
  return status === undefined || status === 'ANY' || tagged === (status === 'TAGGED');
}

function detailOf(account: SimulatedAccount, repository: SnapshotRepository, image: SnapshotImage) {
  const {
    architecture: _architecture,
    imageManifest: _manifest,
    imageScanFindings: _findings,
    ...detail
  } = image;
  return {
    registryId: account.id,
    repositoryName: repository.repositoryName,
    imageManifestMediaType: manifestOf(image).imageManifestMediaType,
    ...detail,
  };
}

/**
 * The manifest that the image is known to have. Where only its platforms are known it is an index that lists them,
 * which is what `docker buildx` pushes.
 */
function manifestOf(image: SnapshotImage): { imageManifest: string; imageManifestMediaType: string } {
  const { imageManifest: known, imageManifestMediaType } = image;
  if (known !== undefined) {
    const type = typeof known.mediaType === 'string' ? known.mediaType : MANIFEST_TYPE;
    return {
      imageManifest: JSON.stringify(known),
      imageManifestMediaType: imageManifestMediaType ?? type,
    };
  }
  const layers = (digest: string) => ({ mediaType: MANIFEST_TYPE, digest, size: 1024 });
  const single = imageManifestMediaType !== undefined && !/index|manifest\.list/.test(imageManifestMediaType);
  const platforms = single ? [] : architecturesOf(image);
  const manifest =
    platforms.length === 0
      ? { schemaVersion: 2, mediaType: MANIFEST_TYPE, config: layers(digestOf(image, 'config')), layers: [] }
      : {
          schemaVersion: 2,
          mediaType: INDEX_TYPE,
          manifests: platforms.map((platform) => ({
            ...layers(digestOf(image, platform)),
            platform: { architecture: platform, os: 'linux' },
          })),
        };
  return {
    imageManifest: JSON.stringify({ ...manifest, mediaType: imageManifestMediaType ?? manifest.mediaType }),
    imageManifestMediaType: imageManifestMediaType ?? manifest.mediaType,
  };
}

function digestOf(image: SnapshotImage, part: string): string {
  return `sha256:${createHash('sha256').update(`${image.imageDigest} ${part}`).digest('hex')}`;
}
