// The tools as the Messages API takes them: name, summary and input schema of the catalogue, nothing from anywhere else.
// Sorted by name, so that the bytes stay the same and the prompt cache keeps them.

import type { Tool as ApiTool } from '@anthropic-ai/sdk/resources/messages/messages';
import { z } from 'zod';
import type { Tool } from '../../contract/tool.ts';

export function toolSchemas(tools: readonly Tool[]): ApiTool[] {
  return [...tools]
    .sort((a, b) => (a.name < b.name ? -1 : 1))
    .map((tool) => {
      const { $schema: _dialect, ...schema } = z.toJSONSchema(tool.input, { io: 'input' });
      return { name: tool.name, description: describe(tool), input_schema: { ...schema, type: 'object' } };
    });
}

/** What a change tool does when it is called is the one thing a model must not misread. */
function describe(tool: Tool): string {
  const changes = tool.risk === 'change' || tool.risk === 'destroy';
  return changes
    ? `${tool.summary} Calling it prepares a proposal; nothing runs before people approve it.`
    : tool.summary;
}
