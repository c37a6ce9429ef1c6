// The answers of the real tools to a planner's calls, from the simulated account.

import { AwsCallError } from '../../src/contract/aws.ts';
import type { ToolCall, ToolResult } from '../../src/contract/call.ts';
import { fail } from '../../src/contract/errors.ts';
import type { ProposalView } from '../../src/contract/proposal.ts';
import { isChangeTool } from '../../src/contract/tool.ts';
import type { Json } from '../../src/kernel/canonical-json.ts';
import { LockkeeperError } from '../../src/kernel/errors.ts';
import { allTools } from '../../tools/index.ts';
import { proposalFor } from '../planner/account.ts';
import { NOW_MS, type SimulatedAws } from './simulated-aws.ts';

const context = { nowMs: NOW_MS, stage: () => {}, wait: async () => {} };

/** Runs one call as a node does, without its journal and policy: reads answer, changes are worked out and wait. */
export async function toolAnswer(aws: SimulatedAws, call: ToolCall): Promise<ToolResult> {
  const tool = allTools.find(({ name }) => name === call.tool);
  try {
    if (tool === undefined) throw fail('tool-unknown', { tool: call.tool });
    const input = tool.input.safeParse(call.input);
    if (!input.success) throw fail('input-invalid', { where: call.tool, detail: input.error.message });
    if (isChangeTool(tool)) {
      const change = await tool.prepare(
        input.data,
        await tool.observe(input.data, aws, context),
        aws,
        context,
      );
      return { status: 'proposed', proposal: waiting(call, change.title), text: '' };
    }
    const from = aws.calls.length;
    const output = tool.output.parse(await tool.run(input.data, aws, context));
    const evidence = aws.calls.slice(from).map((_, index) => `ev_${from + index + 1}`);
    // The output passed its schema, and every tool's output is JSON data.
    return { status: 'ok', output: output as Json, text: tool.text(output), evidence };
  } catch (thrown) {
    const known =
      thrown instanceof AwsCallError
        ? fail('aws-failed', { ...thrown.failure, detail: thrown.failure.message, advice: '' })
        : thrown;
    if (!(known instanceof LockkeeperError)) throw thrown;
    return { status: 'failed', error: known.toJSON(), text: known.message };
  }
}

function waiting(call: ToolCall, title: string): ProposalView {
  const proposal = proposalFor(call, title);
  return { ...proposal, document: { ...proposal.document, iat: NOW_MS, exp: NOW_MS + 900_000 } };
}
