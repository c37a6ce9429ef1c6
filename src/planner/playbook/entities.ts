// What a message names: services, clusters, groups, tasks, ports, numbers. Read from the text alone, so that the same
// message always means the same; whether a name exists is decided later against the account.

import { isNickname } from './names.ts';
import { type PortRange, portsIn } from './ports.ts';
import { isKnownWord } from './vocabulary.ts';

export interface NameHint {
  readonly text: string;
  /** `either` when the words around it do not tell. */
  readonly role: 'service' | 'cluster' | 'either';
  /** Sure enough to be sent to AWS as it is: quoted, hyphenated or in a place where only a name can stand. */
  readonly sure: boolean;
  /** It stands where a name may: behind "of", "is" or "in", at the beginning, or beside a word for a service. */
  readonly placed: boolean;
}

export interface Entities {
  readonly names: readonly NameHint[];
  readonly groupIds: readonly string[];
  readonly prefixListIds: readonly string[];
  /** EC2 instances: hosts of a cluster. */
  readonly instanceIds: readonly string[];
  readonly taskIds: readonly string[];
  readonly cidrs: readonly string[];
  readonly ports: readonly PortRange[];
  /** "to 6", "6 tasks", "desired count 6". */
  readonly count: number | null;
  /** "by 2", "2 more" as +2, "2 fewer" as -2. */
  readonly delta: number | null;
  /** "revision 41", "my-web-service:41". */
  readonly revision: number | null;
}

const ID_PATTERN = /\b(?:sg|pl|eni|subnet|vpc|rtb|acl|nat|igw|vpce|i)-[0-9a-f]{6,17}\b/g;
const TASK_ID = /\b(?:[0-9a-f]{32}|[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12})\b/g;
/** The first eight digits of a task's id, as lists of tasks print it; a letter and a digit keep numbers and words apart. */
const SHORT_TASK_ID = /(?<![\w:/.-])(?=[0-9]*[a-f])(?=[a-f]*[0-9])[0-9a-f]{8}(?![\w:/-])/g;
const CIDR = /\b\d{1,3}(?:\.\d{1,3}){3}\/\d{1,2}\b|(?<![\w:])::\/0/g;

export function readEntities(text: string): Entities {
  const ids: string[] = text.match(ID_PATTERN) ?? [];
  const taskIds: string[] = [...(text.match(TASK_ID) ?? []), ...(text.match(SHORT_TASK_ID) ?? [])];
  const cidrs: string[] = text.match(CIDR) ?? [];
  const rest = [...ids, ...taskIds, ...cidrs].reduce((left, id) => left.replaceAll(id, ' '), text);
  const { count, delta } = numbersIn(rest.toLowerCase());
  return {
    names: namesIn(rest),
    groupIds: ids.filter((id) => id.startsWith('sg-')),
    prefixListIds: ids.filter((id) => id.startsWith('pl-')),
    instanceIds: ids.filter((id) => id.startsWith('i-')),
    taskIds,
    cidrs,
    ports: portsIn(rest),
    count,
    delta,
    revision: revisionIn(rest.toLowerCase()),
  };
}

/** The name that plays `role`: quoted names before others, told roles before open ones. */
export function hintFor(entities: Entities, role: 'service' | 'cluster'): NameHint | undefined {
  const told = entities.names.filter((name) => name.role === role);
  const open = entities.names.filter((name) => name.role === 'either');
  return told.find((name) => name.sure) ?? told[0] ?? open[0];
}

const NUMBER_WORDS = ['zero', 'one', 'two', 'three', 'four', 'five', 'six', 'seven', 'eight', 'nine', 'ten'];

/** Amounts only: digits of ids, ports, revisions and fractions such as 3/4 are none. */
function numbersIn(text: string): { count: number | null; delta: number | null } {
  const digits = text
    .replace(new RegExp(`\\b(${NUMBER_WORDS.join('|')})\\b`, 'g'), (word) =>
      String(NUMBER_WORDS.indexOf(word)),
    )
    .replace(/(?:\bminus\s+|(?<=\s)[−–]\s?)(?=\d)/g, '-');
  const more = /\b(?:by\s+)?(\d{1,4})\s+(?:more|additional|extra)\b/.exec(digits)?.[1];
  const fewer = /\b(?:by\s+)?(\d{1,4})\s+(?:fewer|less)\b/.exec(digits)?.[1];
  const counted = /\b(add|remove|drop|kill)\s+(\d{1,9})\s+(?:tasks?|replicas?|instances?|copies)\b/.exec(
    digits,
  );
  if (counted !== null)
    return { count: null, delta: counted[1] === 'add' ? Number(counted[2]) : -Number(counted[2]) };
  const by = /\bby\s+(-?\d{1,9})\b/.exec(digits)?.[1];
  const down = /\b(?:down|decrease|reduce|lower|shrink|fewer|less)\b/.test(digits);
  if (fewer !== undefined) return { count: null, delta: -Number(fewer) };
  if (more !== undefined) return { count: null, delta: Number(more) };
  if (by !== undefined) return { count: null, delta: down ? -Number(by) : Number(by) };
  const to =
    /\b(?:to|at|=|with|count(?: of| to)?|desired(?: count)?(?: of| to)?)\s*(?:exactly\s+)?(-?\d{1,9})\b(?![/:]|\.\d)/.exec(
      digits,
    )?.[1] ??
    /(?<![\w/:.-])(-?\d{1,9})\s+(?:tasks?|replicas?|instances?|copies|containers?)\b/.exec(digits)?.[1] ??
    /\bscale\b[^\d]*?(?<![\w.])(-?\d{1,9})\b(?![/:]|\.\d)/.exec(digits)?.[1];
  return { count: to === undefined ? null : Number(to), delta: null };
}

