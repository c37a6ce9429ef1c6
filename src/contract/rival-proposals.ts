// Changes that wait for the same thing: once one of them has run, the others were worked out against a state that is gone. Whoever decides one
// has to know of the others, also when another conversation prepared them.

import type { ProposalDocument, ProposalView } from './proposal.ts';

type Waiting = Pick<ProposalView, 'id' | 'state' | 'document'>;

/** Those of `all` that can still be decided and touch what `proposal` touches. */
export function rivalsOf<T extends Waiting>(proposal: Waiting, all: readonly T[], nowMs: number): T[] {
  const own = touchedBy(proposal.document);
  return all.filter(
    ({ id, state, document }) =>
      id !== proposal.id &&
      state === 'pending' &&
      document.exp > nowMs &&
      isSamePlace(document, proposal.document) &&
      touchedBy(document).some((one) => own.includes(one)),
  );
}

function isSamePlace(a: ProposalDocument, b: ProposalDocument): boolean {
  return a.account === b.account && a.region === b.region;
}

/** What is changed, and the service that is to be well afterwards. */
function touchedBy({ targets, args, display: { success } }: ProposalDocument): string[] {
  const watched = success.kind === 'service-steady' ? serviceKey(success.cluster, success.service) : null;
  const named = serviceKey(args.cluster, args.service);
  return [...targets, watched, named].filter((one) => one !== null);
}

function serviceKey(cluster: unknown, service: unknown): string | null {
  if (typeof cluster !== 'string' || typeof service !== 'string') return null;
  return `service ${cluster.split('/').at(-1)}/${service.split('/').at(-1)}`;
}
