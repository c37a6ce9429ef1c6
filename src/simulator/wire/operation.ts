// The SDK's runtime schemas seen from the server's side: which operations a client package knows, which parameters
// they require, and how stored values become the values that the SDK's serializers expect.

import { NormalizedSchema } from '@smithy/core/schema';

/** Whatever the SDK accepts as a reference to a schema. */
export type Schema = Parameters<typeof NormalizedSchema.of>[0];

export interface Operation {
  readonly name: string;
  readonly input: Schema;
  readonly output: Schema;
  /** Method, path template and status, for the protocols that route by path. */
  readonly http?: HttpBinding;
}

export interface HttpBinding {
  readonly method: string;
  /** Such as `/2015-02-01/file-systems/{FileSystemId}/policy`. */
  readonly path: string;
  readonly status: number;
}

/** An operation schema is the tuple `[9, namespace, name, traits, input, output]`. */
const OPERATION_TAG = 9;

/** Every operation whose schema a client package exports, by name. */
export function operationsOf(clientPackage: object): ReadonlyMap<string, Operation> {
  const found = new Map<string, Operation>();
  for (const value of Object.values(clientPackage)) {
    if (!Array.isArray(value) || value[0] !== OPERATION_TAG) continue;
    const [, , name, traits, input, output] = value;
    found.set(String(name), { name: String(name), input, output, ...bindingIn(traits) });
  }
  return found;
}

/** The `http` trait is `[method, path, status]`. */
function bindingIn(traits: unknown): { http?: HttpBinding } {
  if (!isRecord(traits) || !Array.isArray(traits.http)) return {};
  const [method, path, status] = traits.http;
  return { http: { method: String(method), path: String(path), status: Number(status) } };
}

/** Paths of required members that `value` lacks, such as `services` or `tags.1.key`. */
export function missingMembers(schema: Schema, value: unknown, path = ''): string[] {
  const shape = NormalizedSchema.of(schema);
  if (shape.isListSchema() && Array.isArray(value)) {
    return value.flatMap((item, index) =>
      missingMembers(shape.getValueSchema(), item, `${path}${index + 1}.`),
    );
  }
  if (!shape.isStructSchema() || !isRecord(value)) return [];
  const missing = requiredNames(shape)
    .filter((name) => value[name] === undefined || value[name] === null)
    .map((name) => path + name);
  for (const [name, member] of shape.structIterator()) {
    if (value[name] !== undefined) missing.push(...missingMembers(member, value[name], `${path}${name}.`));
  }
  return missing;
}

/**
 * Makes a stored value (dates as text, as in a snapshot) into what the SDK's serializers take: Dates where the
 * schema has timestamps, and no member that the schema does not know.
 */
export function toSdkValue(schema: Schema, value: unknown): unknown {
  if (value === undefined || value === null) return undefined;
  const shape = NormalizedSchema.of(schema);
  if (shape.isTimestampSchema())
    return value instanceof Date ? value : new Date(Number.isFinite(value) ? Number(value) : String(value));
  if (shape.isListSchema())
    return Array.isArray(value) ? value.map((item) => toSdkValue(shape.getValueSchema(), item)) : undefined;
  if (!isRecord(value)) return value;
  const out: Record<string, unknown> = {};
  if (shape.isMapSchema()) {
    for (const [key, item] of Object.entries(value)) out[key] = toSdkValue(shape.getValueSchema(), item);
    return out;
  }
  if (!shape.isStructSchema()) return value;
  for (const [name, member] of shape.structIterator()) {
    const converted = toSdkValue(member, value[name]);
    if (converted !== undefined) out[name] = converted;
  }
  return out;
}

/** A structure schema is `[tag, namespace, name, traits, names, types, requiredCount]`; required names come first. */
function requiredNames(shape: NormalizedSchema): string[] {
  const raw: unknown = shape.getSchema();
  if (!Array.isArray(raw) || typeof raw[6] !== 'number' || !Array.isArray(raw[4])) return [];
  return raw[4].slice(0, raw[6]).map(String);
}

export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof Date);
}
