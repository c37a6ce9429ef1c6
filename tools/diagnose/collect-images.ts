// Reads what a private ECR registry holds of an image: by tag and by digest, the policy of its repository, and its manifest when the
// platform matters. An image is asked for once by each id, since a tag may have moved on from the digest a deployment pinned.

import type * as Ecr from '@aws-sdk/client-ecr';
import { type Aws, AwsCallError } from '../../src/contract/aws.ts';
import type { Seen } from '../../src/diagnosis/evidence.ts';
import { type ImageReference, imageKey } from '../../src/diagnosis/facts/image-reference.ts';
import { type Asked, asked, type ResourceEvidence } from '../../src/diagnosis/resources.ts';
import { askFor, evidenceOf, gapOf, joined } from './reading.ts';

export const imageActions = ['ecr:DescribeImages', 'ecr:BatchGetImage', 'ecr:GetRepositoryPolicy'] as const;

type ImageEvidence = Pick<ResourceEvidence, 'images' | 'repositories' | 'repositoryPolicies' | 'manifests'>;

export interface WantedImages {
  readonly images: readonly ImageReference[];
  readonly manifests: readonly ImageReference[];
}

/** Everything the facts look up about these images. One in another region leaves a gap: this node reads its own. */
export async function readImages(aws: Aws, wanted: WantedImages): Promise<ImageEvidence> {
  const [states, policies, manifests] = await Promise.all([
    Promise.all(wanted.images.flatMap((image) => idsOf(image).map((id) => readImage(aws, image, id)))),
    Promise.all(repositoriesOf(wanted.images).map((image) => readRepositoryPolicy(aws, image))),
    Promise.all(wanted.manifests.map((image) => readManifest(aws, image))),
  ]);
  return {
    images: joined(states.map(({ images }) => images)),
    repositories: joined(states.map(({ repositories }) => repositories)),
    repositoryPolicies: joined(policies),
    manifests: joined(manifests),
  };
}

function idsOf({ tag, digest }: ImageReference): string[] {
  return [tag, digest].filter((id) => id !== undefined);
}

function repositoriesOf(images: readonly ImageReference[]): ImageReference[] {
  return [...new Map(images.map((one) => [one.repository, one])).values()];
}

async function readImage(
  aws: Aws,
  image: ImageReference,
  id: string,
): Promise<Pick<ImageEvidence, 'images' | 'repositories'>> {
  const key = imageKey(image, id);
  const { repository } = image;
  const elsewhere = otherRegion(aws, image, key);
  if (elsewhere !== undefined) return { images: elsewhere, repositories: { items: [], gaps: [] } };
  try {
    const { output, evidence } = await aws.call('ecr:DescribeImages', {
      ...registryOf(aws, image),
      repositoryName: repository,
      imageIds: [imageId(id)],
    });
    const at = { id: evidence, path: '$.imageDetails[0]' };
    return {
      images: { items: [asked<Ecr.ImageDetail>(key, output.imageDetails?.[0], at)], gaps: [] },
      repositories: { items: [asked(repository, repository, at)], gaps: [] },
    };
  } catch (thrown) {
    const gap = gapOf(thrown, `image ${key}`, 'ecr:DescribeImages');
    if (gap.kind !== 'not-found')
      return {
        images: { items: [], gaps: [{ ...gap, about: key }] },
        repositories: { items: [], gaps: [{ ...gap, about: repository }] },
      };
    const at = { id: evidenceOf(thrown), path: '$' };
    const noRepository = thrown instanceof AwsCallError && /^Repository/.test(thrown.failure.code);
    return {
      images: { items: [asked<Ecr.ImageDetail>(key, undefined, at)], gaps: [] },
      repositories: { items: [asked(repository, noRepository ? undefined : repository, at)], gaps: [] },
    };
  }
}

async function readRepositoryPolicy(aws: Aws, image: ImageReference): Promise<Seen<Asked<string>>> {
  return (
    otherRegion(aws, image, image.repository) ??
    (await askFor(aws, {
      action: 'ecr:GetRepositoryPolicy',
      input: { ...registryOf(aws, image), repositoryName: image.repository },
      key: image.repository,
      what: `the policy of repository ${image.repository}`,
      path: '$.policyText',
      thing: ({ policyText }) => policyText,
    }))
  );
}

async function readManifest(aws: Aws, image: ImageReference): Promise<Seen<Asked<string>>> {
  const id = image.digest ?? image.tag ?? 'latest';
  const key = imageKey(image, id);
  return (
    otherRegion(aws, image, key) ??
    (await askFor(aws, {
      action: 'ecr:BatchGetImage',
      input: {
        ...registryOf(aws, image),
        repositoryName: image.repository,
        imageIds: [imageId(id)],
        acceptedMediaTypes: [
          'application/vnd.oci.image.index.v1+json',
          'application/vnd.docker.distribution.manifest.list.v2+json',
          'application/vnd.oci.image.manifest.v1+json',
          'application/vnd.docker.distribution.manifest.v2+json',
        ],
      },
      key,
      what: `the manifest of ${key}`,
      path: '$.images[0].imageManifest',
      thing: ({ images }) => images?.[0]?.imageManifest,
    }))
  );
}

function imageId(id: string): Ecr.ImageIdentifier {
  return id.startsWith('sha256:') ? { imageDigest: id } : { imageTag: id };
}

/** The registry of another account has to be named; the own one is the default. */
function registryOf(aws: Aws, { ecr }: ImageReference): { registryId?: string } {
  return ecr === undefined || ecr.account === aws.account ? {} : { registryId: ecr.account };
}

function otherRegion(aws: Aws, { ecr }: ImageReference, about: string): Seen<never> | undefined {
  if (ecr === undefined || ecr.region === aws.region) return undefined;
  return {
    items: [],
    gaps: [
      {
        what: `images in ${ecr.region}, which is not the region of this account's node`,
        missingAction: 'ecr:DescribeImages',
        kind: 'other',
        about,
      },
    ],
  };
}
