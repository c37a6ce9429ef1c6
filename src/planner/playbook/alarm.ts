// The shout of somebody whose customers stand outside: no service is named, and the whole account has to be looked at.

const ALARM =
  /^\W*(?:sev|p|prio(?:rity)?)[ -]?[01]\b|\b(?:customers?|users?|clients?|people|nobody|no ?one|everyone|we) (?:can(?:no|')?t|can not|cannot|are unable to|can|could not|couldn'?t) (?:log ?in|sign ?in|pay|order|buy|check ?out|use|reach|access|connect|open|load)\b|\b(?:production|prod|the (?:site|shop|website|app|store|whole thing)) (?:is |has )?(?:on fire|burning|dead|exploded|gone|broken)\b|^\W*(?:help[!\s]*!\s*\S|(?:mayday|sos|emergency|all hands|outage)\b)/i;
const IS_QUESTION_WHETHER = /^\s*(?:can|could|do|does|are|is|will)\b/i;

/** True for "sev1!!! customers can't pay"; a question whether they can is none. */
export function isAlarm(message: string): boolean {
  return ALARM.test(message) && !IS_QUESTION_WHETHER.test(message);
}
