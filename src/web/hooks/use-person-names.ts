// The names of people who decided. A proposal knows its deciders by id only; the audit log names them.

import { useEffect, useMemo, useState } from 'preact/hooks';
import type { Person } from '../../contract/api.ts';
import type { ProposalView } from '../../contract/proposal.ts';
import type { Api } from '../api.ts';
import { deciderOf } from '../model/audit-row.ts';

const decisionEvents = ['proposal.approved', 'proposal.denied'] as const;
const lookedAt = 100;

/** Names by id; asks again only when a decision by somebody not yet seen appears. Who is not found keeps the id. */
export function usePersonNames(
  api: Api,
  me: Person,
  proposals: readonly ProposalView[],
): ReadonlyMap<string, string> {
  const [found, setFound] = useState<ReadonlyMap<string, string>>(new Map());
  const ids = new Set(proposals.flatMap(({ decisions }) => decisions.map(({ person }) => person)));
  ids.delete(me.id);
  const wanted = [...ids].sort().join(' ');
  useEffect(() => {
    if (wanted === '') return undefined;
    let gone = false;
    const pages = decisionEvents.map((event) =>
      api.audit({ before: undefined, q: '', event, conversation: undefined, limit: lookedAt }),
    );
    Promise.all(pages).then(
      (answers) => {
        if (!gone) setFound(new Map(answers.flatMap(({ items }) => items.flatMap(deciderOf))));
      },
      // Without the log the ids stay: the decision is still said, by whom only less readably.
      () => undefined,
    );
    return () => {
      gone = true;
    };
  }, [api, wanted]);
  return useMemo(() => new Map([...found, [me.id, me.name]]), [found, me.id, me.name]);
}
