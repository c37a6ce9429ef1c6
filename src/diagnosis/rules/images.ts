// Images a start could not pull: gone, forbidden, behind credentials, or throttled. A registry answers 403 for a digest that is gone and
// 404 for a repository one may not see, so what ECR and IAM hold decides, and its answer only says where to look.

import { below } from '../evidence.ts';
import type { Facts } from '../facts/facts.ts';
import { DOCKER_HUB, type ImageReference, imageReference, repositoryArn } from '../facts/image-reference.ts';
import { type ImageState, imageState, pullPermissions } from '../facts/image-state.ts';
import { refusalIn } from '../facts/refusal.ts';
import { secretState } from '../facts/secret-state.ts';
import type { StartFailure } from '../facts/start-failure.ts';
import { roleWords, startRole } from '../facts/start-role.ts';
import { imagesOf, isVague, secretsOf, wasRefused } from '../facts/start-subjects.ts';
import { isAhead } from '../facts/steps-ahead.ts';
import { recentChange } from '../facts/trail.ts';
import { untold } from '../resources.ts';
import { noRole, withRole } from './acting-role.ts';
import { culpritsOf, remedyOf, type Weighed, weigh } from './refused.ts';
import { distinctRefs, found, type Judgement, type Rule, refuted } from './rule.ts';
import { redeployFix, rollbackFrom } from './service-fixes.ts';
import { couldNotStart, quoted, startRule, subjectOf } from './start-rule.ts';

const MISSING = /^(?:not-found|404|RepositoryNotFound|ImageNotFound|ResourceNotFound|bad-reference)/i;
const UNAUTHENTICATED = /^(?:401|unauthenticated)/i;
const THROTTLED = /^(?:429|rate-limited|toomanyrequests|RateExceeded|ThrottlingException)/i;
const DELETIONS = /^(?:BatchDeleteImage|DeleteRepository|PutImage|PolicyExecutionEvent)$/;
const PINNED = /@sha256:|(?:blobs|manifests)\/sha256/;

const pulls = (start: StartFailure) => start.phase === 'pull' || isVague(start);

export const imageRules: readonly Rule[] = [
  startRule({ class: 'image-not-found', concerns: pulls, judge: notFound }),
  startRule({ class: 'exec-role-ecr-denied', concerns: pulls, judge: denied }),
  startRule({
    class: 'private-registry-auth',
    concerns: ({ phase }) => phase === 'pull',
    judge: credentials,
  }),
  startRule({ class: 'registry-rate-limit', concerns: ({ phase }) => phase === 'pull', judge: throttled }),
];

function notFound(start: StartFailure, facts: Facts): Judgement | undefined {
  if (THROTTLED.test(start.code) || start.code === 'platform' || start.code === 'no-space') return undefined;
  const states = imagesOf(start)
    .filter(({ ecr }) => ecr !== undefined)
    .map((image) => imageState(facts.bundle, image));
  const gone = states.find(({ state }) => ['moved', 'no-image', 'no-repository'].includes(state));
  if (gone !== undefined && !(isAhead(start) && mayAppearWithPull(gone)))
    return goneImage(gone, start, facts);
  const said = MISSING.test(start.code) || (wasRefused(start) && PINNED.test(start.whole));
  const open = states.filter(({ state }) => state === 'unseen');
  if (states.length > 0 && open.length === 0)
    return refuted(`${states[0]?.image.repository} holds ${idOf(states[0])} in its registry.`);
  if (!said) return undefined;
  const image = states[0]?.image ?? imagesOf(start)[0];
  return found({
    verdict: 'likely',
    title:
      `${subjectOf(facts)}: the image ${image?.raw ?? start.subject ?? ''} does not exist in its registry.`.replace(
        '  ',
        ' ',
      ),
    explanation: `${quoted(start)} ${open.length > 0 ? 'What the registry holds could not be read, and without permission on a repository it gives the same answer.' : 'Registries outside AWS are not asked from here, so look whether it was pushed under that name and tag.'}`,
    evidence: start.evidence,
    culprits: [image?.raw ?? start.subject ?? ''].filter((one) => one !== ''),
    cannotVerify: untold(open.flatMap(({ gaps }) => gaps)),
  });
}

