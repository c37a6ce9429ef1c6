// Reads without a hub: the node's own gate (declared reads only, bounded, redacted), with a notebook in memory where a
// node has its journal and its line to the hub. Every request is in the notebook with its command line and its answer.

import { renderAwsCli } from '../../catalog/cli-line.ts';
import type { Aws, AwsAction } from '../../contract/aws.ts';
import { AwsCallError } from '../../contract/aws.ts';
import type { AwsCall, Evidence } from '../../contract/call.ts';
import { fail } from '../../contract/errors.ts';
import type { ToolContext } from '../../contract/tool.ts';
import { LockkeeperError } from '../../kernel/errors.ts';
import { newId } from '../../kernel/ids.ts';
import { limits } from '../../kernel/limits.ts';
import type { Logger } from '../../kernel/log.ts';
import type { Redactor } from '../../kernel/redact.ts';
import { awsFailed } from '../../node/aws/failed.ts';
import { createGateway } from '../../node/gateway.ts';
import type { OfflineAccount } from './account.ts';

/** Whoever asks: a name for messages, and every action it may use. */
export interface Asker {
  readonly name: string;
  readonly actions: readonly AwsAction[];
}

export interface Investigation {
  /** Every request that ended, in that order. */
  readonly calls: readonly AwsCall[];
  readonly evidence: ReadonlyMap<string, Evidence>;
  readonly redact: Redactor;
  readonly nowMs: number;
  /** Where commands of this account go. */
  readonly region: string;
  /** Milliseconds since the first question could be asked. */
  elapsedMs(): number;
  /**
   * Lets `asker` read for at most limits.call.deadlineMs and limits.call.awsCallsMax requests. A failed request that
   * nobody caught becomes `aws-failed`, `aws-credentials-missing` or `aws-region-missing`.
   */
  ask<T>(asker: Asker, read: (aws: Aws, context: ToolContext) => Promise<T>): Promise<T>;
}

export interface InvestigationOptions {
  readonly account: OfflineAccount;
  readonly redact: Redactor;
  readonly log: Logger;
  /** Told of each request that ended. */
  readonly onCall?: (call: AwsCall) => void;
}

export function createInvestigation(options: InvestigationOptions): Investigation {
  const { account, redact, log } = options;
  const { clock, clients, place } = account;
  const startedMs = clock.monotonic();
  const calls: AwsCall[] = [];
  const evidence = new Map<string, Evidence>();
  const parts = {
    clock,
    log,
    redact,
    clients,
    renderCli: renderAwsCli,
    journal: { append: () => Promise.resolve(), appendLater: () => Promise.resolve() },
    // Nothing leaves this process, so nothing has to be rationed.
    budget: { checkBytes() {}, addBytes() {} },
    line: {
      announce: () => Promise.resolve(),
      finished: (call: AwsCall, kept: Evidence | null) => {
        calls.push(call);
        if (kept !== null) evidence.set(kept.id, kept);
        options.onCall?.(call);
      },
    },
  };
  return {
    calls,
    evidence,
    redact,
    nowMs: clock.now(),
    region: place.region,
    elapsedMs: () => Math.round(clock.monotonic() - startedMs),
    async ask(asker, read) {
      const stop = new AbortController();
      const seconds = limits.call.deadlineMs / 1000;
      const timer = clock.after(limits.call.deadlineMs, () =>
        stop.abort(fail('deadline-exceeded', { tool: asker.name, seconds })),
      );
      const hurry = new AbortController();
      const sooner = clock.after(limits.call.deadlineMs * limits.call.hurryShare, () => hurry.abort());
      const call = newId('call', clock.now());
      const gateway = createGateway(parts, { call, tool: asker, place, signal: stop.signal });
      try {
        return await read(gateway.aws, {
          nowMs: clock.now(),
          stage: gateway.stage,
          wait: gateway.wait,
          hurry: hurry.signal,
        });
      } catch (error) {
        if (stop.signal.aborted) throw stop.signal.reason;
        throw error instanceof AwsCallError ? expected(error) : error;
      } finally {
        timer.cancel();
        sooner.cancel();
      }
    },
  };
}

function expected({ failure, cause }: AwsCallError): unknown {
  if (cause instanceof LockkeeperError) return cause;
  return awsFailed(failure, cause);
}
