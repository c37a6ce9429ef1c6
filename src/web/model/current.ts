// What a conversation comes to by now: its findings, and the newest numbers of the service it speaks of.

import type { Finding } from '../../contract/finding.ts';
import type { ConversationView } from './conversation.ts';
import { resultParts, type ServiceFacts } from './results.ts';
import { watchCounts } from './watch-chart.ts';

/** Facts with the time they were read at. */
export interface FactsAt extends ServiceFacts {
  readonly at: number;
  /** The node that read them. */
  readonly node: string | null;
}

/** The facts of the service the conversation speaks of: the newest result that has them, moved on by the newest look. */
export function currentService(view: ConversationView): FactsAt | null {
  const facts = [...view.calls.values()]
    .map(({ result, at, node }) => {
      const service = result?.status === 'ok' ? resultParts(result.output).service : null;
      return service === null ? null : { ...service, at, node };
    })
    .findLast((one) => one !== null);
  if (facts === null || facts === undefined) return null;
  const watch = [...view.watches.values()].findLast(
    ({ test }) => test.kind === 'service-steady' && test.service === facts.service,
  );
  const look = watch?.looks.at(-1);
  if (watch === undefined || look === undefined || look.at < facts.at || watchCounts(watch).running === null)
    return facts;
  // The deployment was read before the change; a look does not read it again.
  return {
    ...facts,
    at: look.at,
    running: look.running,
    pending: look.pending,
    desired: look.desired,
    deployment: null,
    targets: null,
  };
}

/** The first finding of every result of the conversation, oldest first. */
export function findingsOf(view: ConversationView): Finding[] {
  return [...view.calls.values()].flatMap(({ result }) =>
    result?.status === 'ok' ? resultParts(result.output).findings.slice(0, 1) : [],
  );
}

/** The newest finding that names a cause, or the newest of all. */
export function currentFinding(all: readonly Finding[]): Finding | null {
  return all.findLast((one) => one.class !== 'healthy' && one.class !== 'unknown') ?? all.at(-1) ?? null;
}

/** Whether the newest watch ended well and what is told as the cause was read before that: it is a thing of the past then. */
export function isOver(view: ConversationView): boolean {
  const watch = [...view.watches.values()].at(-1);
  if (watch?.state !== 'succeeded') return false;
  const ended = watch.looks.at(-1)?.at ?? watch.startedAt;
  const found = [...view.calls.values()].flatMap(({ at, result }) =>
    (result?.status === 'ok' ? resultParts(result.output).findings.slice(0, 1) : []).map((one) => ({
      at,
      one,
    })),
  );
  const current = currentFinding(found.map(({ one }) => one));
  return found.every(({ at, one }) => one !== current || at <= ended);
}