/** The prefixes the console proposes: https://docs.aws.amazon.com/AmazonECR/latest/userguide/pull-through-cache.html */
const CACHED = /^(?:ecr-public|kubernetes|quay|docker-hub|github|gitlab|azure|chainguard)\//;

/** A pull-through cache makes repository and image when they are first pulled, so without a complaint their absence proves nothing. */
function mayAppearWithPull({ image, state }: ImageState): boolean {
  return state === 'no-repository' || CACHED.test(image.repository);
}

function goneImage(gone: ImageState, start: StartFailure, facts: Facts): Judgement {
  const { image, state } = gone;
  const change = recentChange(facts.bundle, image.repository, DELETIONS);
  const common = {
    verdict: 'proven' as const,
    evidence: distinctRefs([
      ...gone.evidence,
      ...start.evidence,
      ...(change === undefined ? [] : [change.at]),
    ]),
    culprits: [state === 'no-repository' ? `${image.host}/${image.repository}` : image.raw],
  };
  const after = `${couldNotStart(start)}${change === undefined ? '' : ` ${change.sentence}`}`;
  if (state === 'no-repository')
    return found({
      ...common,
      title: `${subjectOf(facts)}: the repository ${image.repository} does not exist.`,
      explanation: `The task definition pulls from ${image.host}, and ECR knows no repository ${image.repository} there. ${after} Create and fill it, or correct the image in a new revision.`,
    });
  if (state === 'moved')
    return found({
      ...common,
      title: `${subjectOf(facts)}: the image that the deployment pinned was deleted.`,
      explanation: `ECS fixed ${image.repository}:${image.tag} to ${shortDigest(image.digest)} when the deployment began, and that image is gone; the tag now points at ${shortDigest(gone.tagDigest)}. A new deployment pins what the tag means today. ${after}`,
      fixes: redeployFix(
        facts.service,
        `Makes ECS pin ${image.repository}:${image.tag} again, which now exists as ${shortDigest(gone.tagDigest)}.`,
      ),
    });
  return found({
    ...common,
    title: `${subjectOf(facts)}: the image ${image.repository}${image.tag === undefined ? '' : `:${image.tag}`} does not exist.`,
    explanation: `ECR has the repository ${image.repository} and no image ${idOf(gone)} in it. ${after} Push it, or name one that exists in a new revision.`,
    fixes: rollbackFrom(facts, image.raw),
  });
}

function denied(start: StartFailure, facts: Facts): Judgement | undefined {
  const images = imagesOf(start).filter(({ ecr }) => ecr !== undefined);
  if (
    images.length === 0 ||
    THROTTLED.test(start.code) ||
    ['platform', 'no-space', 'json'].includes(start.code)
  )
    return undefined;
  const refusal = refusalIn(start.whole);
  if (refusal !== undefined && !/^ecr/.test(refusal.action)) return undefined;
  const states = images.map((image) => imageState(facts.bundle, image));
  if (states.some(({ state }) => ['moved', 'no-image', 'no-repository'].includes(state)))
    return refuted('The image itself is gone; a registry answers that with the same refusal.');
  const actor = startRole(start, facts.bundle);
  if (actor.from === 'none' || actor.from === 'bare')
    return noRole(facts, start, { actor, reads: 'its image' });
  const { role } = actor;
  const permissions =
    role === undefined ? [] : images.flatMap((image) => pullPermissions(facts.bundle, role, image));
  const said = wasRefused(start) || UNAUTHENTICATED.test(start.code) || start.code === 'no-credentials';
  const maybe = MISSING.test(start.code);
  const weighed = weigh(facts.bundle, permissions, said ? { refusal } : undefined);
  if (weighed === undefined) return refuted(permissions[0]?.because ?? 'The role may pull.');
  // "Not found" is the registry's answer to both; without a permission that is missing for sure it speaks for the image.
  if (maybe && weighed.verdict !== 'proven') return undefined;
  const [image] = images;
  return found({
    verdict: weighed.verdict,
    title: `${subjectOf(facts)}: ${roleWords(actor)} may not pull ${image?.repository ?? 'the image'} from ECR.`,
    explanation: `${weighed.because} ${weighed.verdict === 'proven' ? `${couldNotStart(start)} ${remedy(image, facts, weighed)}` : quoted(start)}`,
    evidence: distinctRefs([
      ...weighed.evidence,
      ...start.evidence,
      ...(actor.at === undefined ? [] : [actor.at]),
    ]),
    culprits: culpritsOf(weighed, [role, image === undefined ? undefined : repositoryArn(image)]),
    lacks: weighed.lacks,
    cannotVerify: withRole(weighed.cannotVerify, facts, role === undefined ? start : undefined),
  });
}

