// A tool's input as JSON Schema: what a model is given, what the reference shows and what a proposal pins by its digest.
// The schema is a pure function of the tool, closed against unknown members, and spelled the same on every run.

import { z } from 'zod';
import type { Tool } from '../contract/tool.ts';
import { invariant } from '../kernel/assert.ts';
import { canonicalJson, type Json, sha256Hex } from '../kernel/canonical-json.ts';

/** The `input_schema` of a tool in the Anthropic Messages API. */
export interface ModelSchema {
  readonly type: 'object';
  readonly [key: string]: Json;
}

/** What a model is told about a tool. */
export interface ModelTool {
  readonly name: string;
  readonly description: string;
  readonly input_schema: ModelSchema;
}

/** JSON Schema (draft 2020-12) of what a caller may write: defaults are optional, unknown members are refused. */
export function modelSchema(tool: Tool): ModelSchema {
  const schema = z.toJSONSchema(tool.input, { io: 'input', unrepresentable: 'throw' });
  const { $schema: _dialect, ...rest } = schema;
  // Round trip through canonical JSON: plain data with members in one order, whatever order zod wrote them in.
  const plain = JSON.parse(canonicalJson(closed(rest as Json))) as Json;
  invariant(
    typeof plain === 'object' && plain !== null && 'type' in plain && plain.type === 'object',
    `the input of ${tool.name} is an object`,
  );
  return plain as ModelSchema;
}

/** The tools as the Messages API takes them, sorted by name so that a prompt cache keeps working. */
export function modelTools(tools: readonly Tool[]): ModelTool[] {
  return [...tools]
    .sort((a, b) => (a.name < b.name ? -1 : 1))
    .map((tool) => ({ name: tool.name, description: tool.summary, input_schema: modelSchema(tool) }));
}

/** A tool does not change while the program runs, and its digest is asked for at every connection and every proposal. */
const digests = new WeakMap<Tool, string>();

/** SHA-256 (hex) over name, risk, actions and input schema: the tool an approver saw is the tool that runs. */
export function toolSchemaSha256(tool: Tool): string {
  const known = digests.get(tool) ?? digestOf(tool);
  digests.set(tool, known);
  return known;
}

function digestOf(tool: Tool): string {
  return sha256Hex(
    canonicalJson({
      name: tool.name,
      risk: tool.risk,
      actions: [...tool.actions].sort(),
      input: modelSchema(tool),
    }),
  );
}

/** `additionalProperties: false` on every object that names its members. */
function closed(schema: Json): Json {
  if (Array.isArray(schema)) return schema.map(closed);
  if (typeof schema !== 'object' || schema === null) return schema;
  const out: Record<string, Json> = {};
  for (const [key, value] of Object.entries(schema)) out[key] = closed(value);
  if (out.type === 'object' && 'properties' in out) out.additionalProperties = false;
  return out;
}
