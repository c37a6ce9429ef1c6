// Which marks stand for a list of evidence: several places of one answer look alike to people, and one mark opens the answer.

import type { EvidenceRef } from '../../contract/finding.ts';

/** The first place in each answer, for marks that show nothing but the answer. */
export function oneOfEach(evidence: readonly EvidenceRef[]): EvidenceRef[] {
  return firstBy(evidence, ({ id }) => id);
}

/** The first place of each answer and note, for marks that show both. */
export function oneOfEachNote(evidence: readonly EvidenceRef[]): EvidenceRef[] {
  return firstBy(evidence, ({ id, note = '' }) => `${id} ${note}`);
}

function firstBy(evidence: readonly EvidenceRef[], key: (ref: EvidenceRef) => string): EvidenceRef[] {
  const first = new Map<string, EvidenceRef>();
  for (const ref of evidence) if (!first.has(key(ref))) first.set(key(ref), ref);
  return [...first.values()];
}
