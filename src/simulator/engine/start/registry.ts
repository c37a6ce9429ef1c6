// Images: the token for a private registry of ECR, the manifest, and the layers, which ECR keeps in S3. Wording as
// collected in https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task_cannot_pull_image.html
//
// What a snapshot does not say: registries other than this account's in this region hold every image that is asked of
// them, Docker Hub too (who may pull there: other-registries.ts); repositories of this account that are not listed do not exist. A recorded image may say
// its `architecture` (`amd64`, `arm64`); one whose manifest is an index is refused when the platform is not in it, any
// other is pulled and cannot be executed. An index that does not say lists every platform.

import type { Snapshot } from '../../../contract/snapshot.ts';
import { type ApiAnswer, callApi, connect } from '../../physics/aws-api.ts';
import { type ImageReference, parseImage } from '../../physics/image-reference.ts';
import type { PolicyDocument } from '../../physics/policy.ts';
import type { Container } from '../application.ts';
import { pinDigest, pinnedDigest } from './image-digest.ts';
import { refusedElsewhere } from './other-registries.ts';
import { awsAnswer } from './secrets.ts';
import {
  containerFailed,
  containersOf,
  executionCaller,
  NO_ANSWER_MS,
  preparationFailed,
  REFUSED_MS,
  type StartAttempt,
  type StartFailure,
  type StartStep,
} from './start-attempt.ts';

type Repository = Snapshot['ecr']['repositories'][number];

/** Fargate gets its token for ECR before anything else; on EC2 the pull itself does. */
export const authorize: StartStep = (attempt) => {
  const first = containersOf(attempt)
    .map((container) => parseImage(container.image ?? '').ecr)
    .find((ecr) => ecr !== undefined);
  if (first === undefined || !attempt.fargate) return undefined;
  const answer = tokenFor(attempt, first.region);
  if (answer.kind === 'done') return undefined;
  const words =
    'unable to pull secrets or registry auth: execution resource retrieval failed: unable to retrieve ecr registry auth: service call has been retried';
  if (answer.kind === 'denied')
    return preparationFailed(`${words} 1 time(s): ${awsAnswer(attempt, answer)}`, REFUSED_MS);
  const why = dialError(`api.ecr.${first.region}.amazonaws.com`, answer);
  return preparationFailed(
    `${words} 3 time(s): RequestError: send request failed caused by: Post "https://api.ecr.${first.region}.amazonaws.com/": ${why}. Please check your task network configuration.`,
    NO_ANSWER_MS,
  );
};

/** Pulls the images of all containers; the first that fails ends the start. */
export const pullImages: StartStep = (attempt) => {
  for (const container of containersOf(attempt)) {
    const failure = pullOne(attempt, container);
    if (failure !== undefined) return failure;
  }
  return undefined;
};

function tokenFor(attempt: StartAttempt, region: string): ApiAnswer {
  return callApi(attempt.world.account.state, executionCaller(attempt), {
    host: `api.ecr.${region}.amazonaws.com`,
    action: 'ecr:GetAuthorizationToken',
    resource: '*',
  });
}

function pullOne(attempt: StartAttempt, container: Container): StartFailure | undefined {
  const image = parseImage(container.image ?? '');
  const fail = (reason: string, tookMs: number) =>
    containerFailed(attempt, container, { reason: `CannotPullContainerError: ${reason}`, tookMs });
  if (image.ecr === undefined) return pullFromElsewhere(attempt, container, fail);
  if (!attempt.fargate) {
    const token = tokenFor(attempt, image.ecr.region);
    const host = `api.ecr.${image.ecr.region}.amazonaws.com`;
    if (token.kind === 'denied')
      return {
        ...fail('', REFUSED_MS),
        ...ecrWords(attempt, container, { text: awsAnswer(attempt, token), tookMs: REFUSED_MS }),
      };
    if (token.kind === 'no-answer') {
      const text = `RequestError: send request failed caused by: Post "https://${host}/": ${dialError(host, token)}`;
      return ecrWords(attempt, container, { text, tookMs: NO_ANSWER_MS });
    }
  }
  return pullManifest(attempt, container, { image, fail });
}

/** On EC2 a token that cannot be had has an error name of its own. */
function ecrWords(
  attempt: StartAttempt,
  container: Container,
  { text, tookMs }: { text: string; tookMs: number },
): StartFailure {
  return containerFailed(attempt, container, { reason: `CannotPullECRContainerError: ${text}`, tookMs });
}

type Fail = (reason: string, tookMs: number) => StartFailure;

