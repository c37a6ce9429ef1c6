// Whether the bytes behind a card are those that an approval would name. Checked in the page itself, apart from the hub.

import { useEffect, useMemo, useState } from 'preact/hooks';
import type { ProposalDocument, ProposalView } from '../../contract/proposal.ts';
import { hex, signedBytes, signedDocument } from '../model/proposal-card.ts';

export type Verified = 'checking' | 'match' | 'mismatch' | 'unchecked';

// The digest is over this purpose, a zero byte, and the bytes; the node computes the same (src/approval/signed-bytes.ts).
const purpose = 'lockkeeper/approve/v1\0';

/**
 * The document to draw and whether its digest is the one named. `unchecked`: this browser offers no hashing here, as on a
 * page without TLS that is not on this machine.
 */
export function useVerified(view: ProposalView): { document: ProposalDocument; verified: Verified } {
  const { signed, digest } = view;
  const [verified, setVerified] = useState<Verified>('checking');
  const document = useMemo(() => signedDocument(signed), [signed]);
  useEffect(() => {
    const bytes = signedBytes(signed);
    const subtle: SubtleCrypto | undefined = globalThis.crypto?.subtle;
    if (bytes === null || document === null) {
      setVerified('mismatch');
      return undefined;
    }
    if (subtle === undefined) {
      setVerified('unchecked');
      return undefined;
    }
    let gone = false;
    const head = new TextEncoder().encode(purpose);
    const whole = new Uint8Array(head.length + bytes.length);
    whole.set(head);
    whole.set(bytes, head.length);
    subtle.digest('SHA-256', whole).then(
      (result) => {
        if (!gone) setVerified(hex(new Uint8Array(result)) === digest ? 'match' : 'mismatch');
      },
      () => {
        if (!gone) setVerified('unchecked');
      },
    );
    return () => {
      gone = true;
    };
  }, [signed, digest, document]);
  // Without a readable document the hub's copy is drawn so that something can be read; `mismatch` keeps Approve away.
  return { document: document ?? view.document, verified };
}
