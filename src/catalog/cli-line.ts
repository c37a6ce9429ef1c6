// The `aws …` command line of an AWS request, for people to read, copy and run. It is a pure function of action and input.
// What always holds: a POSIX shell splits the line into exactly the words meant here, nothing in the input is ever
// expanded or executed by the shell, and the AWS CLI (version 1 and 2) sends the same request as the SDK would.

import { type AwsAction, type AwsInput, type AwsService, awsCliCommands } from '../contract/aws.ts';
import { invariant } from '../kernel/assert.ts';
import { limits } from '../kernel/limits.ts';

export interface CliLineOptions {
  /** Adds `--region`; without it the line uses the reader's own default region. */
  readonly region?: string;
}

/**
 * The command line that sends `input` as `action`. Members that are undefined are left out, as the SDK leaves them out.
 * Parameter names follow botocore's `xform_name`, which is how the AWS CLI derives them.
 */
export function renderAwsCli<A extends AwsAction>(
  action: A,
  input: AwsInput<A>,
  options: CliLineOptions = {},
): string {
  const [service, operation] = action.split(':');
  invariant(service !== undefined && operation !== undefined, 'an AWS action is service:Operation');
  // `AwsAction` is a template of `AwsService`; `split` forgets that.
  const command = awsCliCommands[service as AwsService];
  const members = Object.entries(input as Readonly<Record<string, unknown>>).filter(
    ([, value]) => value !== undefined,
  );
  const words = ['aws', command, kebabName(operation)];
  if (options.region !== undefined) words.push('--region', shellWord(options.region));
  if (members.some(([, value]) => !canBeParameter(value))) {
    words.push('--cli-input-json', shellWord(asciiJson(Object.fromEntries(members))));
  } else {
    for (const [name, value] of members) words.push(...parameter(kebabName(name), value));
  }
  return words.join(' ');
}

/**
 * Whether `line`, which came from elsewhere, has the shape of a command line of `action`: one printable line of a bounded length
 * that begins with this very command. What the rest of it says is the word of whoever made it.
 */
export function isCommandLineOf(action: string, line: string): boolean {
  const [service = '', operation = ''] = action.split(':');
  if (!Object.hasOwn(awsCliCommands, service)) return false;
  // The line above has just looked it up.
  const command = `aws ${awsCliCommands[service as AwsService]} ${kebabName(operation)}`;
  if (line.length > limits.call.cliChars || hasControlCharacter(line)) return false;
  return line === command || line.startsWith(`${command} `);
}

/** The name the AWS CLI gives to an operation or a parameter: `DBInstanceArn` → `db-instance-arn`, `taskARNs` → `task-arns`. */
export function kebabName(name: string): string {
  const plural = /[A-Z]{2,}s$/.exec(name);
  const split = plural === null ? name : `${name.slice(0, -plural[0].length)}-${plural[0].toLowerCase()}`;
  return split
    .replace(/(.)([A-Z][a-z]+)/g, '$1-$2')
    .replace(/([a-z0-9])([A-Z])/g, '$1-$2')
    .toLowerCase();
}

/** Prefixes for which the AWS CLI reads a parameter from a file or, in version 1, fetches it from the network. */
const LOADED_BY_CLI = /^(?:file|fileb|http|https):\/\//;

/** False for what a parameter of the AWS CLI cannot carry as it is; such a request is written as one JSON document. */
function canBeParameter(value: unknown): boolean {
  if (typeof value === 'string') return !LOADED_BY_CLI.test(value) && !hasControlCharacter(value);
  if (Array.isArray(value)) return value.length > 0;
  return value !== null;
}

/** Flags whose negative form the AWS CLI renames (awscli/customizations/argrename.py). */
const NEGATED: Readonly<Record<string, string>> = {
  'enable-execute-command': '--disable-execute-command',
  egress: '--ingress',
};