function pullManifest(
  attempt: StartAttempt,
  container: Container,
  { image, fail }: { image: ImageReference; fail: Fail },
): StartFailure | undefined {
  const { state } = attempt.world.account;
  const { account = '', region = '' } = image.ecr ?? {};
  const repository = repositoryOf(state, image);
  const host = image.registry;
  const digest = pinnedDigest(attempt, container) ?? image.digest;
  const name = `${host}/${image.repository}${image.tag === undefined ? '' : `:${image.tag}`}`;
  const shown = digest === undefined ? name : `${name}@${digest}`;
  const url = `https://${host}/v2/${image.repository}/manifests/${digest ?? image.tag ?? 'latest'}`;
  const words = wordsFor(attempt, { shown, url });
  const answer = callApi(state, executionCaller(attempt), {
    host,
    action: 'ecr:BatchGetImage',
    resource: `arn:aws:ecr:${region}:${account}:repository/${image.repository}`,
    resourcePolicy: policyOf(repository),
    owner: account,
  });
  if (answer.kind === 'no-answer') return fail(words.noAnswer(dialError(host, answer)), NO_ANSWER_MS);
  if (answer.kind === 'denied') return fail(words.denied(answer.message), REFUSED_MS);
  if (repository === 'missing') return fail(words.noRepository(image.repository, account), REFUSED_MS);
  const found = repository === 'unlisted' ? undefined : findImage(repository, { ...image, digest });
  if (found === 'missing') return fail(words.notFound, REFUSED_MS);
  const wanted = platformOf(attempt);
  const listed = found !== undefined && isIndex(found) ? architecturesOf(found) : [];
  if (listed.length > 0 && !listed.includes(wanted)) {
    const text = `image Manifest does not contain descriptor matching platform 'linux/${wanted}'`;
    return fail(
      attempt.fargate
        ? `pull image manifest has been retried 1 time(s): failed to resolve ref ${shown}: ${text}`
        : text,
      REFUSED_MS,
    );
  }
  if (found !== undefined) pinDigest(attempt, container, String(found.imageDigest ?? ''));
  return pullLayers(attempt, { region, repository: image.repository, account, fail });
}

/** ECR answers with an address in S3 for each layer; the layers take that path. */
function pullLayers(
  attempt: StartAttempt,
  { region, repository, account, fail }: { region: string; repository: string; account: string; fail: Fail },
): StartFailure | undefined {
  const { state } = attempt.world.account;
  const bucket = `prod-${region}-starport-layer-bucket`;
  const host = `${bucket}.s3.${region}.amazonaws.com`;
  const permission = callApi(state, executionCaller(attempt), {
    host: `${account}.dkr.ecr.${region}.amazonaws.com`,
    action: 'ecr:GetDownloadUrlForLayer',
    resource: `arn:aws:ecr:${region}:${account}:repository/${repository}`,
    resourcePolicy: policyOf(repositoryNamed(state, repository, account)),
    owner: account,
  });
  const failed = (why: string) =>
    attempt.fargate
      ? `ref pull has been retried 5 time(s): failed to copy: httpReadSeeker: failed open: ${why}`
      : `Error response from daemon: error pulling image configuration: ${why}`;
  if (permission.kind === 'denied') return fail(failed('unexpected status code 403 Forbidden'), REFUSED_MS);
  const layer = `https://${host}/${attempt.world.account.newHex(32)}/sha256:${attempt.world.account.newHex(64)}`;
  const answer = callApi(
    state,
    { ...executionCaller(attempt), roleArn: undefined },
    {
      host,
      action: 's3:GetObject',
      resource: `arn:aws:s3:::${bucket}/layer`,
    },
  );
  if (answer.kind === 'done') return undefined;
  if (answer.kind === 'denied')
    return fail(failed(`unexpected status code ${layer}: 403 Forbidden`), REFUSED_MS);
  return fail(failed(`failed to do request: Get "${layer}": ${dialError(host, answer)}`), 2 * NO_ANSWER_MS);
}

function pullFromElsewhere(
  attempt: StartAttempt,
  container: Container,
  fail: Fail,
): StartFailure | undefined {
  const image = parseImage(container.image ?? '');
  const host = image.registry === 'docker.io' ? 'registry-1.docker.io' : image.registry;
  const connection = connect(attempt.world.account.state, attempt.from, host);
  const shown = `${image.registry}/${image.repository}${image.tag === undefined ? '' : `:${image.tag}`}`;
  const url = `https://${host}/v2/${image.repository}/manifests/${image.digest ?? image.tag ?? 'latest'}`;
  if (connection.open) {
    const refused = refusedElsewhere(attempt, container, { image, shown, url });
    return refused === undefined ? undefined : fail(refused.reason, refused.tookMs);
  }
  return fail(wordsFor(attempt, { shown, url }).noAnswer(dialError(host, connection)), NO_ANSWER_MS);
}

