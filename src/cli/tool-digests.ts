// The digests of the tools, which a node tells its hub with every connection. They follow from the sources, and working them out takes a
// tenth of a start, so the build works them out once and writes them into the program.

import { allTools } from '../../tools/index.ts';
import { toolSchemaSha256 } from '../catalog/model-schema.ts';
import type { Tool } from '../contract/tool.ts';

/** Put here by `scripts/build-program.mjs`; the sources alone do not have it. */
declare const LOCKKEEPER_TOOL_DIGESTS: Readonly<Record<string, string>> | undefined;

const shipped = typeof LOCKKEEPER_TOOL_DIGESTS === 'undefined' ? {} : LOCKKEEPER_TOOL_DIGESTS;

/** `toolSchemaSha256` of each tool by its name, worked out now. */
export function toolDigests(): Record<string, string> {
  return Object.fromEntries(allTools.map((tool) => [tool.name, toolSchemaSha256(tool)]));
}

/** `toolSchemaSha256` of a tool of this package, from the build where there was one. */
export function shippedToolSha256(tool: Tool): string {
  return shipped[tool.name] ?? toolSchemaSha256(tool);
}
