// Why a change was prepared: the finding of its conversation, for a card that stands outside of it.

import { useEffect, useState } from 'preact/hooks';
import type { Finding } from '../../contract/finding.ts';
import type { Api } from '../api.ts';
import { conversationView, type EvidenceMark } from '../model/conversation.ts';
import { currentFinding } from '../model/results.ts';

export interface Grounds {
  readonly finding: Finding | null;
  /** The observations that the finding cites, labelled as in the conversation. */
  readonly evidence: ReadonlyMap<string, EvidenceMark>;
}

const none: Grounds = { finding: null, evidence: new Map() };

/** The grounds in `conversation`, read once; none while they are on their way or cannot be read, as the card needs no more. */
export function useGrounds(api: Api, conversation: string | null): Grounds {
  const [known, setKnown] = useState<{ readonly of: string; readonly grounds: Grounds } | null>(null);
  useEffect(() => {
    if (conversation === null) return undefined;
    let gone = false;
    api.conversation(conversation).then(
      ({ events }) => {
        if (gone) return;
        const view = conversationView(events);
        setKnown({
          of: conversation,
          grounds: { finding: currentFinding(view), evidence: view.evidence },
        });
      },
      () => undefined,
    );
    return () => {
      gone = true;
    };
  }, [api, conversation]);
  return known !== null && known.of === conversation ? known.grounds : none;
}
