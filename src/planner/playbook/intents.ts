// What a message asks for. Read from its words alone: concepts, a few fixed phrases, and whether it asks or orders.
// A change is recognised only in an order ("add …", "could you scale …"), never in a question or behind "don't".

import { isAlarm } from './alarm.ts';
import { ASIDE_WORDS, type AsideKind, asideOf, spelled } from './asides.ts';
import { beyondReach } from './beyond.ts';
import { asksCost, asksSwinging } from './cost-question.ts';
import { type Entities, readEntities } from './entities.ts';
import { type Lead, withoutLead } from './lead.ts';
import { type ChangeKind, changeOf } from './orders.ts';
import { isPastedError } from './pasted.ts';
import { Reading } from './reading.ts';
import { isAboutSpeed } from './speed.ts';
import { isOtherLanguage } from './tongue.ts';
import { topicAsked } from './topics.ts';

export type IntentKind =
  | AsideKind
  | ChangeKind
  | 'status'
  | 'why'
  | 'logs'
  | 'network'
  | 'deployments'
  | 'tasks'
  | 'compare'
  | 'cost'
  | 'swings'
  | 'changes'
  | 'clusters'
  | 'services'
  | 'watch'
  | 'identity'
  | 'explain'
  | 'help'
  | 'thanks'
  | 'yes'
  | 'no'
  | 'act'
  | 'again'
  | 'beyond'
  | 'unknown';

export interface Intent {
  readonly kind: IntentKind;
  readonly direction: 'egress' | 'ingress';
  readonly entities: Entities;
  /** The message without its leading "yes" or "could you". */
  readonly text: string;
}