/** The words of one parameter, quoted for the shell. */
function parameter(name: string, value: unknown): string[] {
  if (typeof value === 'boolean') return [value ? `--${name}` : (NEGATED[name] ?? `--no-${name}`)];
  const words = valueWords(value);
  const [only] = words;
  // Text with a leading dash would be taken for an option of its own; the `=` form keeps it a value.
  if (words.length === 1 && only?.startsWith('-')) return [`--${name}=${shellWord(only)}`];
  return [`--${name}`, ...words.map(shellWord)];
}

/** The words of a value: plain words, the CLI's short form for objects, or one word of JSON. */
function valueWords(value: unknown): string[] {
  if (Array.isArray(value)) {
    const items = value.map((item) => listWord(item));
    return items.every((item) => item !== undefined) ? items : [asciiJson(value)];
  }
  if (typeof value === 'object' && value !== null && !(value instanceof Date))
    return [members(value) ?? asciiJson(value)];
  return [scalarText(value)];
}

/** One item of a list parameter: it must not look like an option, JSON or a file. */
function listWord(item: unknown): string | undefined {
  if (typeof item === 'object' && item !== null && !Array.isArray(item)) return members(item);
  const text = typeof item === 'string' || Number.isSafeInteger(item) ? String(item) : undefined;
  return text !== undefined && /^[A-Za-z0-9_/.][A-Za-z0-9_./:@-]*$/.test(text) && !LOADED_BY_CLI.test(text)
    ? text
    : undefined;
}

/** `Name=vpc-id,Values=vpc-1,vpc-2`: the short form of an object, or undefined when it needs JSON. */
function members(object: object): string | undefined {
  const parts = Object.entries(object)
    .filter(([, member]) => member !== undefined)
    .map(([key, member]) => {
      const isPlainList =
        Array.isArray(member) && member.length > 0 && member.every((item) => bareWord(item) !== undefined);
      const text = isPlainList ? member.map(bareWord).join(',') : nested(member);
      return text === undefined || !/^[A-Za-z0-9_.-]+$/.test(key) ? undefined : `${key}=${text}`;
    });
  return parts.length === 0 || parts.includes(undefined) ? undefined : parts.join(',');
}

/** A value inside the short form: a word, `"text"`, `[a,b]` or `{k=v}`. */
function nested(value: unknown): string | undefined {
  if (Array.isArray(value)) {
    const items = value.map(nested);
    return items.includes(undefined) ? undefined : `[${items.join(',')}]`;
  }
  if (typeof value === 'object' && value !== null) {
    const parts = Object.entries(value).filter(([, member]) => member !== undefined);
    const texts = parts.map(([key, member]) => {
      const text = nested(member);
      return text === undefined || !/^[A-Za-z0-9_.-]+$/.test(key) ? undefined : `${key}=${text}`;
    });
    return texts.length === 0 || texts.includes(undefined) ? undefined : `{${texts.join(',')}}`;
  }
  return bareWord(value) ?? (typeof value === 'string' && QUOTABLE.test(value) ? `"${value}"` : undefined);
}

/** Text that the short form takes between double quotes without any escape. */
const QUOTABLE = /^[ !#-[\]-~]*$/;

/** A scalar that means the same inside the short form without quotes. */
function bareWord(value: unknown): string | undefined {
  if (typeof value === 'boolean' || Number.isSafeInteger(value)) return String(value);
  return typeof value === 'string' && /^[A-Za-z0-9_./:-][A-Za-z0-9_./:@%+-]*$/.test(value)
    ? value
    : undefined;
}

function scalarText(value: unknown): string {
  if (value instanceof Date) return value.toISOString();
  return String(value);
}

/** JSON with everything beyond printable ASCII escaped, so that terminals and locales cannot change it. */
function asciiJson(value: unknown): string {
  return JSON.stringify(value).replace(
    /[\u007f-\uffff]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}

function hasControlCharacter(text: string): boolean {
  return /\p{Cc}|\p{Cf}|\p{Cs}|\p{Zl}|\p{Zp}/u.test(text);
}

/** A word for a POSIX shell: bare when nothing in it is special, otherwise in single quotes. */
export function shellWord(word: string): string {
  if (/^[A-Za-z0-9_./:@%+=,-]+$/.test(word)) return word;
  return `'${word.replaceAll("'", `'\\''`)}'`;
}
