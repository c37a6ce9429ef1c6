// What a failed start says: which step failed, and whether an answer came back. An answer (an error code, 403, 404) means the
// network worked; silence (a deadline, a time-out) means it did not, or not in time. The retry count is only a hint.

import type { EvidenceRef } from '../../contract/finding.ts';
import { below } from '../evidence.ts';
import { tidy } from '../network/peer.ts';
import { NO_SPACE } from './full-disk.ts';
import { speakingDriver } from './log-target.ts';
import type { ContainerFacts, TaskFacts } from './tasks.ts';

export type StartPhase =
  | 'network-interface'
  | 'pull'
  | 'secret'
  | 'env-file'
  | 'logger'
  | 'volume'
  | 'role'
  | 'container'
  | 'other';

export type Reply = 'answer' | 'silence' | 'dns' | 'closed' | 'unclear';

export interface StartFailure {
  readonly phase: StartPhase;
  readonly reply: Reply;
  /** The deciding word of the answer: an AWS error code or an HTTP status. */
  readonly code: string;
  /** What was wanted: image, secret, log group. Shown bounded. */
  readonly subject: string | undefined;
  /** AWS endpoint names the step needs, such as `secretsmanager`; empty when another host is needed. */
  readonly services: readonly string[];
  /** Host of a registry that is not ECR. */
  readonly host: string | undefined;
  /** As much of it as people read. */
  readonly text: string;
  /** All of it that is looked at; only ever matched. */
  readonly whole: string;
  readonly task: TaskFacts;
  /** All tasks whose start failed like this one's, itself among them. */
  readonly alike: readonly TaskFacts[];
  readonly evidence: readonly EvidenceRef[];
}

const SILENCE =
  /context deadline exceeded|RequestCanceled|i\/o timeout|Client\.Timeout|request canceled while waiting|send request failed|signal: killed|connect(?:ion)? timed? ?out|timed out|\btimeout\b|there is a connection issue between|because of a connection issue/i;
