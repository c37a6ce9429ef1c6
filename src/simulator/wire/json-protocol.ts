// AWS JSON 1.0 and 1.1: the operation is named in the X-Amz-Target header, input and output are JSON documents.
// https://smithy.io/2.0/aws/protocols/aws-json-1_1-protocol.html

import { JsonCodec2 } from '@aws-sdk/core/protocols';
import { NormalizedSchema } from '@smithy/core/schema';
import { AwsFault } from './aws-fault.ts';
import { isRecord, type Schema, toSdkValue } from './operation.ts';

/** Epoch seconds, which is what the AWS JSON protocols use for a timestamp without a format of its own. */
const EPOCH_SECONDS = 7;

/** Decodes a request body. Throws `SerializationException` for what AWS could not deserialize either. */
export async function decodeJson(schema: Schema, body: Buffer): Promise<Record<string, unknown>> {
  const text = body.length === 0 ? '{}' : body.toString('utf8');
  let document: unknown;
  try {
    document = JSON.parse(text);
  } catch {
    throw new AwsFault('SerializationException', 'Unexpected content: the request body is not JSON');
  }
  checkTypes(schema, document, '');
  const input: unknown = await codec().createDeserializer().read(asCodecSchema(schema), text);
  return isRecord(input) ? input : {};
}

/** Encodes an answer. */
export function encodeJson(schema: Schema, output: unknown): Uint8Array {
  const serializer = codec().createSerializer();
  serializer.write(asCodecSchema(schema), toSdkValue(schema, output) ?? {});
  return serializer.flush();
}

/** Encodes a fault. */
export function jsonFault(fault: AwsFault): string {
  return JSON.stringify({ __type: fault.code, message: fault.message, ...fault.members });
}

function codec(): JsonCodec2 {
  return new JsonCodec2({ timestampFormat: { useTrait: true, default: EPOCH_SECONDS }, jsonName: false });
}

type CodecSchema = Parameters<ReturnType<JsonCodec2['createSerializer']>['write']>[0];

/** The codec's declared parameter is narrower than the references that it accepts and that the clients export. */
function asCodecSchema(schema: Schema): CodecSchema {
  return NormalizedSchema.of(schema) as CodecSchema;
}

function checkTypes(schema: Schema, value: unknown, path: string): void {
  if (value === undefined || value === null) return;
  const shape = NormalizedSchema.of(schema);
  if (shape.isStructSchema()) {
    if (!isRecord(value)) throw mismatch(value, path, 'a structure');
    for (const [name, member] of shape.structIterator()) checkTypes(member, value[name], `${path}/${name}`);
    return;
  }
  if (shape.isListSchema()) {
    if (!Array.isArray(value)) throw mismatch(value, path, 'a list');
    for (const item of value) checkTypes(shape.getValueSchema(), item, `${path}/member`);
    return;
  }
  if (shape.isStringSchema() && typeof value !== 'string') throw mismatch(value, path, 'a String');
  if (shape.isBooleanSchema() && typeof value !== 'boolean') throw mismatch(value, path, 'a Boolean');
  if (shape.isNumericSchema() && typeof value !== 'number') throw mismatch(value, path, 'a Number');
}

function mismatch(value: unknown, path: string, wanted: string): AwsFault {
  const kind = Array.isArray(value)
    ? 'START_ARRAY'
    : typeof value === 'object'
      ? 'START_OBJECT'
      : `${typeof value}_VALUE`.toUpperCase();
  return new AwsFault(
    'SerializationException',
    `${kind} can not be converted to ${wanted} at ${path === '' ? '/' : path}`,
  );
}
