// The AWS calls of one running call, as its node announces them. Each is on disk before the node may send it, behind the
// start of its call, and each end is stored with its evidence. Ids are checked against this call: a node cannot write into
// another conversation.

import { isCommandLineOf } from '../catalog/cli-line.ts';
import type { AuditEntry } from '../contract/audit-event.ts';
import type { AwsCall, Evidence } from '../contract/call.ts';
import { fail } from '../contract/errors.ts';
import type { Timer } from '../kernel/clock.ts';
import { LockkeeperError, messageOf } from '../kernel/errors.ts';
import { limits } from '../kernel/limits.ts';
import type { NodeCallObserver } from '../link/port.ts';
import type { Write } from '../store/port.ts';
import { type AdmittedCall, chat, type DispatchPorts } from './request.ts';

/** Something to commit: writes and the audit entries that belong to them. */
export interface Unstored {
  readonly writes: readonly Write[];
  readonly entries: readonly AuditEntry[];
}

export interface CallFollower {
  readonly observer: NodeCallObserver;
  /** What is not on its way to the disk yet. Whoever takes it stores it, before what comes next. */
  takeUnstored(): Unstored;
  /** Waits for what is on its way; the first problem that makes the call's result worthless, or null. */
  settled(): Promise<LockkeeperError | null>;
  /** Ids of the evidence reported for this call so far. */
  evidence(): readonly string[];
}

/** Follows a call. `first` is stored with whatever of it comes first, before any request leaves. */
export function followCall(ports: DispatchPorts, admitted: AdmittedCall, first: Unstored): CallFollower {
  const open = new Map<string, AwsCall>();
  const seen = new Set<string>();
  const evidenceIds: string[] = [];
  let problem: LockkeeperError | null = null;
  const unstored = collectUnstored(ports, note);
  unstored.add(first);

  function note(error: unknown): void {
    if (problem !== null) return;
    problem = error instanceof LockkeeperError ? error : invalid(admitted, messageOf(error));
  }

  async function started(aws: AwsCall): Promise<void> {
    // What was to be stored before this request may be what could not be.
    const refusal = problem ?? refusalOf(admitted, aws, seen);
    if (refusal !== null) {
      note(refusal);
      throw refusal;
    }
    seen.add(aws.id);
    const before = unstored.take();
    const start = startOf(admitted, aws);
    try {
      await ports.store.commit([...before.writes, ...start.writes], [...before.entries, ...start.entries]);
    } catch (error) {
      unstored.putBack(before);
      note(error);
      throw error;
    }
    open.set(aws.id, aws);
  }

  function finished(aws: AwsCall, evidence: Evidence | null): void {
    const begun = open.get(aws.id);
    if (begun === undefined) {
      // A start that was refused has an end too.
      ports.log.debug({ aws: aws.id, node: admitted.node.id }, 'an AWS call ended that nobody waits for');
      return;
    }
    open.delete(aws.id);
    // Evidence is of the command that was announced, whatever its node calls it at the end.
    const kept =
      evidence !== null && belongs(evidence, begun)
        ? { ...evidence, action: begun.action, cli: begun.cli }
        : null;
    // What was announced is what is shown: the end brings a status and a duration, never another command.
    const end: AwsCall = {
      ...begun,
      status: aws.status,
      ms: aws.ms,
      error: aws.error,
      evidence: kept?.id ?? null,
    };
    unstored.add(endOf(admitted, { aws: end, evidence: kept }));
    if (kept !== null) evidenceIds.push(kept.id);
  }

  return {
    observer: { awsStarted: started, awsFinished: finished },
    takeUnstored: unstored.take,
    async settled() {
      await unstored.stored();
      return problem;
    },
    evidence: () => evidenceIds,
  };
}

/** What waits a moment for the next start in its call, or for its end, and is stored without them otherwise. */
function collectUnstored(ports: DispatchPorts, onProblem: (error: unknown) => void) {
  let unstored: Unstored[] = [];
  let soon: Timer | null = null;
  let writing: Promise<unknown> | null = null;

  function take(): Unstored {
    soon?.cancel();
    soon = null;
    const taken = unstored;
    unstored = [];
    return {
      writes: taken.flatMap(({ writes }) => writes),
      entries: taken.flatMap(({ entries }) => entries),
    };
  }

  function store(): void {
    const taken = take();
    const stored = ports.store.commit(taken.writes, taken.entries).catch((error: unknown) => {
      putBack(taken);
      onProblem(error);
    });
    writing = Promise.all([writing, stored]);
  }

  /** What could not be stored: the end of the call tries once more, so that no end stands in the log without its start. */
  function putBack(taken: Unstored): void {
    unstored.unshift(taken);
  }

  return {
    add(one: Unstored): void {
      unstored.push(one);
      soon ??= ports.clock.after(limits.call.storeMs, store);
    },
    take,
    putBack,
    async stored(): Promise<void> {
      if (writing !== null) await writing;
    },
  };
}

function startOf(admitted: AdmittedCall, aws: AwsCall): Unstored {
  const { request } = admitted;
  const data = { action: aws.action, aws: aws.id };
  return {
    writes: chat(request, { turn: request.turn, type: 'aws.started', aws }),
    entries: [{ ...origin(admitted), event: 'aws.started', cli: aws.cli, data }],
  };
}

function endOf(
  admitted: AdmittedCall,
  end: { readonly aws: AwsCall; readonly evidence: Evidence | null },
): Unstored {
  const { request } = admitted;
  const { aws, evidence } = end;
  const data = {
    action: aws.action,
    aws: aws.id,
    ...(aws.error === null ? {} : { error: aws.error.code }),
    evidence: aws.evidence,
    ms: aws.ms,
    status: aws.status,
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
  if (seen.size >= limits.call.awsCallsMax)
    return fail('budget-exceeded', {
      what: `${limits.call.awsCallsMax} AWS calls in one call`,
      wait: 'and ask for less',
    });
  if (!tool.actions.some((action) => action === aws.action))
    return fail('action-not-declared', { tool: tool.name, action: aws.action.slice(0, 100) });
  if (!isCommandLineOf(aws.action, aws.cli))
    return invalid(admitted, `an AWS call came under a command line that is none of ${aws.action}`);
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