/** What the two runtimes say: containerd on Fargate, Docker's daemon on EC2. */
function wordsFor(attempt: StartAttempt, { shown, url }: { shown: string; url: string }) {
  if (!attempt.fargate) {
    const daemon = 'Error response from daemon:';
    const registry = url.slice(0, url.indexOf('/v2/') + '/v2/'.length);
    return {
      noAnswer: (why: string) =>
        why.startsWith('dial tcp: lookup')
          ? `${daemon} Get "${registry}": ${why}`
          : `${daemon} Get "${registry}": net/http: request canceled while waiting for connection (Client.Timeout exceeded while awaiting headers)`,
      denied: (message: string) =>
        `${daemon} pull access denied for ${shown}, repository does not exist or may require 'docker login': denied: ${message}`,
      noRepository: (name: string, account: string) =>
        `${daemon} repository ${shown} not found: name unknown: The repository with name '${name}' does not exist in the registry with id '${account}'`,
      notFound: `${daemon} manifest for ${shown} not found: manifest unknown: Requested image not found`,
    };
  }
  const resolve = (times: number) =>
    `pull image manifest has been retried ${times} time(s): failed to resolve ref ${shown}:`;
  return {
    noAnswer: (why: string) => `${resolve(5)} failed to do request: Head "${url}": ${why}`,
    denied: () => `${resolve(1)} unexpected status from HEAD request to ${url}: 403 Forbidden`,
    noRepository: (name: string, account: string) =>
      `${resolve(1)} ${shown}: not found: name unknown: The repository with name '${name}' does not exist in the registry with id '${account}'`,
    notFound: `${resolve(1)} ${shown}: not found`,
  };
}

/** What Go's dialler says. */
export function dialError(
  host: string,
  failure: { cause: 'unresolved' | 'timeout'; address: string },
): string {
  return failure.cause === 'unresolved'
    ? `dial tcp: lookup ${host}: no such host`
    : `dial tcp ${failure.address}:443: i/o timeout`;
}

function repositoryOf(state: Snapshot, image: ImageReference): Repository | 'missing' | 'unlisted' {
  const { account = '', region } = image.ecr ?? {};
  return region === state.account.region ? repositoryNamed(state, image.repository, account) : 'unlisted';
}

function repositoryNamed(
  state: Snapshot,
  name: string,
  account: string,
): Repository | 'missing' | 'unlisted' {
  const found = state.ecr.repositories.find(
    (one) => one.repositoryName === name && (one.registryId ?? state.account.id) === account,
  );
  if (found !== undefined) return found;
  return account === state.account.id ? 'missing' : 'unlisted';
}

function policyOf(repository: Repository | 'missing' | 'unlisted'): PolicyDocument | undefined {
  return typeof repository === 'string' ? undefined : repository.policy;
}

/** The image that a digest or a tag means in a repository. */
export function findImage(
  repository: Repository,
  image: ImageReference,
): Record<string, unknown> | 'missing' {
  const found = repository.images.find((one) =>
    image.digest === undefined
      ? image.tag !== undefined && one.imageTags?.includes(image.tag)
      : one.imageDigest === image.digest,
  );
  return found ?? 'missing';
}

/** The recorded image that a container runs, when the account's own registry shows it. */
export function recordedImage(state: Snapshot, container: Container): Record<string, unknown> | undefined {
  const image = parseImage(container.image ?? '');
  if (image.ecr === undefined) return undefined;
  const repository = repositoryOf(state, image);
  const found = typeof repository === 'string' ? undefined : findImage(repository, image);
  return found === 'missing' ? undefined : found;
}

export function architecturesOf(image: Record<string, unknown>): string[] {
  const value = image.architecture;
  return (Array.isArray(value) ? value.map(String) : typeof value === 'string' ? value.split(',') : []).map(
    (one) => one.trim(),
  );
}

function isIndex(image: Record<string, unknown>): boolean {
  return /index|manifest\.list/.test(String(image.imageManifestMediaType ?? ''));
}

/** The architecture that the task runs on, in the words of image manifests. */
export function platformOf({ definition }: StartAttempt): 'amd64' | 'arm64' {
  return definition.runtimePlatform?.cpuArchitecture === 'ARM64' ? 'arm64' : 'amd64';
}
