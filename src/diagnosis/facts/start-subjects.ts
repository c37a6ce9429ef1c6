// What a failed start was about, as exactly as its text and the task definition say: which images, secrets, log groups, roles.

import type { Facts } from './facts.ts';
import { type ImageReference, imageReference } from './image-reference.ts';
import { type LogTarget, logTargets } from './log-target.ts';
import { isNamedIn, type SecretReference, secretReferences } from './secret-reference.ts';
import type { StartFailure } from './start-failure.ts';

const DENIED = /^(?:AccessDenied|Unauthorized|denied$|403|kms|KMS)/i;
const ROLES_MAX = 3;
const SECRETS_MAX = 8;
const IMAGES_MAX = 3;

/** True when AWS refused something, by the words of the start. */
export function wasRefused({ code }: StartFailure): boolean {
  return DENIED.test(code);
}

/** The bare "unable to pull secrets or registry auth" says neither which of both nor why. */
export function isVague(start: StartFailure): boolean {
  return start.reply === 'unclear' && /pull secrets or registry auth/i.test(start.whole);
}

/** Roles that ECS says it could not assume, from events and from tasks. */
export function assumedRoles(facts: Pick<Facts, 'complaints' | 'starts'>): string[] {
  const texts = [
    ...facts.complaints.map(({ message }) => message),
    ...facts.starts.filter(({ phase }) => phase === 'role').map(({ whole }) => whole),
  ].filter((text) => /assume/i.test(text));
  const arns = texts.flatMap(
    (text) => text.match(/arn:aws[a-z-]*:iam::\d{12}:role\/[\w+=,.@/-]{1,500}/g) ?? [],
  );
  return [...new Set(arns.map((arn) => arn.replace(/[.,]+$/, '')))].slice(0, ROLES_MAX);
}

/** The images a failed start was about: the one its text names, else those of containers that say so, else all of the definition. */
export function imagesOf(start: StartFailure): ImageReference[] {
  const named = start.subject === undefined ? undefined : imageReference(start.subject);
  const own = start.task.containers.filter(({ definition }) => definition !== undefined);
  const complaining = own.filter(({ reason }) => /pull/i.test(reason));
  const containers = complaining.length > 0 ? complaining : own;
  const references = containers.flatMap(
    ({ definition }) => imageReference(definition?.value.image ?? '') ?? [],
  );
  if (named === undefined) return references.slice(0, IMAGES_MAX);
  // The text may pin a digest that the definition does not, or lack the tag that it has.
  const defined = references.find(
    ({ host, repository }) => repository === named.repository && host === named.host,
  );
  const tag = /:[\w][\w.-]*(?:@|$)/.test(named.raw.split('/').at(-1) ?? '')
    ? named.tag
    : (defined?.tag ?? named.tag);
  return [{ ...named, tag: named.digest !== undefined ? (defined?.tag ?? named.tag) : tag }];
}

/** The secrets a failed start may be about: those its text names, else all of the definition. */
export function secretsOf(start: StartFailure): SecretReference[] {
  const { definition } = start.task;
  if (definition === undefined) return [];
  const all = secretReferences(definition).filter(
    ({ used }) => start.phase !== 'pull' || used === 'repositoryCredentials',
  );
  const named = all.filter((one) => isNamedIn(one, start.whole));
  return (named.length > 0 ? named : all).slice(0, SECRETS_MAX);
}

/** The log group that a failed logger wanted. */
export function logTargetsOf(start: StartFailure): LogTarget[] {
  const all = logTargets(start.task);
  const named = all.filter(({ group }) => start.whole.includes(group));
  return named.length > 0 ? named : all;
}

/** ARNs of the environment files a failed start may be about. */
export function environmentFiles(start: StartFailure): string[] {
  const all = start.task.containers.flatMap(({ definition }) =>
    (definition?.value.environmentFiles ?? []).flatMap(({ value }) => value ?? []),
  );
  const named = all.filter((file) => start.whole.includes(file.split(':::').at(-1) ?? file));
  return [...new Set(named.length > 0 ? named : all)].slice(0, 5);
}
