// What every part of the page may use: the API, who is signed in, the hub's state, and a few things only the shell can do.

import { createContext } from 'preact';
import { useContext } from 'preact/hooks';
import type { StatusResponse } from '../contract/api.ts';
import type { ConversationSummary } from '../contract/chat.ts';
import type { EvidenceRef } from '../contract/finding.ts';
import type { Api, ApiError, Me } from './api.ts';

export interface Console {
  readonly api: Api;
  readonly me: Me;
  readonly status: StatusResponse | null;
  /** Newest first, or null until the hub has answered once. */
  readonly conversations: readonly ConversationSummary[] | null;
  /** Set while the hub does not answer. */
  readonly trouble: ApiError | null;
  /** Asks the hub again for status and conversations. */
  refresh(): void;
  /** Opens an observation in the drawer. `ref.path` is marked. */
  openEvidence(ref: EvidenceRef, label: string): void;
  /** Says a word at the corner of the page, such as "Copied". */
  toast(text: string): void;
}

export const ConsoleContext = createContext<Console | null>(null);

/** The console of the page. Only parts inside the shell may ask. */
export function useConsole(): Console {
  const value = useContext(ConsoleContext);
  if (value === null) throw new Error('this part stands outside the shell');
  return value;
}
