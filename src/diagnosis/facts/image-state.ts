// What the registry holds of an image a start wanted: by tag and by the digest the deployment pinned, for which platforms, and whether the
// role that pulls may pull it. ECS fixes a tag to a digest when a deployment begins, so a tag that moved on leaves later tasks without it.

import { z } from 'zod';
import type { EvidenceRef } from '../../contract/finding.ts';
import type { EvidenceBundle, Gap } from '../evidence.ts';
import { type Look, lookUp, noResources } from '../resources.ts';
import { type ImageReference, imageKey, repositoryArn } from './image-reference.ts';
import type { RoleRequest } from './needs.ts';
import { type Permission, permissionOf } from './permission.ts';

export interface ImageState {
  readonly image: ImageReference;
  /** moved: the tag is there, the pinned digest is not · unseen: not read, or not a registry of this region. */
  readonly state: 'there' | 'moved' | 'no-image' | 'no-repository' | 'unseen';
  /** Digest the tag points at now. */
  readonly tagDigest: string | undefined;
  readonly evidence: readonly EvidenceRef[];
  readonly gaps: readonly Gap[];
}

/** The state of one image of a private registry. */
export function imageState(bundle: EvidenceBundle, image: ImageReference): ImageState {
  const resources = bundle.resources ?? noResources;
  const repository = lookUp(resources.repositories, image.repository);
  const base = { image, tagDigest: undefined, gaps: [] };
  // Another account's registry need not tell what it has.
  const own = image.ecr === undefined || image.ecr.account === bundle.account;
  if (repository.state === 'absent' && !own) return { ...base, state: 'unseen', evidence: [] };
  if (repository.state === 'absent') return { ...base, state: 'no-repository', evidence: [repository.at] };
  const byTag = lookAt(resources.images, image, image.tag);
  const byDigest = lookAt(resources.images, image, image.digest);
  const evidence = [byTag, byDigest].flatMap((look) =>
    look !== undefined && look.state !== 'unseen' ? [look.at] : [],
  );
  const tagDigest = byTag?.state === 'there' ? byTag.thing.imageDigest : undefined;
  const gaps = [byTag, byDigest].flatMap((look) => (look?.state === 'unseen' ? look.gaps : []));
  if (byDigest?.state === 'absent')
    return { ...base, tagDigest, evidence, state: byTag?.state === 'there' ? 'moved' : 'no-image' };
  if (byDigest?.state === 'there') return { ...base, tagDigest, evidence, state: 'there' };
  if (byDigest?.state === 'unseen' || byTag === undefined || byTag.state === 'unseen')
    return { ...base, state: 'unseen', evidence, gaps };
  return { ...base, tagDigest, evidence, state: byTag.state === 'there' ? 'there' : 'no-image' };
}

function lookAt<T>(
  seen: Parameters<typeof lookUp<T>>[0],
  image: ImageReference,
  id: string | undefined,
): Look<T> | undefined {
  return id === undefined ? undefined : lookUp(seen, imageKey(image, id));
}

const ON_IMAGE = ['ecr:BatchGetImage', 'ecr:GetDownloadUrlForLayer'] as const;
const ON_REGISTRY = { action: 'ecr:GetAuthorizationToken', resource: '*' } as const;

/** What pulling from ECR takes: a token for the registry, and the image's manifest and layers. */
export function pullRequests(image: ImageReference): RoleRequest[] {
  const resource = repositoryArn(image);
  return resource === undefined ? [] : [ON_REGISTRY, ...ON_IMAGE.map((action) => ({ action, resource }))];
}

/** Whether the role may do all of it. */
export function pullPermissions(bundle: EvidenceBundle, role: string, image: ImageReference): Permission[] {
  const arn = repositoryArn(image);
  if (arn === undefined || image.ecr === undefined) return [];
  const own = image.ecr.account === bundle.account;
  const resourcePolicy = lookUp((bundle.resources ?? noResources).repositoryPolicies, image.repository);
  const onImage = ON_IMAGE.map((action) =>
    permissionOf(bundle, { role, action, resource: arn, resourcePolicy, needs: own ? 'either' : 'both' }),
  );
  return [permissionOf(bundle, { role, ...ON_REGISTRY }), ...onImage];
}

const manifest = z.looseObject({
  manifests: z
    .array(
      z.looseObject({
        platform: z.looseObject({ architecture: z.string(), os: z.string().optional() }).optional(),
      }),
    )
    .max(200)
    .optional(),
});
const MANIFEST_MAX = 4_000_000;

export type Platforms =
  | { readonly state: 'known'; readonly platforms: readonly string[]; readonly at: EvidenceRef }
  /** One image without a list: its own configuration would say, which is a layer and not read. */
  | { readonly state: 'single'; readonly at: EvidenceRef }
  | { readonly state: 'unseen'; readonly gaps: readonly Gap[] };

/** The platforms an image was built for, as `linux/arm64`, by the index that lists them. */
export function platformsOf(bundle: EvidenceBundle, image: ImageReference): Platforms {
  const key = imageKey(image, image.digest ?? image.tag ?? 'latest');
  const look = lookUp((bundle.resources ?? noResources).manifests, key);
  if (look.state === 'unseen') return { state: 'unseen', gaps: look.gaps };
  if (look.state === 'absent') return { state: 'unseen', gaps: [] };
  const read = look.thing.length > MANIFEST_MAX ? undefined : manifest.safeParse(jsonOf(look.thing));
  const listed = read?.success === true ? read.data.manifests : undefined;
  if (listed === undefined) return { state: 'single', at: look.at };
  const platforms = listed
    .flatMap(({ platform }) =>
      platform === undefined ? [] : [`${platform.os ?? 'linux'}/${platform.architecture}`],
    )
    // Attestations stand in the same list under a platform of their own.
    .filter((one) => !one.includes('unknown'));
  return { state: 'known', platforms: [...new Set(platforms)], at: look.at };
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
