// Changes of the same thing that wait beside the one on a card, from whatever conversation.

import { useEffect, useState } from 'preact/hooks';
import type { ProposalView } from '../../contract/proposal.ts';
import { rivalsOf } from '../../contract/rival-proposals.ts';
import { useConsole } from '../context.ts';

/** Asked for anew whenever the number of changes that wait differs; none while it is not known, as the card needs no more. */
export function useRivals(proposal: ProposalView, pending: boolean): readonly ProposalView[] {
  const { api, status } = useConsole();
  const waiting = pending ? (status?.pendingProposals ?? 0) : 0;
  const [found, setFound] = useState<readonly ProposalView[]>([]);
  // What does not change of a proposal is what its rivals are known by.
  useEffect(() => {
    setFound([]);
    if (waiting < 2) return undefined;
    let gone = false;
    api.proposals('pending').then(
      ({ items }) => !gone && setFound(rivalsOf(proposal, items, Date.now())),
      () => undefined,
    );
    return () => {
      gone = true;
    };
  }, [api, waiting, proposal.id]);
  return found;
}
