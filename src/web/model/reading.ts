// How much of a part of a card has passed before the reader's eyes. Geometry only. What is known is one stretch of the part:
// reading on, down or up, makes it longer, and a jump over the middle begins another.

/** From a first to a last pixel. */
export interface Span {
  readonly top: number;
  readonly bottom: number;
}

/** The stretch that was in view, counted from the top of the part; null before any was. */
export type Read = Span | 'all' | null;

/** What is known of a part that now stands at `part`, while `view` of the window can be seen. What was read whole stays so. */
export function readNow(before: Read, part: Span, view: Span): Read {
  if (before === 'all') return before;
  const top = Math.max(part.top, view.top) - part.top;
  const bottom = Math.min(part.bottom, view.bottom) - part.top;
  if (bottom < top) return before;
  const joined = before !== null && top <= before.bottom && bottom >= before.top;
  const now = joined
    ? { top: Math.min(top, before.top), bottom: Math.max(bottom, before.bottom) }
    : { top, bottom };
  return now.top <= slackPx && now.bottom >= part.bottom - part.top - slackPx ? 'all' : now;
}

/** How far down the window has to move, in pixels, to go on reading a part that stands at `part`. */
export function wayOn(read: Read, part: Span, view: Span): number {
  const from = read === null || read === 'all' || read.top > slackPx ? 0 : read.bottom;
  return part.top + from - view.top - lineAbovePx;
}

// A browser places things at parts of a pixel.
const slackPx = 2;
// So that the eye finds where it left off.
const lineAbovePx = 12;
