// The place in a line about listening, read only from where the sentence has it: behind the words themselves, or in a member of the record that
// is named for an address or a port. The time, the level and the place in the code that a line has too look like places and are none.

import { CODE_FILE } from './attempts.ts';

export interface ListeningPlace {
  /** Undefined when only a port is named. */
  readonly host: string | undefined;
  readonly port: number;
}

interface Met extends ListeningPlace {
  readonly from: number;
  readonly to: number;
}

type Field = readonly [key: string, value: string];

const SURE_HOST = String.raw`\[[0-9a-f:.]{2,45}\]|0(?::0){6}:[01]|::1|::|\*|localhost|\d{1,3}(?:\.\d{1,3}){3}`;
const NAME = String.raw`[a-z][\w-]*(?:\.[\w-]+)*`;
const SCHEME = '(?:https?|tcp|grpcs?|wss?|h2c?|ssl|tls)://';
/** A number that goes on is a date, an address or a version. */
const PORT = String.raw`(\d{2,5})(?![\w]|[:.-]\d)`;
/** Group 1 is the host where the wording has one, the last group is the port. */
const WORDINGS: readonly RegExp[] = [
  new RegExp(`${SCHEME}(${SURE_HOST}|${NAME}):${PORT}`, 'gi'),
  new RegExp(String.raw`(?<![\w.:])(${SURE_HOST}):${PORT}`, 'gi'),
  // `:8080` has nothing before it; the minutes of a time and the value of a member have.
  new RegExp(String.raw`(?<=(?:^|[\s=(])["'\x60]?)():${PORT}`, 'g'),
  new RegExp(String.raw`\b(?:on|at|to):? ["'(/]{0,2}(${NAME}):${PORT}`, 'gi'),
  new RegExp(`(${SURE_HOST})["']?,? (?:on )?port:? ${PORT}`, 'gi'),
  new RegExp(String.raw`()\bports?(?:\(s\))?["']?\s?[:=]?\s?["']?${PORT}`, 'gi'),
  /()\b(\d{2,5}) \(https?\)/gi,
  new RegExp(String.raw`()\b(?:listening|running|serving|available|ready|connections) on ${PORT}`, 'gi'),
];
/** From here on a sentence is about others. */
const OTHERS =
  /\b(?:from|connect(?:ed|ing)?|forward(?:s|ing)?|prox(?:ies|ying)|upstream|database|clients?)\b/i;
/** What may stand between a place and the words when the place comes first. */
const LEADS_OVER = /^["')\]]?\s+(?:(?:is|are) )?(?:now )?$/i;

const MESSAGE_FIELD = /^(?:msg|message)$/i;
const ADDRESS_FIELD = /(?:addr|address|addresses|listen|listening|bind|url|urls|uri|endpoint|interface)$/i;
const HOST_FIELD = /^(?:host|ip|interface|bind|addr|address|listen)$/i;
const PORT_FIELD = /(?:^|[._-])ports?$|[a-z]Port$/i;
/** Of the other end. */
const OTHERS_FIELD = /remote|client|peer|upstream|proxy|db|database|redis|source|user|transport/i;
const WHOLE_PLACE = new RegExp(
  String.raw`^(?:${SCHEME})?(${SURE_HOST}|${NAME})?:(\d{2,5})(?:/\S{0,200})?$`,
  'i',
);
const WHOLE_HOST = new RegExp(`^(?:${SURE_HOST})$`, 'i');
const LOGFMT = /(?:^|\s)([\w.@-]{1,60})=("(?:[^"\\]|\\.){0,500}"|[^\s"]{1,300})/g;
/** Records in records are no deeper. */
const DEPTH_MAX = 3;

/** Every port a line about listening names, in order and once each; `says` finds the words about listening. */
export function placesIn(text: string, says: RegExp): ListeningPlace[] {
  const { messages, fields } = read(text);
  const said = messages.flatMap((message) => inSentence(message, says));
  const places = said.length > 0 ? said : inFields(fields);
  return places
    .filter(({ port }, index) => places.findIndex((other) => other.port === port) === index)
    .map(({ port, host }) => ({
      host:
        (host ?? places.find((other) => other.port === port && other.host !== undefined)?.host) || undefined,
      port,
    }));
}

/** What a line says and the members beside it; a line that is no record says all of itself. */
function read(
  text: string,
  depth = 0,
): { readonly messages: readonly string[]; readonly fields: readonly Field[] } {
  const [start, end] = [text.indexOf('{'), text.lastIndexOf('}')];
  const record = start === -1 || end < start ? undefined : parsed(text.slice(start, end + 1));
  if (record !== undefined) {
    const fields = flattened(record);
    const inner = fields.map(([, value]) =>
      depth < DEPTH_MAX && value.startsWith('{"')
        ? read(value, depth + 1)
        : { messages: [value], fields: [] },
    );
    return {
      messages: [text.slice(0, start), ...inner.flatMap(({ messages }) => messages)],
      fields: [...fields, ...inner.flatMap((one) => one.fields)],
    };
  }
  const fields = [...text.matchAll(LOGFMT)].map(
    ([, key = '', value = '']): Field => [key, value.replace(/^"|"$/g, '')],
  );
  const messages = fields.filter(([key]) => MESSAGE_FIELD.test(key)).map(([, value]) => value);
  return { messages: messages.length > 0 ? messages : [text], fields };
}

function inSentence(message: string, says: RegExp): ListeningPlace[] {
  const words = says.exec(message);
  if (words === null) return [];
  const behind = message.slice(words.index);
  const about = OTHERS.exec(behind);
  const places = met(behind.slice(0, about?.index));
  if (places.length > 0) return places;
  const before = message.slice(0, words.index);
  return met(before).filter(({ to }) => LEADS_OVER.test(before.slice(to)));
}

function met(sentence: string): Met[] {
  return WORDINGS.flatMap((wording) =>
    [...sentence.matchAll(wording)].map((match) => ({
      host: match[1] === '' ? undefined : match[1]?.toLowerCase(),
      port: Number(match[2]),
      from: match.index,
      to: match.index + match[0].length,
    })),
  )
    .filter(({ host }) => host === undefined || !CODE_FILE.test(host))
    .sort((a, b) => a.from - b.from);
}

function inFields(fields: readonly Field[]): ListeningPlace[] {
  const own = fields.filter(([key]) => !OTHERS_FIELD.test(key));
  const whole = own.flatMap(([key, value]) => {
    const [, host, port] = (ADDRESS_FIELD.test(key) ? WHOLE_PLACE.exec(value) : null) ?? [];
    return port === undefined ? [] : [{ host: host?.toLowerCase(), port: Number(port) }];
  });
  if (whole.length > 0) return whole;
  const host = own.find(([key, value]) => HOST_FIELD.test(key) && WHOLE_HOST.test(value))?.[1];
  return own
    .filter(([key, value]) => PORT_FIELD.test(key) && /^\d{2,5}$/.test(value))
    .map(([, value]) => ({ host: host?.toLowerCase(), port: Number(value) }));
}

function flattened(value: unknown, key = '', depth = 0): Field[] {
  if (typeof value === 'string' || typeof value === 'number') return [[key, String(value)]];
  if (typeof value !== 'object' || value === null || depth > DEPTH_MAX) return [];
  return Object.entries(value).flatMap(([name, member]) =>
    flattened(member, Array.isArray(value) ? key : name, depth + 1),
  );
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
