// The AWS calls of one running call, as its node announces them. Each is on disk before the node may send it, and each
// end is stored with its evidence. Ids are checked against this call: a node cannot write into another conversation.

import type { AuditEntry } from '../contract/audit-event.ts';
import type { AwsCall, Evidence } from '../contract/call.ts';
import { fail } from '../contract/errors.ts';
import { LockkeeperError, messageOf } from '../kernel/errors.ts';
import { limits } from '../kernel/limits.ts';
import type { NodeCallObserver } from '../link/port.ts';
import type { Write } from '../store/port.ts';
import { type AdmittedCall, chat, type DispatchPorts } from './request.ts';

/** Room for the JSON text around a bounded body. */
const CLI_CHARS_MAX = 16_384;

/** Something to commit: writes and the audit entries that belong to them. */
export interface Unstored {
  readonly writes: readonly Write[];
  readonly entries: readonly AuditEntry[];
}

export interface CallFollower {
  readonly observer: NodeCallObserver;
  /** The ends that are not on their way to the disk yet. Whoever takes them stores them, with what they belong to. */
  takeUnstored(): Unstored;
  /** Waits for the ends that are on their way; the first problem that makes the call's result worthless, or null. */
  settled(): Promise<LockkeeperError | null>;
  /** Ids of the evidence reported for this call so far. */
  evidence(): readonly string[];
}

export function followCall(ports: DispatchPorts, admitted: AdmittedCall): CallFollower {
  const open = new Map<string, AwsCall>();
  const seen = new Set<string>();
  const evidenceIds: string[] = [];
  let problem: LockkeeperError | null = null;
  const ends = collectEnds(ports, note);

  function note(error: unknown): void {
    if (problem !== null) return;
    problem = error instanceof LockkeeperError ? error : invalid(admitted, messageOf(error));
  }

  async function started(aws: AwsCall): Promise<void> {
    const refusal = refusalOf(admitted, aws, seen);
    if (refusal !== null) {
      note(refusal);
      throw refusal;
    }
    seen.add(aws.id);
    try {
      await recordStart(ports, admitted, aws);
    } catch (error) {
      note(error);
      throw error;
    }
    open.set(aws.id, aws);
  }

  function finished(aws: AwsCall, evidence: Evidence | null): void {
    const begun = open.get(aws.id);
    if (begun === undefined) {
      ports.log.warn({ aws: aws.id, node: admitted.node.id }, 'an AWS call ended that never began');
      return;
    }
    open.delete(aws.id);
    const kept = evidence !== null && belongs(evidence, begun) ? evidence : null;
    // What was announced is what is shown: the end brings a status and a duration, never another command.
    const end: AwsCall = {
      ...begun,
      status: aws.status,
      ms: aws.ms,
      error: aws.error,
      evidence: kept?.id ?? null,
    };
    ends.add(endOf(admitted, { aws: end, evidence: kept }));
    if (kept !== null) evidenceIds.push(kept.id);
  }

  return {
    observer: { awsStarted: started, awsFinished: finished },
    takeUnstored: ends.take,
    async settled() {
      await ends.stored();
      return problem;
    },
    evidence: () => evidenceIds,
  };
}

/** Ends that wait a moment for the end of their call, which often comes with the last of them, and are stored without it otherwise. */
function collectEnds(ports: DispatchPorts, onProblem: (error: unknown) => void) {
  let unstored: Unstored[] = [];
  let soon: NodeJS.Immediate | null = null;
  let writing: Promise<unknown> | null = null;

  function take(): Unstored {
    if (soon !== null) clearImmediate(soon);
    soon = null;
    const taken = unstored;
    unstored = [];
    return {
      writes: taken.flatMap(({ writes }) => writes),
      entries: taken.flatMap(({ entries }) => entries),
    };
  }

  function store(): void {
    const { writes, entries } = take();
    writing = Promise.all([writing, ports.store.commit(writes, entries)]).catch(onProblem);
  }

  return {
    add(end: Unstored): void {
      unstored.push(end);
      soon ??= setImmediate(store);
    },
    take,
    async stored(): Promise<void> {
      if (writing !== null) await writing;
    },
  };
}

async function recordStart(ports: DispatchPorts, admitted: AdmittedCall, aws: AwsCall): Promise<void> {
  const { request } = admitted;
  await ports.store.commit(chat(request, { turn: request.turn, type: 'aws.started', aws }), [
    { ...origin(admitted), event: 'aws.started', cli: aws.cli, data: { aws: aws.id, action: aws.action } },
  ]);
}

function endOf(
  admitted: AdmittedCall,
  end: { readonly aws: AwsCall; readonly evidence: Evidence | null },
): Unstored {
  const { request } = admitted;
  const { aws, evidence } = end;
  const data = {
    aws: aws.id,
    action: aws.action,
    status: aws.status,
    ms: aws.ms,
    evidence: aws.evidence,
    ...(aws.error === null ? {} : { error: aws.error.code }),
  };
  return {
    writes: [...saveOf(evidence), ...chat(request, { turn: request.turn, type: 'aws.finished', aws })],
    entries: [{ ...origin(admitted), event: 'aws.finished', cli: aws.cli, data }],
  };
}

function refusalOf(admitted: AdmittedCall, aws: AwsCall, seen: ReadonlySet<string>): LockkeeperError | null {
  const { tool, request } = admitted;
  if (aws.call !== request.call.id || seen.has(aws.id))
    return invalid(admitted, 'an AWS call came under a wrong id');
  if (aws.cli.length > CLI_CHARS_MAX) return invalid(admitted, 'a command line is too long');
  if (seen.size >= limits.call.awsCallsMax)
    return fail('budget-exceeded', {
      what: `${limits.call.awsCallsMax} AWS calls in one call`,
      wait: 'and ask for less',
    });
  if (!tool.actions.some((action) => action === aws.action))
    return fail('action-not-declared', { tool: tool.name, action: aws.action.slice(0, 100) });
  return null;
}

function invalid(admitted: AdmittedCall, detail: string): LockkeeperError {
  return fail('node-answer-invalid', { tool: admitted.tool.name, detail });
}

function belongs(evidence: Evidence, aws: AwsCall): boolean {
  return (
    evidence.aws === aws.id &&
    evidence.call === aws.call &&
    Buffer.byteLength(evidence.body) <= limits.evidence.bytes
  );
}

function saveOf(evidence: Evidence | null): Write[] {
  return evidence === null ? [] : [{ kind: 'evidence.save', evidence }];
}

function origin(admitted: AdmittedCall) {
  const { request, node } = admitted;
  return {
    actor: { kind: 'node', id: node.id, name: node.inventory.name },
    conversation: request.conversation,
    turn: request.turn,
    call: request.call.id,
    node: node.id,
  } as const;
}
