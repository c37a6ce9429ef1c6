// Whether a message asks about money and size, or about scaling that swings. Services are called after what they do, so names alone ask for nothing.

import { COMPLAINS } from './orders.ts';
import type { Reading } from './reading.ts';

/** True for "how much does checkout cost?", "is it oversized?". */
export function asksCost(reading: Reading): boolean {
  const money =
    reading.has('cost') &&
    !reading.says(TROUBLE) &&
    !reading.says(IMPOSSIBLE) &&
    !(reading.says(STATE_OF_A_NAME) && !reading.says(MONEY));
  return money;
}

/** True for "why does it scale up and down?", "autoscaling is flapping": the number of tasks does not stay. */
export function asksSwinging(reading: Reading): boolean {
  return reading.says(SWINGS) || (SCALING.test(reading.text) && reading.says(COMPLAINS));
}

const SCALING = /\b(?:auto-?)?scal(?:e|es|ed|ing|er)\b/;

/** Services are called after what they do: "why is pricing not healthy?" asks for no price. */
const TROUBLE =
  /\b(?:un)?healthy\b|\b(?:fail(?:ing|ed|s)?|broken|down|crash\w*|stuck|restarting|dying|unavailable|sick)\b|\b\d+\s*\/\s*\d+\b|\bwrong with\b|\bkeeps? chang/;

/** "Why can I not open a shell in pricing?": something is not possible, and no word but a name speaks of money. */
const IMPOSSIBLE =
  /^(?!.*\b(?:cheap\w*|costs?|costly|expensive|spend\w*|savings?|bills?)\b).*\bwhy (?:can|could|does|do|did|will)\b.*\b(?:not|never)\b/;

/** "What's up with pricing", "how is billing doing", "is pricing at 3 of 4": the word stands where the name of a service does. */
const STATE_OF_A_NAME =
  /\bwhat(?:'s|s| is)? (?:up|going on|happening|the matter|wrong) with\b|\bhow(?:'s|s| is| are) \S+ (?:doing|going|now|today)\b|\bhow(?:'s|s| is) \S+\s*\?*$|\b\d+ ?(?:\/|of|out of) ?\d+\b|\b(?:status|state|health|logs?) (?:of|for) \S+|\bis \S+ (?:ok|okay|up|fine|alive|well|good)\b|^\S+ status\b/;
const MONEY =
  /\b(?:cost|costs|price|prices|expensive|cheap\w*|spend|bill|savings?|\w*sized|\w*provisioned|right-?siz\w*)\b/;

/** Scaling that goes up and down. */
const SWINGS =
  /\bscal\w* (?:[a-z-]+ ){0,2}(?:up and down|in and out|out and in|back and forth|all the time|constantly)\b|\boscillat|\b(?:auto-?)?scaling (?:is |keeps? )?(?:flapping|swinging|thrashing)\b|\b(?:up and down|back and forth)\b.*\b(?:scal|tasks?|count)/;
