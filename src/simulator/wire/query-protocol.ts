// AWS Query and EC2 Query: input is a form (`Filter.1.Value.2=x`), output is XML. The SDK only writes such forms,
// so the reader here is the mirror image of its QueryShapeSerializer.
// https://smithy.io/2.0/aws/protocols/aws-query-protocol.html and aws-ec2-query-protocol.html

import { XmlShapeSerializer } from '@aws-sdk/core/protocols';
import { NormalizedSchema } from '@smithy/core/schema';
import { AwsFault } from './aws-fault.ts';
import { isRecord, type Schema, toSdkValue } from './operation.ts';

/** A form as a tree: the parts of a dotted key are the branches. */
interface FormNode {
  text?: string;
  readonly branches: Map<string, FormNode>;
}

interface Reading {
  readonly ec2: boolean;
  /** The dotted key so far, for error messages. */
  readonly path: string;
}

/** RFC 3339 text, the default timestamp format of both protocols. */
const DATE_TIME = 5;

/** Decodes a form. Throws `UnknownParameter` (EC2 only, as EC2 does) for a key that the operation does not have. */
export function decodeForm(schema: Schema, form: URLSearchParams, ec2: boolean): Record<string, unknown> {
  const tree: FormNode = { branches: new Map() };
  for (const [key, value] of form) {
    if (key !== 'Action' && key !== 'Version') plant(tree, key, value);
  }
  const input = read(NormalizedSchema.of(schema), tree, { ec2, path: '' });
  return isRecord(input) ? input : {};
}

/** The members of an answer as XML, without a root element. */
export function encodeXml(schema: Schema, output: unknown): string {
  const shape = NormalizedSchema.of(schema);
  if (!shape.isStructSchema()) return '';
  const serializer = new XmlShapeSerializer({
    timestampFormat: { useTrait: true, default: DATE_TIME },
    httpBindings: false,
    xmlNamespace: '',
    serviceNamespace: '',
  });
  serializer.write(shape, toSdkValue(schema, output) ?? {});
  const text = String(serializer.flush()).replace(/^<\?xml[^>]*\?>/, '');
  return /^<[^>]*\/>$/.test(text) ? '' : text.replace(/^<[^>]*>/, '').replace(/<\/[^>]*>$/, '');
}

/** Text for an XML element. Characters that XML 1.0 cannot carry are dropped. */
export function escapeXml(text: string): string {
  const legal = Array.from(text)
    .filter((char) => char >= ' ' || char === '\n' || char === '\t')
    .join('');
  return legal.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}

function plant(tree: FormNode, key: string, value: string): void {
  let node = tree;
  for (const part of key.split('.')) {
    let next = node.branches.get(part);
    if (next === undefined) {
      next = { branches: new Map() };
      node.branches.set(part, next);
    }
    node = next;
  }
  node.text = value;
}

function read(shape: NormalizedSchema, node: FormNode, at: Reading): unknown {
  if (shape.isStructSchema()) return readStruct(shape, node, at);
  if (shape.isListSchema()) return readList(shape, node, at);
  const text = node.text ?? '';
  if (shape.isBooleanSchema()) return text === 'true';
  if (shape.isNumericSchema()) return readNumber(text, at);
  if (shape.isTimestampSchema()) return new Date(text);
  if (shape.isBlobSchema()) return Buffer.from(text, 'base64');
  return text;
}

function readStruct(shape: NormalizedSchema, node: FormNode, at: Reading): Record<string, unknown> {
  const out: Record<string, unknown> = {};
  const known = new Set<string>();
  for (const [name, member] of shape.structIterator()) {
    const key = keyOf(member, name, { ec2: at.ec2, structMember: true });
    known.add(key);
    const branch = node.branches.get(key);
    if (branch !== undefined) out[name] = read(member, branch, { ec2: at.ec2, path: joined(at.path, key) });
  }
  const unknown = [...node.branches.keys()].find((key) => !known.has(key));
  if (at.ec2 && unknown !== undefined) {
    throw new AwsFault('UnknownParameter', `The parameter ${joined(at.path, unknown)} is not recognized`);
  }
  return out;
}

function readList(shape: NormalizedSchema, node: FormNode, at: Reading): unknown[] {
  const item = shape.getValueSchema();
  const flat = at.ec2 || shape.getMergedTraits().xmlFlattened !== undefined;
  const wrapper = keyOf(item, 'member', { ec2: at.ec2, structMember: false });
  const source = flat ? node : node.branches.get(wrapper);
  const numbered = [...(source?.branches ?? [])].filter(([key]) => /^\d+$/.test(key));
  numbered.sort(([left], [right]) => Number(left) - Number(right));
  return numbered.map(([key, branch]) => read(item, branch, { ec2: at.ec2, path: joined(at.path, key) }));
}

function readNumber(text: string, at: Reading): number {
  const value = Number(text);
  if (text.trim() !== '' && Number.isFinite(value)) return value;
  throw new AwsFault(
    at.ec2 ? 'InvalidParameterValue' : 'ValidationError',
    `Invalid value '${text}' for ${at.path}. It must be a number.`,
  );
}

/** The name of a member in a form; EC2 has its own trait for it and otherwise capitalises. */
function keyOf(
  member: NormalizedSchema,
  name: string,
  where: { ec2: boolean; structMember: boolean },
): string {
  const traits = member.getMergedTraits();
  if (where.ec2 && traits.ec2QueryName) return String(traits.ec2QueryName);
  const key = String(traits.xmlName ?? name);
  return where.ec2 && where.structMember ? key.charAt(0).toUpperCase() + key.slice(1) : key;
}

function joined(path: string, key: string): string {
  return path === '' ? key : `${path}.${key}`;
}