const DNS =
  /no such host|\blookup \S+( on \S+)?: (?!.*i\/o timeout)|temporary failure in name resolution|server misbehaving|failed to resolve ["'\u201c]?fs-/i;
const CLOSED = /connection (?:refused|reset)/i;
const CODE =
  /\b(AccessDenied\w*|UnauthorizedOperation|ResourceNotFound\w*|ParameterNotFound|InvalidParameters?|ValidationException|InvalidSignatureException|ExpiredToken\w*|KMS\.\w+|InvalidRequestException|InvalidCiphertext\w*|DecryptionFailure|ThrottlingException|RepositoryNotFound\w*|ImageNotFound\w*|RateExceeded|TooManyRequests\w*|toomanyrequests|NoSuchKey|NoSuchBucket)\b/;
const HTTP_STATUS =
  /(?:status code:? ?|: |\()(40[0134]|429|50[0234])(?:\b|\))|\b(401 Unauthorized|403 Forbidden|404 Not Found|429 Too Many Requests)/i;
const WORDS: readonly (readonly [RegExp, string])[] = [
  [
    /KMSInvalidState|\bDisabledException|DecryptionFailure|\bInvalidKeyId\b|:key\/\S{1,60} is (?:disabled|pending)/,
    'kms-state',
  ],
  [
    /manifest unknown|manifest for \S+ not found|repository .*does not exist(?! or may require)|: not found\b|image .* not found/i,
    'not-found',
  ],
  [
    /NoCredentialProviders|no valid providers in chain|EC2RoleRequestError|no EC2 IMDS role found/i,
    'no-credentials',
  ],
  [/pull access denied|requested access to the resource is denied/i, 'denied'],
  [
    /no basic auth credentials|authentication required|failed to fetch anonymous token|unauthorized/i,
    'unauthenticated',
  ],
  [/toomanyrequests|rate (?:limit )?exceeded|pull rate limit|429/i, 'rate-limited'],
  [/invalid character|unexpected end of json|did not contain json key|json key/i, 'json'],
  [/access denied by server|mount\.nfs4?: (?:access denied|permission denied)/i, 'denied'],
  [/mount\.nfs4?: .{0,200}no such file or directory/i, 'no-path'],
  // ECS cuts long answers off, so the end of the sentence may be missing.
  [/Access to KMS\b/i, 'kms-denied'],
  [/invalid ssm parameters?\b/i, 'InvalidParameters'],
  [/marked for deletion|scheduled for deletion/i, 'marked-for-deletion'],
  [/invalid reference format/i, 'bad-reference'],
  [
    /(?:no match for platform|does not (?:match|contain|provide).{0,40}platform|no matching manifest|image operating system|based image is incompatible with|container operating system does not match)/i,
    'platform',
  ],
  [NO_SPACE, 'no-space'],
  [/is not authorized to perform|not authorized/i, 'denied'],
];

/** What ECS says of every start that failed, whatever the cause. */
const GENERIC = /^Task failed to start\.?$/i;

/** Task and container often say the same, or the task only that it failed. */
function whatWasSaid(ofTask: string, ofContainer: string): string {
  if (ofContainer === '' || ofTask.includes(ofContainer)) return ofTask;
  return GENERIC.test(ofTask) || ofContainer.includes(ofTask) ? ofContainer : `${ofTask} ${ofContainer}`;
}

/** Reads the start failure of a task; undefined when its start did not fail. */
export function startFailure(task: TaskFacts): StartFailure | undefined {
  if (task.kind !== 'start') return undefined;
  const container =
    task.containers.find((one) => one.reason !== '' && !one.injected) ??
    task.containers.find((one) => one.reason !== '');
  const text = whatWasSaid(task.stoppedReason, container?.reason ?? '').slice(0, 4_000);
  const phase = phaseOf(text);
  return {
    phase,
    ...replyOf(text),
    subject: subjectOf(text, phase),
    ...wantedOf(text, phase, {
      image: imageDefined(task, container),
      driver: speakingDriver(task.containers),
    }),
    text: tidy(text, 400),
    whole: text,
    task,
    alike: [task],
    evidence: [
      below(task.observed, '.stoppedReason'),
      ...(container === undefined ? [] : [below(container.observed, '.reason')]),
    ],
  };
}

/** Whether an answer came back, from the words alone. */
export function replyOf(text: string): { reply: Reply; code: string } {
  const code = CODE.exec(text)?.[1];
  const status = HTTP_STATUS.exec(text);
  const word = WORDS.find(([pattern]) => pattern.test(text))?.[1];
  const answer = code ?? word ?? status?.[1] ?? status?.[2];
  // "failed to authorize … i/o timeout" has both; silence after a word about permission is still silence.
  if (SILENCE.test(text) && code === undefined && status === null)
    return { reply: DNS.test(text) ? 'dns' : 'silence', code: '' };
  if (answer !== undefined) return { reply: 'answer', code: word ?? answer };
  if (DNS.test(text)) return { reply: 'dns', code: '' };
  if (CLOSED.test(text)) return { reply: 'closed', code: '' };
  // containerd's word for a request that got no response at all; AWS may have cut off why.
  if (/failed to do request/i.test(text)) return { reply: 'silence', code: '' };
  return { reply: 'unclear', code: '' };
}

/** A place on the host, or one mount over another: no file system is asked. */
const BIND =
  /duplicate mount point|bind source path|invalid mount (?:config|path)|mount config for type|to rootfs at|directory onto a file/i;

function phaseOf(text: string): StartPhase {
  if (/network interface|\bENI\b|device index/i.test(text)) return 'network-interface';
  if (/unable to assume the role|assume role/i.test(text)) return 'role';
  if (/env(?:ironment)? files?/i.test(text)) return 'env-file';
  if (/logger args|logging driver|log (?:stream|group)/i.test(text)) return 'logger';
  if (BIND.test(text)) return 'container';
  if (/EFS|mount|volume/i.test(text)) return 'volume';
  if (/CannotPull|pull image|failed to resolve ref|ref pull/i.test(text)) return 'pull';
  if (/registry auth|secret|\bssm\b|parameter/i.test(text))
    return /ecr\.|GetAuthorizationToken|registry auth from/i.test(text) &&
      !/secretsmanager|from asm|ssm/i.test(text)
      ? 'pull'
      : 'secret';
  if (/CannotStart|CannotCreate|runc|exec:|OCI runtime/i.test(text)) return 'container';
  return 'other';
}

function subjectOf(text: string, phase: StartPhase): string | undefined {
  const arn = /arn:aws[a-z-]*:(?:secretsmanager|ssm|s3)[^\s'",)]+/.exec(text)?.[0];
  if (phase === 'secret' || phase === 'env-file')
    return arn === undefined ? undefined : tidy(arn.replace(/[.:]+$/, ''), 200);
  if (phase === 'pull') return imageOf(text);
  if (phase === 'logger') return /log-group:([^\s:]+)/.exec(text)?.[1];
  return undefined;
}

function imageOf(text: string): string | undefined {
  const image =
    /(?:resolve ref|manifest for|pull access denied for|failed to resolve reference|pulling image|image) "?([a-z0-9][\w.:/@-]*\/[\w.:/@-]+|[a-z0-9][\w./-]*:[\w.-]+)"?/i.exec(
      text,
    )?.[1] ??
    imageRequested(text) ??
    /\b(\d{12}\.dkr\.ecr\.[a-z0-9-]+\.amazonaws\.com\/[\w./-]+(?:[:@][\w.:-]+)?)/.exec(text)?.[1];
  return image === undefined ? undefined : tidy(image.replace(/[:.,]+$/, ''), 200);
}

/** The image behind a request to a registry's own address: `/v2/name/manifests/tag`. */
function imageRequested(text: string): string | undefined {
  const [, registry = '', name = '', kind, reference = ''] =
    /\b(\d{12}\.dkr\.ecr\.[a-z0-9-]+\.amazonaws\.com)\/v2\/([\w./-]{1,250}?)\/(manifests|blobs)\/([\w.:-]{1,128})/.exec(
      text,
    ) ?? [];
  if (kind === undefined) return undefined;
  // A blob is a part of an image; which image it was is not said.
  if (kind === 'blobs') return `${registry}/${name}`;
  const tag = reference.replace(/[.:]+$/, '');
  return `${registry}/${name}${tag.startsWith('sha256:') ? '@' : ':'}${tag}`;
}

/** The image whose pull failed, where the text does not name it: that of the container, or of the only one. */
function imageDefined(task: TaskFacts, told: ContainerFacts | undefined): string {
  const defined = task.containers.filter((one) => one.definition !== undefined);
  return (told ?? (defined.length === 1 ? defined[0] : undefined))?.definition?.value.image ?? '';
}

/** The layers of images in ECR lie in S3: when their download fails, the registry itself has answered. */
const LAYERS = /starport-layer-bucket|https:\/\/[^\s"/]{0,200}\bs3[.-][a-z0-9.-]{0,60}amazonaws\.com/i;

function wantedOf(
  text: string,
  phase: StartPhase,
  defined: { readonly image: string; readonly driver: string | undefined },
): { services: readonly string[]; host: string | undefined } {
  switch (phase) {
    case 'secret': {
      const parameter = /\bssm\b|parameter/i.test(text);
      const secret = /secretsmanager|from asm|\bsecret\b/i.test(text);
      // The bare "unable to pull secrets or registry auth" names no service; all that the step may need are checked.
      if (/from asm|secretsmanager/i.test(text)) return { services: ['secretsmanager'], host: undefined };
      if (parameter && !/secret arn/i.test(text)) return { services: ['ssm'], host: undefined };
      return {
        services: secret && !/registry auth/i.test(text) ? ['secretsmanager'] : ['ecr.api'],
        host: undefined,
      };
    }
    case 'logger':
      // Other drivers send their lines elsewhere.
      return { services: (defined.driver ?? 'awslogs') === 'awslogs' ? ['logs'] : [], host: undefined };
    case 'env-file':
      return { services: ['s3'], host: undefined };
    case 'pull': {
      if (LAYERS.test(text)) return { services: ['s3'], host: undefined };
      const image = imageOf(text) ?? defined.image;
      // The token for a registry is asked of ECR alone; other registries' credentials are a secret.
      if (/\becr\.|Amazon ECR|registry auth/i.test(text) || /\.dkr[.-]ecr/.test(image))
        return { services: ['ecr.api', 'ecr.dkr', 's3'], host: undefined };
      return { services: [], host: registryOf(image) };
    }
    default:
      return { services: [], host: undefined };
  }
}

/** An image without a registry host comes from Docker Hub. */
function registryOf(image: string): string {
  const [first = ''] = image.split('/');
  return image.includes('/') && /[.:]/.test(first) ? first : 'registry-1.docker.io';
}
