// What the `image` of a container means: which registry, which repository, which tag or digest.

export interface ImageReference {
  /** As the task definition or the error spells it. */
  readonly raw: string;
  /** Host of the registry; Docker Hub when none is named. */
  readonly host: string;
  readonly repository: string;
  readonly tag: string | undefined;
  readonly digest: string | undefined;
  /** Account and region of a private ECR registry; undefined for any other. */
  readonly ecr: { readonly account: string; readonly region: string } | undefined;
}

export const DOCKER_HUB = 'registry-1.docker.io';

const ECR_HOST = /^(\d{12})\.dkr[.-]ecr(?:-fips)?\.([a-z0-9-]+)\.(?:amazonaws\.com(?:\.cn)?|on\.aws)$/;
const LENGTH_MAX = 500;

/** Reads an image reference as docker does; undefined when it is none. */
export function imageReference(image: string): ImageReference | undefined {
  const raw = image.trim();
  if (raw === '' || raw.length > LENGTH_MAX || /\s/.test(raw)) return undefined;
  const [named = '', digest] = raw.split('@', 2);
  const [first = '', ...others] = named.split('/');
  const hasHost = others.length > 0 && (/[.:]/.test(first) || first === 'localhost');
  const host = hasHost ? first : DOCKER_HUB;
  const path = hasHost ? others.join('/') : named;
  const [, repository = path, tag] = /^(.*?)(?::([\w][\w.-]{0,127}))?$/.exec(path) ?? [];
  if (repository === '') return undefined;
  const ecr = ECR_HOST.exec(host);
  return {
    raw,
    host,
    repository,
    tag: tag ?? (digest === undefined ? 'latest' : undefined),
    digest,
    ecr: ecr === null ? undefined : { account: ecr[1] ?? '', region: ecr[2] ?? '' },
  };
}

/** Key of the image by tag, and by digest where one is pinned, in the evidence. */
export function imageKey(image: Pick<ImageReference, 'repository'>, id: string): string {
  return id.startsWith('sha256:') ? `${image.repository}@${id}` : `${image.repository}:${id}`;
}

export function repositoryArn({ ecr, repository }: ImageReference): string | undefined {
  if (ecr === undefined) return undefined;
  const partition = ecr.region.startsWith('cn-')
    ? 'aws-cn'
    : ecr.region.startsWith('us-gov-')
      ? 'aws-us-gov'
      : 'aws';
  return `arn:${partition}:ecr:${ecr.region}:${ecr.account}:repository/${repository}`;
}
