// Runs tools as a node does: the input is parsed with the tool's own schema, the output is held against its own schema.

import type { z } from 'zod';
import type { Aws } from '../../src/contract/aws.ts';
import type { ChangeTool, PreparedChange, ReadTool, ToolContext } from '../../src/contract/tool.ts';
import { NOW_MS } from '../support/simulated-aws.ts';

const context: ToolContext = { nowMs: NOW_MS, stage: () => {}, wait: async () => {} };

/** The typed output and the text for the planner. */
export async function runRead<I extends z.ZodType, O extends z.ZodType>(
  tool: ReadTool<I, O>,
  input: unknown,
  aws: Aws,
): Promise<{ output: z.infer<O>; text: string }> {
  const output = await tool.run(tool.input.parse(input), aws, context);
  const parsed = tool.output.parse(JSON.parse(JSON.stringify(output)));
  return { output: parsed, text: tool.text(parsed) };
}

/** The prepared change; the observed state goes through JSON, as it does in a proposal. */
export async function runPrepare<I extends z.ZodType>(
  tool: ChangeTool<I>,
  input: unknown,
  aws: Aws,
): Promise<PreparedChange> {
  const parsed = tool.input.parse(input);
  const state = await tool.observe(parsed, aws, context);
  return tool.prepare(parsed, JSON.parse(JSON.stringify(state)), aws, context);
}
