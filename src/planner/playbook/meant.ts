// What a short reply means: "yes", "the second", "do it", a bare name. It picks from what was offered; nothing is ever picked that was not.

import type { Context } from './context.ts';
import { type Intent, type IntentKind, parseIntent } from './intents.ts';
import { namesInText } from './names.ts';
import { isGeneralOffer, OFFER_AGAIN, OFFER_STATEMENT } from './words.ts';

/** The message's intent; a "yes" or a bare name that picks an offer means that offer. */
export function understood(message: string, context: Context): { intent: Intent; question: string } {
  const intent = parseIntent(message);
  // While a change waits, a yes or a no is about it, and only its card or a command can decide it.
  if (isAboutWaiting(message, intent, context)) return { intent, question: message };
  const offer = offerMeant(message, intent, context);
  return offer === undefined
    ? { intent, question: message }
    : { intent: parseIntent(offer), question: offer };
}

/** True for a bare yes or no, and for nothing that also asks for something else. */
function isAboutWaiting(message: string, intent: Intent, { waiting }: Context): boolean {
  const picksOffer = ORDINALS.some((pattern) => pattern.test(message));
  return waiting !== null && !picksOffer && ['yes', 'act', 'no'].includes(intent.kind);
}

const ORDINALS: readonly RegExp[] = [
  /\b(?:first|1st)\b/i,
  /\b(?:second|2nd)\b/i,
  /\b(?:third|3rd)\b/i,
  /\b(?:fourth|4th)\b/i,
];

/** The offer that a short reply picks: by yes, by number or by the name it spells out. */
function offerMeant(message: string, intent: Intent, context: Context): string | undefined {
  const { offers } = context;
  const isShort = message.trim().split(/\s+/).length <= 4;
  const ordinal = ORDINALS.findIndex((pattern) => pattern.test(message));
  if (isShort && ordinal >= 0 && offers.length > 0) return offers[ordinal];
  if (intent.kind === 'act') return toDo(message, context);
  if (intent.kind === 'yes') return offers[0] ?? newestOrder(context);
  // The offers of a "which one?" spell the names out; answering with a name alone picks the one that holds it.
  const { names } = intent.entities;
  const isBareName = isShort && names.length > 0 && intent.kind === 'status';
  if (!isBareName) return undefined;
  const holding = offers.filter((offer) => names.every(({ text }) => namesInText(offer, [text]).length > 0));
  return holding.length === 1 ? holding[0] : undefined;
}

/** "Do it", "prepare it": the newest offer that does something; what was denied or came to nothing is prepared again. */
function toDo(message: string, context: Context): string | undefined {
  const [first] = context.offers;
  const isPlain = first !== undefined && !isGeneralOffer(first);
  if (isPlain && (isOrder(first) || !/\b(?:prepare|propose|create)\b/i.test(message))) return first;
  const order = newestOrder(context);
  if (order !== undefined) return order;
  const last = context.proposals.at(-1);
  if (last !== undefined && CAME_TO_NOTHING.has(last.state)) return OFFER_AGAIN;
  return lacksPermission(context) ? OFFER_STATEMENT : first;
}

const CAME_TO_NOTHING: ReadonlySet<string> = new Set([
  'denied',
  'expired',
  'stale',
  'failed',
  'voided',
  'superseded',
  'pending',
]);

/** The newest order among the offers since the last change. */
function newestOrder({ offers, offeredBefore }: Context): string | undefined {
  return [...offers, ...offeredBefore].find(isOrder);
}

function lacksPermission({ diagnosis }: Context): boolean {
  return diagnosis?.value.findings.some(({ lacks = [] }) => lacks.length > 0) === true;
}

function isOrder(offer: string): boolean {
  return ORDERS.has(parseIntent(offer).kind);
}

/** Taking a change back is never meant by "do it". */
const ORDERS: ReadonlySet<IntentKind> = new Set<IntentKind>([
  'fix',
  'again',
  'add-rule',
  'remove-rule',
  'scale',
  'pause-scaling',
  'restart',
  'rollback',
  'stop-task',
]);
