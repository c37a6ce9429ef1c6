// An admitted call on its node: recorded before it is sent, followed while it runs, checked when it ends.
// A node's results are hostile until its output matched the tool's schema, its size the limits and its ids this call.

import type { ToolResult } from '../contract/call.ts';
import { fail } from '../contract/errors.ts';
import { isChangeTool, type ReadTool } from '../contract/tool.ts';
import type { Json } from '../kernel/canonical-json.ts';
import type { Timer } from '../kernel/clock.ts';
import { LockkeeperError, messageOf } from '../kernel/errors.ts';
import { limits } from '../kernel/limits.ts';
import type { NodeCallResult } from '../link/port.ts';
import { type CallFollower, followCall, type Unstored } from './follow.ts';
import { acceptProposal } from './proposals.ts';
import { type AdmittedCall, agentActor, chat, type DispatchPorts, failed, refused } from './request.ts';
import { callTitle } from './title.ts';

/** A node that neither answers nor hangs up is given this long beyond its own deadline. */
const GRACE_MS = 5_000;

/** Sends an admitted call and returns its result. Throws `audit-unwritable` when its end could not be recorded. */
export async function runOnNode(ports: DispatchPorts, admitted: AdmittedCall): Promise<ToolResult> {
  const startedMs = ports.clock.monotonic();
  const start = startOf(ports, admitted);
  const change = isChangeTool(admitted.tool);
  // A change is on record before its node prepares it. A read only asks, so its start is stored with its first request.
  if (change) await ports.store.commit(start.writes, start.entries);
  const follower = followCall(ports, admitted, change ? nothing : start);
  const answer = await askNode(ports, admitted, follower);
  const problem = await follower.settled();
  const before = follower.takeUnstored();
  if (problem === null && answer.status === 'prepared') {
    await ports.store.commit(before.writes, before.entries);
    const proposed = await acceptProposal(ports, admitted, answer);
    // A waiting change has not ended: its `call.finished` is written when people and node have had their say.
    if (proposed?.status === 'proposed') return proposed;
    return ended(ports, admitted, {
      before: nothing,
      result: proposed ?? aReadWasPrepared(admitted),
      startedMs,
    });
  }
  const result =
    problem === null ? resultOf(ports, admitted, { answer, evidence: follower.evidence() }) : failed(problem);
  return ended(ports, admitted, { before, result, startedMs });
}

const nothing: Unstored = { writes: [], entries: [] };

interface Ended {
  /** What is stored with the end of the call, before it. */
  readonly before: Unstored;
  readonly result: ToolResult;
  readonly startedMs: number;
}

/** Records the end of a call and returns its result; another one when what its node reported contradicts what is stored. */
async function ended(
  ports: DispatchPorts,
  admitted: AdmittedCall,
  { before, result, startedMs }: Ended,
): Promise<ToolResult> {
  // The hub closes: the call stays open on record, and whoever resumes its turn makes it again.
  if (admitted.request.signal.reason === 'closing') {
    await ports.store.commit(before.writes, before.entries);
    return failed(fail('cancelled'));
  }
  const ms = ports.clock.monotonic() - startedMs;
  try {
    await recordEnd(ports, admitted, { before, result, ms });
    return result;
  } catch (error) {
    if (error instanceof LockkeeperError) throw error;
    const detail = messageOf(error);
    const refusal = failed(fail('node-answer-invalid', { tool: admitted.tool.name, detail }));
    await recordEnd(ports, admitted, { before: nothing, result: refusal, ms });
    return refusal;
  }
}

async function askNode(
  ports: DispatchPorts,
  admitted: AdmittedCall,
  follower: CallFollower,
): Promise<NodeCallResult> {
  const { request, tool, node, decision } = admitted;
  const nodeCall = {
    call: request.call.id,
    tool: tool.name,
    input: request.call.input,
    origin: {
      conversation: request.conversation,
      turn: request.turn,
      person: request.person.id,
      agent: request.agent,
      roles: [...request.person.roles],
      level: request.level,
    },
    deadlineMs: limits.call.deadlineMs,
    // Whatever policy says, a change has at least one approval.
    approvals: isChangeTool(tool) ? Math.max(1, decision.approvals) : decision.approvals,
    level: decision.level,
    supersedes: request.supersedes ?? null,
  };
  const overdue = whenOverdue(ports, tool.name);
  try {
    const answer = ports.directory.run(node.id, nodeCall, follower.observer, request.signal);
    return await Promise.race([answer, overdue.answer]);
  } catch (error) {
    ports.log.error(
      { call: request.call.id, error: messageOf(error) },
      'the link threw instead of answering',
    );
    return { status: 'failed', error: fail('node-lost', { node: node.inventory.name }).toJSON() };
  } finally {
    overdue.cancel();
  }
}

