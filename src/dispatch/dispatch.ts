// The one door on the hub between a planner and a node: parse, decide, audit, send, audit.
//
// What always holds: nothing reaches AWS before `call.started` and `aws.started` are on disk, and no node prepares a change
// before `call.started` is; whatever is unsure (unknown tool, policy error, unwritable log, missing node) ends as a refusal and not as a call.

import type { ToolResult } from '../contract/call.ts';
import type { Decision } from '../contract/decision.ts';
import { type ErrorCode, fail } from '../contract/errors.ts';
import { firstIssue } from '../contract/json.ts';
import { isChangeTool } from '../contract/tool.ts';
import { type ErrorParams, LockkeeperError, messageOf } from '../kernel/errors.ts';
import { limits } from '../kernel/limits.ts';
import { existingProposal, waitingTwin } from './proposals.ts';
import {
  type AdmittedCall,
  agentActor,
  chat,
  type Dispatch,
  type DispatchPorts,
  type DispatchRequest,
  failed,
  refused,
} from './request.ts';
import { runOnNode } from './run.ts';

type Admission = { readonly admitted: AdmittedCall } | { readonly result: ToolResult };

export function createDispatch(ports: DispatchPorts): Dispatch {
  return {
    async call(request) {
      try {
        return await pass(ports, request);
      } catch (error) {
        // The log refused a record: nothing further is sent, and the planner hears why.
        if (error instanceof LockkeeperError) return failed(error);
        throw error;
      }
    },
  };
}

async function pass(ports: DispatchPorts, request: DispatchRequest): Promise<ToolResult> {
  const startedMs = ports.clock.monotonic();
  const refuseWith = async (result: ToolResult): Promise<ToolResult> => {
    await recordRefusal(ports, request, { result, ms: ports.clock.monotonic() - startedMs });
    return result;
  };
  const admission = admit(ports, request);
  if (!('admitted' in admission)) return refuseWith(admission.result);
  const { admitted } = admission;
  if (isChangeTool(admitted.tool)) {
    const earlier = await existingProposal(ports, request);
    if (earlier !== null) return earlier;
    const twin = await waitingTwin(ports, admitted);
    if (twin !== null) return refuseWith(refused(fail('change-waits', { proposal: twin })));
  }
  return runOnNode(ports, admitted);
}

/** Everything that can be known before a node is asked. Never throws for what a planner or a policy did. */
function admit(ports: DispatchPorts, request: DispatchRequest): Admission {
  const { call } = request;
  const tool = ports.tools.find(call.tool);
  if (tool === null) return refuse('tool-unknown', { tool: call.tool.slice(0, 64) });
  if (Buffer.byteLength(JSON.stringify(call.input)) > limits.call.inputBytes) {
    return refuse('input-invalid', {
      where: 'the top',
      detail: `it is larger than ${limits.call.inputBytes} bytes`,
    });
  }
  const input = tool.input.safeParse(call.input);
  if (!input.success) return refuse('input-invalid', firstIssue(input.error));
  const node = ports.directory.connected(null);
  if (node === null) return { result: failed(fail('node-offline')) };
  if (!node.inventory.tools.some((served) => served.name === tool.name)) {
    return refuse('tool-unknown', { tool: `${tool.name} on node ${node.inventory.name}` });
  }
  return decide(ports, { request, tool, target: tool.target(input.data), parsed: input.data, node });
}

function decide(ports: DispatchPorts, call: Omit<AdmittedCall, 'decision'>): Admission {
  const { request, tool, node } = call;
  let decision: Decision;
  try {
    decision = ports.policy.decide({
      agent: { name: request.agent, level: request.level },
      person: { id: request.person.id, roles: request.person.roles },
      tool: tool.name,
      risk: tool.risk,
      account: node.inventory.account,
      region: node.inventory.region,
      target: call.target,
    });
  } catch (error) {
    return refuse('policy-unavailable', { detail: messageOf(error) });
  }
  if (decision.errors.length > 0) return refuse('policy-unavailable', { detail: decision.errors.join('; ') });
  const reason = decision.reasons.map((one) => one.reason).join('; ') || 'no policy allows it';
  if (decision.verdict === 'deny') return refuse('call-denied', { tool: tool.name, reason });
  // Approvals are over what a node prepared. A read has nothing to prepare, so a policy that asks for one refuses it.
  if (decision.verdict === 'approve' && !isChangeTool(tool)) {
    return refuse('call-denied', { tool: tool.name, reason: `${reason}; a read cannot be approved` });
  }
  return { admitted: { ...call, decision } };
}

function refuse(code: ErrorCode, params: ErrorParams): Admission {
  return { result: refused(fail(code, params)) };
}

async function recordRefusal(
  ports: DispatchPorts,
  request: DispatchRequest,
  ended: { readonly result: ToolResult; readonly ms: number },
): Promise<void> {
  const { call, conversation, turn } = request;
  const error = 'error' in ended.result ? ended.result.error : null;
  await ports.store.commit(
    chat(request, {
      turn,
      type: 'call.finished',
      call: call.id,
      tool: call.tool.slice(0, 64),
      ms: ended.ms,
      result: ended.result,
    }),
    [
      {
        event: 'call.refused',
        actor: agentActor(request),
        conversation,
        turn,
        call: call.id,
        data: {
          tool: call.tool.slice(0, 64),
          code: error?.code ?? '',
          reason: ports.redact.text(error?.message ?? '').text,
        },
      },
    ],
  );
}
