// Evidence beside a sentence: a small mark in running text, a chip below a card. Both open the observation.
// A citation of something the conversation has not observed is drawn dashed and says so.

import { createContext, type JSX } from 'preact';
import { useContext } from 'preact/hooks';
import type { EvidenceRef } from '../../contract/finding.ts';
import { useConsole } from '../context.ts';
import type { EvidenceMark } from '../model/conversation.ts';
import { shortened, visible } from '../model/words.ts';
import { Icon } from './icon.tsx';

/** The observations of the conversation that is drawn. */
export const EvidenceMarks = createContext<Marks>(new Map());

export type Marks = Pick<ReadonlyMap<string, EvidenceMark>, 'get'>;

/** `E7` in running text. */
export function Cite(props: { evidence: EvidenceRef }): JSX.Element {
  const { openEvidence } = useConsole();
  const mark = useContext(EvidenceMarks).get(props.evidence.id);
  if (mark === undefined) {
    return (
      <span class="cite gone" title={`no such evidence: ${visible(props.evidence.id)}`}>
        ?<span class="vh"> no evidence for this sentence</span>
      </span>
    );
  }
  return (
    <button class="cite" type="button" onClick={() => openEvidence(props.evidence, mark.label)}>
      <span class="vh">evidence </span>
      {mark.label}
    </button>
  );
}

/** `E7 outbound rules` below a card. */
export function EvidenceChip(props: { evidence: EvidenceRef }): JSX.Element {
  const { openEvidence } = useConsole();
  const mark = useContext(EvidenceMarks).get(props.evidence.id);
  const words = visible(
    shortened(props.evidence.note ?? mark?.aws.action.split(':').at(-1) ?? props.evidence.path, 48),
  );
  if (mark === undefined) {
    return (
      <span class="ev gone">
        <Icon name="unknown" tone="off" small />
        {words}
      </span>
    );
  }
  return (
    <button class="ev" type="button" onClick={() => openEvidence(props.evidence, mark.label)}>
      <b>{mark.label}</b>
      <span class="ev-note">{words}</span>
    </button>
  );
}
