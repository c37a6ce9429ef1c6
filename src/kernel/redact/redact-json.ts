// Secrets in JSON values: by the name of the member, by the name in a name-and-value pair, and in every string by its text.
// The values of ECS `environment` lists are dropped without a look: anything may be in them, and no diagnosis needs them.

import type { Json } from '../canonical-json.ts';
import { classifyName, type NamedSecret, nameStems, pageToken } from './names.ts';
import { withoutKeyLines } from './torn-keys.ts';
import { isSecretValue } from './values.ts';

const DROPPED = '[dropped:env]';
const DEPTH_MAX = 200;
const KNOWN_NAMES = 4_096;

export interface TextRedaction {
  text(text: string): { readonly text: string; readonly count: number };
  placeholder(kind: string, secret: string): string;
}

type JsonObject = { readonly [key: string]: Json };

export function createJsonRedactor(
  redaction: TextRedaction,
): (value: Json) => { value: Json; count: number } {
  const known = new Map<string, NamedSecret>();
  const classify = (name: string): NamedSecret => {
    const found = known.get(name);
    if (found !== undefined) return found;
    const named = nameStems.test(name) ? classifyName(name) : unnamed;
    if (known.size < KNOWN_NAMES) known.set(name, named);
    return named;
  };
  return (value) => {
    const walk = new Walk(redaction, classify);
    const redacted = walk.value(value, unnamed, 0);
    return { value: redacted, count: walk.count };
  };
}

const unnamed: NamedSecret = { sensitivity: null, kind: '' };

/** One walk through a value: a class, since a hub makes one for every input and every output. */
class Walk {
  count = 0;
  readonly #redaction: TextRedaction;
  readonly #classify: (name: string) => NamedSecret;

  constructor(redaction: TextRedaction, classify: (name: string) => NamedSecret) {
    this.#redaction = redaction;
    this.#classify = classify;
  }

  value(original: Json, named: NamedSecret, depth: number): Json {
    if (depth > DEPTH_MAX) return '[dropped:depth]';
    if (typeof original === 'string') return this.#string(original, named);
    if (typeof original === 'number')
      return named.sensitivity === 'strong' ? this.#taken(named.kind, String(original)) : original;
    if (isList(original))
      return withoutKeyLines(original, (line) => this.#taken('private-key', line)).map((item) =>
        this.value(item, named, depth + 1),
      );
    return isObject(original) ? this.#object(original, depth) : original;
  }

  #string(original: string, named: NamedSecret): string {
    if (named === pageToken) return original;
    if (named.sensitivity !== null && isSecretValue(original, named.sensitivity)) {
      const inside = this.#redaction.text(original);
      // A whole document under a telling name is worth more with only its secrets taken out.
      if (/^\s*[{[]/.test(original) && inside.count > 0) return this.#counted(inside);
      return this.#taken(named.kind, original);
    }
    return this.#counted(this.#redaction.text(original));
  }

  #taken(kind: string, secret: string): string {
    this.count++;
    return this.#redaction.placeholder(kind, secret);
  }

  #counted(result: { text: string; count: number }): string {
    this.count += result.count;
    return result.text;
  }

  #object(original: JsonObject, depth: number): Json {
    const pair = pairName(original);
    const paired = pair === null ? unnamed : this.#classify(pair);
    return Object.fromEntries(
      Object.entries(original).map(([name, member]) => {
        const named = paired.sensitivity !== null && /^value$/i.test(name) ? paired : this.#classify(name);
        const clean = name.length > 16 ? this.#counted(this.#redaction.text(name)) : name;
        return [
          clean,
          isEnvironment(name, member)
            ? this.#environment(member, depth)
            : this.value(member, named, depth + 1),
        ];
      }),
    );
  }

  #environment(list: readonly Json[], depth: number): Json {
    return list.map((item) => {
      if (!isObject(item) || !hasMember(item, 'name') || !hasMember(item, 'value'))
        return this.value(item, unnamed, depth + 1);
      this.count++;
      return Object.fromEntries(
        Object.entries(item).map(([name, member]) => [
          name,
          /^value$/i.test(name) ? DROPPED : this.value(member, unnamed, depth + 2),
        ]),
      );
    });
  }
}

function isEnvironment(name: string, member: Json): member is readonly Json[] {
  return name.toLowerCase() === 'environment' && isList(member);
}

/** What a {name, value} or {key, value} object gives a name to. */
function pairName(original: JsonObject): string | null {
  if (!hasMember(original, 'value')) return null;
  for (const [name, member] of Object.entries(original))
    if (/^(?:name|key)$/i.test(name) && typeof member === 'string') return member;
  return null;
}

function hasMember(original: JsonObject, wanted: string): boolean {
  return Object.keys(original).some((name) => name.toLowerCase() === wanted);
}

function isList(value: Json): value is readonly Json[] {
  return Array.isArray(value);
}

function isObject(value: Json): value is JsonObject {
  return typeof value === 'object' && value !== null && !isList(value);
}