/** Reads one message. Never throws; what cannot be understood is `unknown`. */
export function parseIntent(message: string): Intent {
  const { text, lead } = withoutLead(spelledOut(message.trim()));
  const aside = isPastedError(message) ? null : aboutTalk(message, text);
  const read = readEntities(text);
  const entities =
    aside !== null ? withoutWords(read, text) : isOtherLanguage(message) ? withoutUnsure(read) : read;
  const words = (
    text
      .toLowerCase()
      .replace(/’/g, "'")
      .match(/[a-z0-9][a-z0-9'-]*/g) ?? []
  ).map((word) => word.replace(/'s$/, ''));
  const reading = new Reading(text, words, entities);
  const comesIn = reading.has('ingress') || reading.says(FROM_OUTSIDE);
  const direction = comesIn && !reading.has('egress') ? 'ingress' : 'egress';
  const kind = isPastedError(message) ? 'explain' : (aside ?? kindOf(reading, lead));
  // Nobody who shouts names a service: the words around it are none.
  const isShout = kind === 'unknown' || kind === 'help' || (kind === 'logs' && reading.says(/\blog ?in\b/));
  if (isShout && isAlarm(message))
    return { kind: 'down', direction, entities: withoutUnsure(entities), text };
  return { kind, direction, entities, text };
}

/** An aside as it stands, or with its mistyped words mended. */
function aboutTalk(message: string, text: string): IntentKind | null {
  const forms = [plain(message), plain(text)];
  const mended = forms.map(spelled);
  if (mended.some((one) => beyondReach(one) !== null)) return 'beyond';
  return [...forms, ...mended].map(asideOf).find((kind) => kind !== null) ?? null;
}

/** "Y is it down" asks why; a lone "y" is a yes. */
function spelledOut(message: string): string {
  return message.replace(
    /^y(?=\s+(?:is|are|was|were|do|does|did|has|have|can|can't|cant|isn't|isnt|won't|wont|not|the|my)\b)/i,
    'why',
  );
}

function plain(text: string): string {
  return text
    .toLowerCase()
    .replace(/’/g, "'")
    .replace(/\b(what|who|how|where|when)s\b/g, "$1's")
    .trim();
}

/** The words of another language are none of the vocabulary, and no names. */
function withoutUnsure(entities: Entities): Entities {
  return { ...entities, names: entities.names.filter(({ sure }) => sure) };
}

/** What belongs to the form of an aside is no name, nor is a word that stands where no name does. */
function withoutWords(entities: Entities, text: string): Entities {
  const topic = topicAsked(plain(text));
  const isWord = (name: string) =>
    ASIDE_WORDS.has(name) || (topic !== null && new RegExp(`^(?:${topic.words})$`).test(name));
  return {
    ...entities,
    names: entities.names.filter((one) => !isWord(one.text.toLowerCase()) && (one.sure || one.placed)),
  };
}

/** Traffic from addresses or from everybody comes in, unless the words say otherwise. */
const FROM_OUTSIDE =
  /\bfrom (?:the )?(?:\d{1,3}(?:\.\d{1,3}){3}|[\da-f]*::|internet\b|world\b|anywhere\b|everywhere\b|everyone\b|outside\b)|\bto (?:the )?(?:world|public|everyone|everybody)\b/;

/** Changes are looked for first, because their orders also hold the words of questions ("add a rule … traffic"). */
function kindOf(reading: Reading, lead: Lead): IntentKind {
  if (reading.isEmpty) return lead ?? 'unknown';
  if (
    reading.says(
      /\b(?:don't|dont|do not|never|not now|hold off|forget (?:it|that|about)|leave it|stop that)\b/,
    ) &&
    reading.has('add', 'remove', 'scale', 'restart', 'rollback', 'fix', 'stop', 'amount', 'no', 'yes', 'undo')
  )
    return 'no';
  if (
    reading.says(
      /^(?:never ?mind|forget it|leave it|hold (?:off|on)|wait|halt|stop(?: it| that| everything| all of it)?|do nothing|not now|no way|don't|dont|do not|(?:cancel|deny|reject|decline|abort)(?: it| that| this)?)[.! ]*$/,
    )
  )
    return 'no';
  if (reading.says(AGAIN)) return 'again';
  return (
    changeOf(reading) ??
    actOf(reading) ??
    readOf(reading) ??
    smallTalkOf(reading, lead) ??
    (lead === 'yes' ? 'yes' : lead === 'no' ? 'no' : namesOnly(reading) ? 'status' : 'unknown')
  );
}

/** The change that was prepared before, once more. */
const AGAIN =
  /^(?:prepare|propose|make|do|try|create|request|send|submit)(?: (?:it|that|this|(?:the|that|this) (?:same )?(?:change|rule|fix|proposal|scaling|restart|rollback|card)))? (?:once (?:more|again)|again|anew|one more time)(?: please| now)*[\s.!]*$|^(?:try again|retry|(?:the )?same again)[\s.!]*$/;

/** What was offered is to be done, without saying what it is. */
function actOf(reading: Reading): IntentKind | null {
  return reading.says(ACTS) ? 'act' : null;
}

const ACTS =
  /(?:^|[,.;:!]\s*|\b(?:so|then|and|please|pls|just|now|ok|okay|yes)\s+)(?:do|prepare|propose|make|create) (?:it|that|this|so)(?: (?:now|anyway|please|pls|then|for me|already|right now|right away|asap))*[\s.!]*$/;

/** The question a message asks. The narrower wording goes first: logs before tasks, causes before deployments. */
function readOf(reading: Reading): IntentKind | null {
  if (
    reading.says(
      /\bwho am i\b|\bwhich (?:aws )?(?:account|region|role|credentials)\b|\bwhat (?:aws )?(?:account|region|identity|role)\b/,
    ) ||
    reading.has('whoami')
  )
    return 'identity';
  if (
    reading.says(/\bwhat can you\b|\bhow do (?:i|you)\b|\bwhat do you (?:know|understand|do)\b/) ||
    reading.startsWith('help')
  )
    return 'help';
  if (
    reading.has('logs') ||
    reading.says(/\berror (?:messages?|lines?|output)\b|\bwhat did (?:it|the \w+ ?\w*) (?:print|say|write)\b/)
  )
    return 'logs';
  if (
    reading.says(
      /\bwhat(?: has|'s|s)? (?:been )?changed?\b|\bwho (?:the \w+ )?(?:has |had )?(?:changed|did|touched|deployed|removed|deleted|revoked|added|opened|closed|edited|modified|broke|stopped|restarted|scaled|made)\b|\brecent changes\b|\bchange history\b/,
    )
  )
    return 'changes';
  if (reading.has('compare')) return 'compare';
  if (asksSwinging(reading)) return 'swings';
  if (asksCost(reading)) return 'cost';
  if (
    reading.says(
      /\bdid (?:it|that|this|the (?:fix|change|rule)) (?:work|help|succeed)|\b(?:is|has) (?:it|that|the service) (?:fixed|recovered|solved|better|back)\b|\bany progress\b|\bhas \S+ recovered\b|\bhow is it going\b/,
    )
  )
    return 'watch';
  if (
    reading.says(
      /\bwhy\b|\broot cause\b|\bwhat(?: is|'s|s)? (?:the )?(?:going on|wrong|problem|issue|cause|matter|happening|happened|broken)\b|\bwrong with\b/,
    )
  )
    return 'why';
  if (asksNetwork(reading)) return 'network';
  const servicesOf = reading.says(/\bservices\b.*\b(?:in|of|across|on|from)\b.*\bclusters\b/);
  if (reading.has('clusters') && !servicesOf && !reading.has('status', 'why')) return 'clusters';
  if (
    reading.says(/\b(?:list|show|which|what)\b.*\bcluster\b(?!.*\bservices?\b)/) &&
    reading.entities.names.length === 0 &&
    !reading.has('status', 'why')
  )
    return 'clusters';
  if (reading.says(/^(?:are|is|do|does|any|have|has)\b.*\bother (?:services?|apps?)\b/)) return 'status';
  if (reading.has('services') && !reading.has('status', 'why')) return 'services';
  if (reading.has('why'))
    return reading.has('task') && reading.says(/\b(?:list|show|which)\b/) ? 'tasks' : 'why';
  if (reading.has('deployment')) return 'deployments';
  if (reading.has('task', 'stopped') && reading.has('task')) return 'tasks';
  if (reading.has('status', 'all') || reading.says(/\bhow(?:'s| is| are| about)\b/)) return 'status';
  if (reading.has('changes')) return 'changes';
  if (reading.says(/^(?:are|is) \S.{0,120}?\b\d+ ?(?:\/|of|out of) ?\d+\b/)) return 'status';
  if (reading.says(/^(?:are|is) .{1,30} (?:good|alright|all right)\b|^(?:and )?(?:now|still|again)\s*\?+$/))
    return 'status';
  if (isAboutSpeed(reading.text)) return 'status';
  // What scaling does without an order is told, not asked for.
  return reading.has('scale') ? 'why' : null;
}

/** Words of the network, or a destination together with a verb of reaching it. */
function asksNetwork(reading: Reading): boolean {
  if (!reading.has('network', 'rule')) {
    return (
      reading.has('database') &&
      reading.says(/\b(?:reach|reaches|connect|connects|talk|talks|speak|access|see|get to|blocked)\b/)
    );
  }
  // "Is traffic ok" asks about the network; "show status of the network-api" is held apart because names do not count.
  return true;
}

/** What is said between questions. It comes last, so that "ok, restart it" is an order and no yes. */
function smallTalkOf(reading: Reading, lead: Lead): IntentKind | null {
  if (
    reading.says(
      /^(?:go ahead|go for it|do (?:it|that|so|this|both|them)|proceed|continue|carry on|go on|make it so|let's go|lets go|sounds good|confirm(?:ed)?|approved?|i agree|agreed|ship it|the (?:first|1st)(?: one)?|both|that one|this one|now|it)\b/,
    )
  )
    return 'yes';
  if (
    lead !== null &&
    reading.words.length <= 3 &&
    !reading.has('status') &&
    reading.entities.names.length === 0
  )
    return lead;
  if (reading.startsWith('thanks')) return 'thanks';
  if (reading.startsWith('hello') && reading.words.length <= 3) return 'help';
  if (reading.startsWith('yes') && reading.words.length <= 3) return 'yes';
  if (reading.startsWith('no') && reading.words.length <= 4) return 'no';
  if (reading.says(/\b(?:thanks|thank you|thx)[\s!.]*$/) && reading.words.length <= 6) return 'thanks';
  if (reading.says(/^\?+$|^help\b/)) return 'help';
  return null;
}

/** An id of a host or a task, or hardly more than one or two names: "my-web-service?", "and checkout in prod". A name that is sure may stand in any sentence. */
function namesOnly(reading: Reading): boolean {
  const { names } = reading.entities;
  if (reading.entities.instanceIds.length + reading.entities.taskIds.length > 0) return true;
  if (names.some(({ sure, role }) => sure && role !== 'cluster')) return true;
  const parts = new Set(names.flatMap(({ text }) => text.toLowerCase().match(/[a-z0-9'-]+/g) ?? []));
  return (
    names.length > 0 &&
    names.length <= 2 &&
    reading.words.every((word) => parts.has(word) || BESIDE_NAMES.has(word))
  );
}

const BESIDE_NAMES = new Set(
  'and what about tell me show in on of for the our my cluster service now please again too also it is'.split(
    ' ',
  ),
);
