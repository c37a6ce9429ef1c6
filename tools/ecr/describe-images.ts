// ecr_describe_images: whether an image is in its repository, when it was pushed, and for which processors it was built.

import type { ImageDetail, ImageIdentifier } from '@aws-sdk/client-ecr';
import { z } from 'zod';
import type { Aws } from '../../src/contract/aws.ts';
import { defineReadTool } from '../../src/contract/tool.ts';
import { imageField, listOf, registryField, repositoryField } from '../fields.ts';
import { batches, collectPages } from '../pagination.ts';
import { counted, evidenceField, isoOrNull, moreField, moreLine, oneLine, textOf } from '../text-lines.ts';
import {
  createSideReads,
  orAbsent,
  type SideReads,
  unverifiedField,
  unverifiedLines,
} from '../unverified-reads.ts';
import { platformsIn } from './image-platforms.ts';

/** Images are not listed in the order of their pushes, so more are read than are shown. */
const READ_MAX = 1_000;
const ITEMS_MAX = 100;

const image = z.object({
  digest: z.string(),
  tags: z.array(z.string()),
  pushedAt: z.string().nullable(),
  sizeBytes: z.number().nullable(),
  lastPulledAt: z.string().nullable(),
  platforms: z.array(z.string()).nullable().describe('Null when the manifest does not say.'),
});

export const ecrDescribeImages = defineReadTool({
  name: 'ecr_describe_images',
  summary:
    'Describes images of an ECR repository by tag or digest: whether they exist, when they were pushed, their size and the processor architectures of their manifest. Use it when a task cannot pull its image. Without images: the ones pushed last.',
  risk: 'read',
  actions: ['ecr:BatchGetImage', 'ecr:DescribeImages'],
  input: z.strictObject({
    repository: repositoryField,
    registry: registryField.optional(),
    images: listOf(imageField, ITEMS_MAX, 'Tags or digests.').optional(),
  }),
  output: z.object({
    items: z.array(image).max(ITEMS_MAX),
    missing: z.array(z.string()).max(ITEMS_MAX),
    unverified: unverifiedField,
    more: moreField,
    evidence: evidenceField,
  }),
  target: ({ repository }) => ({ resources: [repository] }),
  run: async ({ repository, registry, images }, aws) => {
    const place = {
      repositoryName: repository,
      ...(registry === undefined ? {} : { registryId: registry }),
    };
    const side = createSideReads();
    if (images === undefined) {
      const newest = await newestImages(aws, place);
      const manifests = await manifestsOf(aws, { place, side }, newest.items.map(identifierOf));
      return {
        items: newest.items.map((one) => factsOf(one, manifests.byDigest.get(one.imageDigest ?? ''))),
        missing: [],
        unverified: side.unverified,
        more: newest.more,
        evidence: [...newest.evidence, ...manifests.evidence],
      };
    }
    const found = await namedImages(aws, place, [...new Set(images)]);
    const manifests = await manifestsOf(aws, { place, side }, found.items.map(identifierOf));
    return {
      items: found.items.map((one) => factsOf(one, manifests.byDigest.get(one.imageDigest ?? ''))),
      missing: found.missing,
      unverified: side.unverified,
      more: false,
      evidence: [...found.evidence, ...manifests.evidence],
    };
  },
  text: ({ items, missing, unverified, more, evidence }) =>
    textOf(
      [
        `${counted(items.length, 'image')}.`,
        ...missing.map((name) => `No image ${name} in the repository.`),
        ...items.map(
          (one) =>
            `${one.tags.join(', ') || 'untagged'} ${one.digest}: pushed ${one.pushedAt ?? 'at an unknown time'}, for ${one.platforms === null ? 'unknown processors' : one.platforms.join(', ')}${one.sizeBytes === null ? '' : `, ${Math.round(one.sizeBytes / 1_048_576)} MiB`}`,
        ),
        ...unverifiedLines(unverified),
        ...moreLine(more),
      ],
      evidence,
    ),
});

interface RepositoryPlace {
  readonly repositoryName: string;
  readonly registryId?: string;
}

async function newestImages(aws: Aws, place: RepositoryPlace) {
  const { items, more, evidence } = await collectPages(READ_MAX, async (nextToken) => {
    const { output, evidence } = await aws.call('ecr:DescribeImages', {
      ...place,
      ...(nextToken === undefined ? {} : { nextToken }),
    });
    return { items: output.imageDetails ?? [], next: output.nextToken, evidence };
  });
  items.sort((left, right) => (right.imagePushedAt?.getTime() ?? 0) - (left.imagePushedAt?.getTime() ?? 0));
  return { items: items.slice(0, ITEMS_MAX), more: more || items.length > ITEMS_MAX, evidence };
}

/** One request for each: DescribeImages fails as a whole when a single image does not exist. */
async function namedImages(aws: Aws, place: RepositoryPlace, names: readonly string[]) {
  const items = new Map<string, ImageDetail>();
  const missing: string[] = [];
  const evidence: string[] = [];
  for (const name of names) {
    const imageIds = [name.startsWith('sha256:') ? { imageDigest: name } : { imageTag: name }];
    const answer = await orAbsent(['ImageNotFoundException'], () =>
      aws.call('ecr:DescribeImages', { ...place, imageIds }),
    );
    if (answer === null) missing.push(name);
    else evidence.push(answer.evidence);
    for (const one of answer?.output.imageDetails ?? []) items.set(one.imageDigest ?? '', one);
  }
  return { items: [...items.values()], missing, evidence };
}

async function manifestsOf(
  aws: Aws,
  { place, side }: { place: RepositoryPlace; side: SideReads },
  ids: readonly ImageIdentifier[],
) {
  const byDigest = new Map<string, string[] | null>();
  const evidence: string[] = [];
  /** BatchGetImage takes at most 100 images. */
  for (const imageIds of batches(ids, 100)) {
    const answer = await side.read(() => aws.call('ecr:BatchGetImage', { ...place, imageIds }));
    if (answer === null) break;
    evidence.push(answer.evidence);
    for (const one of answer.output.images ?? [])
      byDigest.set(one.imageId?.imageDigest ?? '', platformsIn(one.imageManifest));
  }
  return { byDigest, evidence };
}

function identifierOf(found: ImageDetail): ImageIdentifier {
  return { imageDigest: found.imageDigest ?? '' };
}

function factsOf(found: ImageDetail, platforms: string[] | null | undefined): z.infer<typeof image> {
  return {
    digest: found.imageDigest ?? '',
    tags: (found.imageTags ?? []).slice(0, 20).map((tag) => oneLine(tag, 128)),
    pushedAt: isoOrNull(found.imagePushedAt),
    sizeBytes: found.imageSizeInBytes ?? null,
    lastPulledAt: isoOrNull(found.lastRecordedPullTime),
    platforms: platforms ?? null,
  };
}
