// The `aws …` command line of an AWS request, for people to read, copy and run. It is a pure function of action and input.
// What always holds: a POSIX shell splits the line into exactly the words meant here, nothing in the input is ever
// expanded or executed by the shell, and the AWS CLI (version 1 and 2) sends the same request as the SDK would.

import { type AwsAction, type AwsInput, type AwsService, awsCliCommands } from '../contract/aws.ts';
import { invariant } from '../kernel/assert.ts';

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
  if (options.region !== undefined) words.push('--region', quoted(options.region));
  if (members.some(([, value]) => !canBeParameter(value))) {
    words.push('--cli-input-json', quoted(asciiJson(Object.fromEntries(members))));
  } else {
    for (const [name, value] of members) words.push(...parameter(kebabName(name), value));
  }
  return words.join(' ');
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

function parameter(name: string, value: unknown): string[] {
  if (typeof value === 'boolean') return [value ? `--${name}` : `--no-${name}`];
  const words = valueWords(value);
  const [only] = words;
  // Text with a leading dash would be taken for an option of its own; the `=` form keeps it a value.
  if (words.length === 1 && only?.startsWith('-')) return [`--${name}=${quoted(only)}`];
  return [`--${name}`, ...words.map(quoted)];
}

/** The words of a value: lists of plain words and of flat objects in the short form, everything else as JSON. */
function valueWords(value: unknown): string[] {
  if (Array.isArray(value)) {
    const items = value.map(shorthand);
    return items.every((item) => item !== undefined) ? items : [asciiJson(value)];
  }
  if (typeof value === 'object' && value !== null) return [shorthand(value) ?? asciiJson(value)];
  return [scalarText(value)];
}

/** Words that mean the same in shorthand, in a shell and on their own. */
const PLAIN_WORD = /^[A-Za-z0-9_][A-Za-z0-9_./:@-]*$/;

function plain(value: unknown): string | undefined {
  const text = typeof value === 'string' || typeof value === 'number' ? String(value) : undefined;
  return text !== undefined && PLAIN_WORD.test(text) && !LOADED_BY_CLI.test(text) ? text : undefined;
}

/** `Name=vpc-id,Values=vpc-1,vpc-2`, or undefined when the value needs JSON. */
function shorthand(value: unknown): string | undefined {
  const word = plain(value);
  if (word !== undefined) return word;
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return undefined;
  const parts: string[] = [];
  for (const [key, member] of Object.entries(value)) {
    if (member === undefined) continue;
    const text = Array.isArray(member) ? plainList(member) : plain(member);
    if (text === undefined) return undefined;
    parts.push(`${key}=${text}`);
  }
  return parts.length === 0 ? undefined : parts.join(',');
}

function plainList(values: readonly unknown[]): string | undefined {
  const words = values.map(plain);
  if (words.length === 0 || words.some((word) => word === undefined)) return undefined;
  // A list of one is written `Values=a`: the CLI reads it as a list because its model says so.
  return words.join(',');
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
function quoted(word: string): string {
  if (/^[A-Za-z0-9_./:@%+=,-]+$/.test(word)) return word;
  return `'${word.replaceAll("'", `'\\''`)}'`;
}
