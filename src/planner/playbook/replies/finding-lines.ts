// How a finding is told, whatever it is about: the cause with the certainty it has, what else was found, what could not be checked.

import type { Finding } from '../../../contract/finding.ts';
import { quoted } from '../view.ts';
import { citeFinding } from '../words.ts';

/** The deciding cause: its title in bold, then why. */
export function causeLines(cause: Finding, evidence: readonly string[]): string[] {
  const heading =
    cause.verdict === 'proven'
      ? 'The cause is proven'
      : cause.verdict === 'likely'
        ? 'The likely cause'
        : 'A possible cause';
  return [
    `**${heading}: ${quoted(cause.title)}**${citeFinding(cause, evidence)}`,
    `${quoted(cause.explanation, 800)}${citeFinding(cause, evidence)}`,
  ];
}

/** The causes beside the deciding one, a line each. */
export function otherCauseLines(others: readonly Finding[], evidence: readonly string[]): string[] {
  return others
    .slice(0, 2)
    .map((other) => `Also ${other.verdict}: ${quoted(other.title)}${citeFinding(other, evidence)}`);
}

/** The verdict that is no cause: healthy, or not known. */
export function outcomeLines(findings: readonly Finding[], evidence: readonly string[]): string[] {
  const verdict =
    findings.find((one) => one.class === 'healthy') ?? findings.find((one) => one.class === 'unknown');
  return verdict === undefined
    ? []
    : [`${quoted(verdict.title)} ${quoted(verdict.explanation, 800)}${citeFinding(verdict, evidence)}`];
}

/** Reads that were denied, with the permission each needs. */
export function notCheckedLines(findings: readonly Pick<Finding, 'cannotVerify'>[]): string[] {
  const gaps = findings.flatMap((one) => one.cannotVerify);
  const unique = [...new Map(gaps.map((gap) => [`${gap.what}|${gap.missingAction}`, gap])).values()];
  return unique
    .slice(0, 3)
    .map((gap) => `Not checked: ${quoted(gap.what)}. \`${quoted(gap.missingAction, 80)}\` would show it.`);
}
