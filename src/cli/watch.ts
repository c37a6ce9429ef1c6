// The watch after an approved change, followed from the command line. It goes on in the hub whoever looks.

import type { ChatDelta, ChatEvent, WatchView } from '../contract/chat.ts';
import type { ProposalView } from '../contract/proposal.ts';
import type { HubClient } from './hub-client.ts';

/**
 * Follows the watch of a change that is done until the watch ends or `signal` aborts, and returns it as last seen.
 * Null when the change has nothing to watch. Looks that happened before are reported too.
 */
export async function followWatch(
  client: HubClient,
  proposal: ProposalView,
  options: { readonly signal: AbortSignal; onEvent(event: ChatEvent | ChatDelta): void },
): Promise<WatchView | null> {
  if (proposal.state !== 'done' || proposal.document.display.success.kind === 'none') return null;
  const stop = new AbortController();
  const signal = AbortSignal.any([stop.signal, options.signal]);
  let last: WatchView | null = null;
  // The hub stores the opening of the watch together with `done`, so its events are there or about to come.
  for await (const event of client.events(proposal.conversation, 0, signal)) {
    if (event.type !== 'watch.started' && event.type !== 'watch.looked' && event.type !== 'watch.ended')
      continue;
    if (event.watch.proposal !== proposal.id) continue;
    last = event.watch;
    options.onEvent(event);
    if (event.type === 'watch.ended') stop.abort();
  }
  return last;
}