/** The answer of a link that neither answers nor ends the call at its deadline. */
function whenOverdue(
  ports: DispatchPorts,
  tool: string,
): { readonly answer: Promise<NodeCallResult>; cancel(): void } {
  const seconds = limits.call.deadlineMs / 1_000;
  let timer: Timer | undefined;
  const answer = new Promise<NodeCallResult>((resolve) => {
    timer = ports.clock.after(limits.call.deadlineMs + GRACE_MS, () =>
      resolve({ status: 'failed', error: fail('deadline-exceeded', { tool, seconds }).toJSON() }),
    );
  });
  return { answer, cancel: () => timer?.cancel() };
}

/** The result of everything but an accepted proposal. */
function resultOf(
  ports: DispatchPorts,
  admitted: AdmittedCall,
  ended: { readonly answer: NodeCallResult; readonly evidence: readonly string[] },
): ToolResult {
  const { answer } = ended;
  const { tool } = admitted;
  switch (answer.status) {
    case 'refused':
      return refused(boundedError(ports, answer.error));
    case 'failed':
      return failed(boundedError(ports, answer.error));
    case 'prepared':
      return aReadWasPrepared(admitted);
    case 'ok':
      if (isChangeTool(tool))
        return failed(fail('node-answer-invalid', { tool: tool.name, detail: 'a change came back as done' }));
      return readResult(ports, tool, { output: answer.output, evidence: ended.evidence });
  }
}

function aReadWasPrepared({ tool }: AdmittedCall): ToolResult {
  return failed(fail('node-answer-invalid', { tool: tool.name, detail: 'a read came back as a proposal' }));
}

function readResult(
  ports: DispatchPorts,
  tool: ReadTool,
  ended: { readonly output: Json; readonly evidence: readonly string[] },
): ToolResult {
  if (Buffer.byteLength(JSON.stringify(ended.output)) > limits.call.outputBytes) {
    return failed(fail('result-too-large', { tool: tool.name, limit: limits.call.outputBytes }));
  }
  const parsed = tool.output.safeParse(ended.output);
  if (!parsed.success) {
    const where = parsed.error.issues[0]?.path.map(String).join('.') ?? '';
    return failed(
      fail('node-answer-invalid', {
        tool: tool.name,
        detail: `its output is not as declared at ${where || 'the top'}`,
      }),
    );
  }
  try {
    // The text is made here, from what was checked: a node sends no wording of its own.
    const text = ports.redact.text(tool.text(parsed.data)).text.slice(0, limits.call.textChars);
    // The schema passed, so what it returned is JSON data like what went in.
    const output = ports.redact.json(parsed.data as Json).value;
    return { status: 'ok', output, text, evidence: [...ended.evidence] };
  } catch (error) {
    return failed(fail('node-answer-invalid', { tool: tool.name, detail: messageOf(error) }));
  }
}

function boundedError(
  ports: DispatchPorts,
  error: { code: string; message: string; next: string },
): { code: string; message: string; next: string } {
  const clean = (text: string, chars: number): string => ports.redact.text(text.slice(0, chars)).text;
  return { code: clean(error.code, 64), message: clean(error.message, 2_000), next: clean(error.next, 500) };
}

function startOf(ports: DispatchPorts, { request, tool, target, node, decision }: AdmittedCall): Unstored {
  const { call, conversation, turn, person } = request;
  const data = {
    input: ports.redact.json(call.input).value,
    person: person.id,
    policies: decision.reasons.map((one) => one.policy),
    policySha256: decision.policySha256,
    risk: tool.risk,
    tool: tool.name,
  };
  const title = callTitle(tool, target);
  const actor = agentActor(request);
  return {
    writes: chat(request, { turn, type: 'call.started', call, title, risk: tool.risk, node: node.id }),
    entries: [{ event: 'call.started', actor, conversation, turn, call: call.id, node: node.id, data }],
  };
}

async function recordEnd(
  ports: DispatchPorts,
  admitted: AdmittedCall,
  end: { readonly before: Unstored; readonly result: ToolResult; readonly ms: number },
): Promise<void> {
  const { request, tool, node } = admitted;
  const { before, result, ms } = end;
  const finished = chat(request, {
    turn: request.turn,
    type: 'call.finished',
    call: request.call.id,
    tool: tool.name,
    ms,
    result,
  });
  await ports.store.commit(
    [...before.writes, ...finished],
    [
      ...before.entries,
      {
        event: 'call.finished',
        actor: agentActor(request),
        conversation: request.conversation,
        turn: request.turn,
        call: request.call.id,
        node: node.id,
        data: {
          ...('error' in result ? { code: result.error.code } : {}),
          ...('evidence' in result ? { evidence: result.evidence } : {}),
          ms: Math.round(ms),
          ...('error' in result ? { reason: result.error.message } : {}),
          status: result.status,
          tool: tool.name,
        },
      },
    ],
  );
}
