// What an image's name means: which registry, repository, tag and digest.
// https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_ContainerDefinition.html

export interface ImageReference {
  /** Host of the registry; `docker.io` when the name has none. */
  readonly registry: string;
  readonly repository: string;
  /** `latest` when the name has neither tag nor digest. */
  readonly tag: string | undefined;
  /** Such as `sha256:…`. */
  readonly digest: string | undefined;
  /** Set for a private repository of Amazon ECR. */
  readonly ecr: { readonly account: string; readonly region: string } | undefined;
}

export function parseImage(image: string): ImageReference {
  const [name = '', digest] = image.split('@');
  const parts = name.split('/');
  const first = parts[0] ?? '';
  const hasHost = parts.length > 1 && (/[.:]/.test(first) || first === 'localhost');
  const registry = hasHost ? first : 'docker.io';
  const path = (hasHost ? parts.slice(1) : parts).join('/');
  const colon = path.lastIndexOf(':');
  const bare = colon < 0 ? path : path.slice(0, colon);
  const tag = colon < 0 ? (digest === undefined ? 'latest' : undefined) : path.slice(colon + 1);
  const repository = registry === 'docker.io' && !bare.includes('/') ? `library/${bare}` : bare;
  const ecr = /^(\d{12})\.dkr\.ecr\.([a-z0-9-]+)\.amazonaws\.com(\.cn)?$/.exec(registry);
  return {
    registry,
    repository,
    tag,
    digest,
    ecr: ecr === null ? undefined : { account: ecr[1] ?? '', region: ecr[2] ?? '' },
  };
}
