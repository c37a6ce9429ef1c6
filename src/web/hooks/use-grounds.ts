// Why a change was prepared, for a card that stands outside of its conversation.

import { useEffect, useState } from 'preact/hooks';
import type { ProposalView } from '../../contract/proposal.ts';
import type { Api } from '../api.ts';
import { conversationView, type EvidenceMark } from '../model/conversation.ts';
import { findingsOf } from '../model/current.ts';
import { type Grounds, groundsOf, noGrounds } from '../model/grounds.ts';

export interface GroundsAndEvidence extends Grounds {
  /** The observations that the finding cites, labelled as in the conversation. */
  readonly evidence: ReadonlyMap<string, EvidenceMark>;
}

const none: GroundsAndEvidence = { ...noGrounds, evidence: new Map() };

/** The grounds of `proposal`, read once; none while they are on their way or cannot be read, as the card needs no more. */
export function useGrounds(api: Api, proposal: ProposalView | null): GroundsAndEvidence {
  const [known, setKnown] = useState<{ readonly of: string; readonly grounds: GroundsAndEvidence } | null>(
    null,
  );
  const id = proposal?.id ?? null;
  // A proposal is asked for again and again; what does not change of it is what its grounds are read by.
  useEffect(() => {
    if (proposal === null) return undefined;
    let gone = false;
    api.conversation(proposal.conversation).then(
      ({ events }) => {
        if (gone) return;
        const view = conversationView(events);
        const grounds = groundsOf(view, findingsOf(view), proposal);
        setKnown({ of: proposal.id, grounds: { ...grounds, evidence: view.evidence } });
      },
      () => undefined,
    );
    return () => {
      gone = true;
    };
  }, [api, id]);
  return known !== null && known.of === id ? known.grounds : none;
}
