// AWS REST JSON: the operation is the method and the path, input is spread over path, query and a JSON body, and output is
// a JSON document. Which member goes where is in the SDK's schemas.
// https://smithy.io/2.0/aws/protocols/aws-restjson1-protocol.html

import { NormalizedSchema } from '@smithy/core/schema';
import { AwsFault } from './aws-fault.ts';
import { decodeJson } from './json-protocol.ts';
import type { HttpBinding, Operation, Schema } from './operation.ts';

export interface RestRequest {
  readonly method: string;
  readonly url: URL;
  readonly body: Buffer;
}

export interface RestRoute {
  readonly operation: Operation;
  /** Values of the labels in the path, by member name. */
  readonly labels: ReadonlyMap<string, string>;
}

/** The operation that a method and a path mean; a literal part of a path goes before a label. */
export function routeRest(
  operations: ReadonlyMap<string, Operation>,
  { method, url }: RestRequest,
): RestRoute | undefined {
  const routes = [...operations.values()].flatMap((operation) => {
    const labels = operation.http === undefined ? undefined : labelsIn(operation.http, method, url.pathname);
    return labels === undefined ? [] : [{ operation, labels }];
  });
  return routes.sort((left, right) => left.labels.size - right.labels.size)[0];
}

/** Decodes an input from where its members are bound. Throws the faults of `decodeJson` and ValidationException. */
export async function decodeRest(
  { operation, labels }: RestRoute,
  { url, body }: RestRequest,
): Promise<Record<string, unknown>> {
  const input: Record<string, unknown> = await decodeJson(operation.input, body);
  for (const [name, member] of NormalizedSchema.of(operation.input).structIterator()) {
    const { httpLabel, httpQuery } = member.getMergedTraits();
    if (httpLabel) input[name] = labels.get(name);
    if (httpQuery) {
      const values = url.searchParams.getAll(String(httpQuery));
      if (values.length > 0) input[name] = queryValue(member, values);
    }
  }
  return input;
}

/** Encodes a fault; EFS repeats the code in `ErrorCode`. */
export function restFault(fault: AwsFault): { body: string; headers: Record<string, string> } {
  return {
    body: JSON.stringify({ ErrorCode: fault.code, Message: fault.message, ...fault.members }),
    headers: { 'x-amzn-errortype': fault.code },
  };
}

function labelsIn(http: HttpBinding, method: string, path: string): Map<string, string> | undefined {
  const wanted = http.path.split('?')[0]?.split('/') ?? [];
  const given = path.split('/');
  if (http.method !== method || wanted.length !== given.length) return undefined;
  const labels = new Map<string, string>();
  for (const [index, part] of wanted.entries()) {
    const value = decoded(given[index] ?? '');
    if (value === undefined) return undefined;
    const label = /^\{(\w+)\+?\}$/.exec(part)?.[1];
    if (label === undefined ? part !== value : value === '') return undefined;
    if (label !== undefined) labels.set(label, value);
  }
  return labels;
}

function decoded(part: string): string | undefined {
  try {
    return decodeURIComponent(part);
  } catch {
    return undefined;
  }
}

function queryValue(schema: Schema, values: readonly string[]): unknown {
  const shape = NormalizedSchema.of(schema);
  if (shape.isListSchema()) return values.map((value) => queryValue(shape.getValueSchema(), [value]));
  const [value = ''] = values;
  if (shape.isBooleanSchema()) return value === 'true';
  if (!shape.isNumericSchema()) return value;
  const number = Number(value);
  if (value.trim() !== '' && Number.isFinite(number)) return number;
  throw new AwsFault('ValidationException', `The value '${value}' is not a number.`);
}
