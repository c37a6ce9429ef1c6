// The beginnings of messages that say yes, no or please, and what is left behind them.

export type Lead = 'yes' | 'no' | null;

const YES =
  /^(?:yes|yep|yeah|yup|ya|y|sure|ok|okay|alright|right|absolutely|definitely|great|perfect|good|fine|correct|please do(?=[\s.!]*$)|please)\b(?:\s+(?:please|pls|thanks|thank you|sure))*[\s,.!;:-]*/i;
const NO = /^(?:no|nope|nah)\b(?:\s+(?:thanks|thank you|thx))?[\s,.!;:-]*/i;
const POLITE =
  /^(?:hi|hello|hey|(?:and|so|then|now|also|next|well|but)\b|please|pls|kindly|(?:can|could|would|will|might) (?:you|we|u)(?: please| pls)?(?!\s+(?:reach|connect|see if))|(?:i|we)(?:'d| would| want| need)?(?: like| love| want| need)?(?: you)? to|i(?:'d| would) like|let's|lets|go ahead and|just|maybe|try to)(?=[\s,:])[\s,:]*/i;

/** What people let out before they ask. */
const OUTCRY =
  /^(?:(?:oh|ah|aha|hm+|mhm|um+|uh|erm?|wow|whoa|ouch|argh+|ugh|ffs|omg|lol|damn|dammit|shit|crap|fuck|jesus|yikes|phew|dude|guys|folks)(?: no| my god| god)?(?=[\s,.!…:;-]|$)[\s,.!…:;-]*)+/i;
/** Taken back before something else is said: what follows counts. */
const TAKEN_BACK =
  /^(?:no[\s,.!]+)?(?:never ?mind|nvm|scratch that|forget (?:it|that))(?:\s*[,.;:!-]+\s*|\s+(?=(?:so|but|then)\b))(?=\S)/i;

/** Who says so is not what it is about. */
const REPORTED =
  /^(?:(?:my|our|the|some|all|many|a) )*(?:boss|manager|colleague|team|support|customers?|users?|clients?|people|everyone|everybody|somebody|someone|they)(?: (?:still|now|just|all|keep))* (?:says?|saying|said|tells? (?:me|us)|claims?|reports?|reporting|complains?|complaining|thinks?|find)(?: (?:that|about))?[\s,:]+(?=\S)/i;

/** Takes "Yes,", "no," and polite beginnings off, so that what is left starts with the verb. */
export function withoutLead(message: string): { text: string; lead: Lead } {
  let text = message.replace(OUTCRY, '').replace(TAKEN_BACK, '').replace(REPORTED, '');
  let lead: Lead = null;
  const yes = YES.exec(text);
  const no = yes === null ? NO.exec(text) : null;
  if (yes !== null) lead = 'yes';
  if (no !== null) lead = 'no';
  text = text.slice((yes ?? no)?.[0].length ?? 0);
  for (let peeled = text.replace(POLITE, ''); peeled !== text; peeled = text.replace(POLITE, ''))
    text = peeled;
  return { text, lead };
}