function revisionIn(text: string): number | null {
  const found =
    /\b(?:revision|rev|version|v)\s*\.?#?(\d{1,7})\b/.exec(text)?.[1] ??
    /[a-z][\w-]*:(\d{1,7})\b/.exec(text)?.[1];
  return found === undefined ? null : Number(found);
}

interface Word {
  readonly text: string;
  readonly quoted: boolean;
}

const QUOTES = /['"“”‘’`«»]([A-Za-z0-9][\w.:/ -]{0,254}?)['"“”‘’`«»](?![A-Za-z])/g;
const WORDS_AFTER_SERVICE = new Set([
  'healthy',
  'unhealthy',
  'down',
  'up',
  'ok',
  'okay',
  'broken',
  'failing',
  'stuck',
  'running',
  'alive',
  'fine',
  'not',
  'still',
  'so',
  'doing',
  'crashing',
  'restarting',
  'flapping',
]);
const COMPOUND_WORDS =
  /^(?:security|health|roll|re|force|read|load|target|task|new|out|in|e)-|-(?:group|groups|check|checks|back|out|deploy|definition|definitions|tls|wide|level|based|of|to|in|up|time|service's)$/;

const PLACES = new Set(
  'of in on with for is are was were has have had does did do about to from service cluster and or vs than why restart scale redeploy diagnose check status logs explain describe'.split(
    ' ',
  ),
);
const PLACES_BEFORE = new Set('service cluster status logs tasks deployment deployments'.split(' '));

/** Every word that can only be a name, with the role its neighbours give it. */
function namesIn(text: string): NameHint[] {
  const words = wordsOf(text);
  const hints: NameHint[] = [];
  words.forEach((word, index) => {
    const lower = word.text.toLowerCase();
    const before = words[index - 1]?.text.toLowerCase() ?? '';
    const after = words[index + 1]?.text.toLowerCase() ?? '';
    const beforeThat = words[index - 2]?.text.toLowerCase() ?? '';
    const bare = lower.replace(/'s$/, '');
    if (!word.quoted && !canBeName(bare, before, after)) return;
    const name = (word.quoted ? word.text : word.text.replace(/'s$/i, '')).replace(/:\d+$/, '');
    hints.push({
      text: name,
      role: roleOf(bare, before, after, beforeThat),
      sure: word.quoted || isSure(bare, before, after),
      placed:
        index === 0 ||
        (isPlace(before, beforeThat) && !isDeed(bare, before, after)) ||
        PLACES_BEFORE.has(after),
    });
  });
  return hints;
}

/** "The" goes before every word; where a name may stand is told by what goes before it. */
function isPlace(before: string, beforeThat: string): boolean {
  return before === 'the' ? beforeThat === '' || PLACES.has(beforeThat) : PLACES.has(before);
}

/** "From reverting it" tells of a deed; a service of such a name is still found when there is one. */
function isDeed(word: string, before: string, after: string): boolean {
  return (
    before === 'from' && /ing$/.test(word) && /^(?:it|that|this|these|those|them|my|our|the)$/.test(after)
  );
}

/** Words in order. What stands in quotation marks is one word, whatever it holds. */
function wordsOf(text: string): Word[] {
  const words: Word[] = [];
  let from = 0;
  const plain = (part: string) => {
    for (const match of part.matchAll(/[A-Za-z0-9][\w./:'’-]*/g)) {
      const trimmed = match[0].replace(/’/g, "'").replace(/[./:'-]+$/, '');
      if (trimmed !== '') words.push({ text: trimmed, quoted: false });
    }
  };
  for (const match of text.matchAll(QUOTES)) {
    plain(text.slice(from, match.index));
    words.push({ text: (match[1] ?? '').trim(), quoted: true });
    from = match.index + match[0].length;
  }
  plain(text.slice(from));
  return words;
}

/** A quoted word always can; others when they are no word of the vocabulary and no id, port or address. */
function canBeName(word: string, before: string, after: string): boolean {
  if (!/[a-z]/.test(word) || word.length < 2) return false;
  if (isNickname(word))
    return (
      after === 'cluster' ||
      /^(?:in|on|for|the|cluster|our|my|to|from|is|are|was|how|how's|hows|about|of)$/.test(before)
    );
  if (/[-_]/.test(word)) return !COMPOUND_WORDS.test(word) || /cluster|service/.test(word);
  if (/[/.]/.test(word) || /^(?:tcp|udp|port)/.test(word) || /:\d+$/.test(word))
    return /^[a-z][\w-]*:\d+$/.test(word) && before !== 'to';
  if (before === 'service' && after !== 'service' && !isKnownWord(word)) return true;
  return !isKnownWord(word);
}

/** "in X" alone does not tell a cluster from a service: the account has to. */
function roleOf(word: string, before: string, after: string, beforeThat: string): NameHint['role'] {
  if (after === 'cluster' || before === 'cluster' || /cluster/.test(word)) return 'cluster';
  if (isNickname(word)) return 'cluster';
  if (after === 'service' || before === 'service' || /service|svc|api|worker|app$/.test(word))
    return 'service';
  const place = before === 'the' || before === 'our' ? beforeThat : before;
  if (place === 'in' || place === 'on') return 'either';
  return 'service';
}

/** Sure names are sent to AWS at once; a wrong one costs one failed call and is then looked up. */
function isSure(word: string, before: string, after: string): boolean {
  if (isNickname(word)) return false;
  if (/[-_]/.test(word)) return true;
  return before === 'service' || after === 'service' || (before === 'is' && WORDS_AFTER_SERVICE.has(after));
}
