// Environment files that a start may not read: they lie in S3, and the role that starts the task needs to get them there.

import type { Facts } from '../facts/facts.ts';
import { permissionOf } from '../facts/permission.ts';
import { refusalIn } from '../facts/refusal.ts';
import type { StartFailure } from '../facts/start-failure.ts';
import { environmentRequests } from '../facts/start-requests.ts';
import { roleWords, startRole } from '../facts/start-role.ts';
import { environmentFiles, wasRefused } from '../facts/start-subjects.ts';
import { allowedSentence, whatToDo, withRole } from './acting-role.ts';
import { culpritsOf, weigh } from './refused.ts';
import { distinctRefs, found, type Judgement, refuted } from './rule.ts';
import { subjectOf } from './start-rule.ts';

/** Environment files come from S3, read with the same role. */
export function fileDenied(start: StartFailure, facts: Facts): Judgement | undefined {
  const refused = wasRefused(start);
  if (!refused && start.reply !== 'unclear') return undefined;
  const actor = startRole(start, facts.bundle);
  const files = environmentFiles(start);
  const { role } = actor;
  const permissions =
    role === undefined
      ? []
      : environmentRequests(files).map((request) => permissionOf(facts.bundle, { role, ...request }));
  const weighed = weigh(facts.bundle, permissions, refused ? { refusal: refusalIn(start.whole) } : undefined);
  if (weighed === undefined)
    return permissions.length === 0 ? undefined : refuted(allowedSentence(permissions));
  return found({
    verdict: weighed.verdict,
    title: `${subjectOf(facts)}: ${roleWords(actor)} may not read their environment file.`,
    explanation: `${weighed.because} ${whatToDo(weighed, start)}`,
    evidence: distinctRefs([...weighed.evidence, ...start.evidence]),
    culprits: culpritsOf(weighed, [role, ...files]),
    lacks: weighed.lacks,
    cannotVerify: withRole(weighed.cannotVerify, facts, role === undefined ? start : undefined),
  });
}
