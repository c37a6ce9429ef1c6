// The account that a conversation was read from, and whether its node is somewhere else by now.

import { useEffect, useState } from 'preact/hooks';
import type { StatusResponse } from '../../contract/api.ts';
import type { Api } from '../api.ts';
import type { ConversationView } from '../model/conversation.ts';
import { isSamePlace, isSameSession, lastRead, type Place, placeNow, placeThen } from '../model/place.ts';

export interface WhereRead {
  /** Null while nothing was read, or while it is not known where. */
  readonly place: Place | null;
  readonly at: number | null;
  /** Where the node is now, when that is another place. */
  readonly movedTo: Place | null;
}

const connectionsMax = 20;

/** Where the newest observation of `view` was made. */
export function useWhereRead(
  api: Api,
  status: StatusResponse | null,
  view: ConversationView | null,
): WhereRead {
  const read = view === null ? null : lastRead(view);
  const node = status?.nodes.find(({ id }) => id === read?.node);
  const known = status !== null && read !== null;
  const here = known && node !== undefined && isSameSession(node, read);
  const [found, setFound] = useState<{ readonly of: string; readonly place: Place | null } | null>(null);
  const wanted = known && !here ? `${read.node} ${read.at}` : null;
  // What is asked for is named by `wanted` alone: the status comes anew every few seconds.
  useEffect(() => {
    if (wanted === null || read === null) return undefined;
    let gone = false;
    api.audit({ event: 'node.connected', to: read.at, limit: connectionsMax }).then(
      ({ items }) => !gone && setFound({ of: wanted, place: placeThen(items, read) }),
      () => undefined,
    );
    return () => {
      gone = true;
    };
  }, [api, wanted]);
  if (read === null || status === null) return { place: null, at: read?.at ?? null, movedTo: null };
  if (here) return { place: placeNow(node), at: read.at, movedTo: null };
  const place = found !== null && found.of === wanted ? found.place : null;
  const now = node === undefined ? null : placeNow(node);
  const moved = place !== null && now !== null && !isSamePlace(place, now);
  return { place, at: read.at, movedTo: moved ? now : null };
}
