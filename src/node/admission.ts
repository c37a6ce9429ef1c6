// Whether a call may run here at all: the node's own tool list, its own reading of the input, its own policy, its own
// budget. What the hub decided before does not matter.

import type { Decision } from '../contract/decision.ts';
import { fail } from '../contract/errors.ts';
import { firstIssue } from '../contract/json.ts';
import { isChangeTool, type Target, type Tool } from '../contract/tool.ts';
import type { FrameOf, HubFrame } from '../contract/wire.ts';
import { LockkeeperError, messageOf } from '../kernel/errors.ts';
import { limits } from '../kernel/limits.ts';
import { clip } from './bounded-json.ts';
import type { NodeParts, Place } from './parts.ts';

export type CallFrame = FrameOf<HubFrame, 'call.run'>;

export interface AdmittedCall {
  readonly frame: CallFrame;
  readonly tool: Tool;
  /** As the tool's own schema parsed it. */
  readonly input: unknown;
  readonly place: Place;
  readonly decision: Decision;
}

/**
 * Throws `tool-unknown`, `input-invalid`, `body-too-large`, `call-denied`, `policy-unavailable`, `budget-exceeded`, or what
 * `place` throws.
 */
export async function admitCall(parts: NodeParts, frame: CallFrame): Promise<AdmittedCall> {
  const tool = parts.tools.get(frame.tool);
  if (tool === undefined) throw fail('tool-unknown', { tool: clip(frame.tool, 64) });
  if (Buffer.byteLength(JSON.stringify(frame.input)) > limits.call.inputBytes) {
    throw fail('body-too-large', { limit: limits.call.inputBytes });
  }
  const parsed = tool.input.safeParse(frame.input);
  if (!parsed.success) throw fail('input-invalid', firstIssue(parsed.error));
  const place = await parts.place();
  const decision = decide(parts, frame, { tool, target: tool.target(parsed.data), place });
  parts.budget.takeCall(frame.origin.conversation);
  return { frame, tool, input: parsed.data, place, decision };
}

function decide(
  parts: NodeParts,
  frame: CallFrame,
  subject: { readonly tool: Tool; readonly target: Target; readonly place: Place },
): Decision {
  const { origin } = frame;
  const { tool, target, place } = subject;
  const decision = guarded(() =>
    parts.policy.decide({
      agent: { name: origin.agent, level: origin.level },
      person: { id: origin.person, roles: origin.roles },
      tool: tool.name,
      risk: tool.risk,
      account: place.account,
      region: place.region,
      target,
    }),
  );
  if (decision.errors.length > 0)
    throw fail('policy-unavailable', { detail: clip(decision.errors.join('; '), 500) });
  // A read cannot be approved, so a policy that asks for approval of one has refused it.
  const allowed = isChangeTool(tool) ? decision.verdict !== 'deny' : decision.verdict === 'allow';
  if (!allowed) {
    const reason =
      decision.reasons.map((entry) => entry.reason).join('; ') || 'no policy of the node allows it';
    throw fail('call-denied', { tool: tool.name, reason });
  }
  return decision;
}

function guarded(decide: () => Decision): Decision {
  try {
    return decide();
  } catch (error) {
    if (error instanceof LockkeeperError) throw error;
    throw fail('policy-unavailable', { detail: messageOf(error) }, error);
  }
}