function remedy(image: ImageReference | undefined, { bundle }: Facts, weighed: Weighed): string {
  const ofRole = weighed.missing[0]?.hindrance === 'role-lacks';
  return image?.ecr !== undefined && image.ecr.account !== bundle.account && ofRole
    ? `Account ${image.ecr.account} has to allow it in the policy of the repository as well; neither is changed from here.`
    : remedyOf(weighed);
}

function credentials(start: StartFailure, facts: Facts): Judgement | undefined {
  const unauthenticated = UNAUTHENTICATED.test(start.code);
  if (!unauthenticated && !(wasRefused(start) && refusalIn(start.whole) === undefined)) return undefined;
  const image = imagesOf(start)[0];
  if (image === undefined || image.ecr !== undefined || /\.ecr\./.test(start.whole)) return undefined;
  const container = start.task.containers.find(({ definition }) => {
    const own = imageReference(definition?.value.image ?? '');
    return own?.repository === image.repository && own.host === image.host;
  })?.definition;
  const given = container?.value.repositoryCredentials?.credentialsParameter;
  const host = image.host === DOCKER_HUB ? 'Docker Hub' : image.host;
  const common = {
    title: `${subjectOf(facts)}: ${host} asks for credentials that ${given === undefined ? 'were not given' : 'it does not accept'}.`,
    culprits: [given ?? start.task.revision],
  };
  if (container !== undefined && given === undefined)
    return found({
      ...common,
      verdict: unauthenticated ? 'proven' : 'likely',
      explanation: `${image.raw} is in a registry that answered "${start.code}", and its container names no repositoryCredentials. ${couldNotStart(start)} Put user and token in a secret and name it there; some registries give the same answer for an image that does not exist.`,
      evidence: distinctRefs([below(container, '.image'), ...start.evidence]),
      fixes: rollbackFrom(facts, image.raw),
    });
  const state = secretsOf(start)
    .map((one) => secretState(facts.bundle, one))
    .find(({ reference }) => reference.raw === given);
  if (state?.state === 'absent' || state?.state === 'deleted')
    return found({
      ...common,
      verdict: 'proven',
      explanation: `The secret with the credentials, ${state.reference.name}, ${state.state === 'absent' ? 'does not exist' : 'is scheduled for deletion'}. ${couldNotStart(start)}`,
      evidence: distinctRefs([...state.evidence, ...start.evidence]),
    });
  return found({
    ...common,
    verdict: 'likely',
    explanation:
      `${quoted(start)} ${given === undefined ? '' : 'Credentials are given; whether they are right is in the value of a secret, which is never read here.'}`.trim(),
    evidence: start.evidence,
    cannotVerify:
      given === undefined
        ? []
        : [{ what: 'whether the credentials are right', missingAction: 'secretsmanager:GetSecretValue' }],
  });
}

/** Only the registry knows its limits; nothing in the account shows them. */
function throttled(start: StartFailure, facts: Facts): Judgement | undefined {
  if (!THROTTLED.test(start.code)) return undefined;
  const image = imagesOf(start)[0];
  const host = image === undefined || image.host === DOCKER_HUB ? 'Docker Hub' : image.host;
  return found({
    verdict: 'likely',
    title: `${subjectOf(facts)}: ${host} limits how often images are pulled.`,
    explanation: `${quoted(start)} Nothing has to change, since ECS tries again by itself; the limit counts per address, so everything behind the same NAT gateway shares it. Signing in to the registry or keeping a copy in ECR ends it for good.`,
    evidence: start.evidence,
    culprits: image === undefined ? [] : [image.raw],
    // The revision that runs is of use only when it comes from elsewhere.
    fixes: image === undefined ? [] : rollbackFrom(facts, image.repository),
  });
}

function idOf(state: ImageState | undefined): string {
  const { tag, digest } = state?.image ?? {};
  return digest !== undefined ? shortDigest(digest) : `with tag ${tag ?? 'latest'}`;
}

function shortDigest(digest: string | undefined): string {
  return digest === undefined ? 'another image' : digest.slice(0, 19);
}
