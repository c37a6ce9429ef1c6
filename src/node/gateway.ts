// The gate between a tool and AWS for one call: declared reads only, within budget, each identical read once.
// No tool can change anything through it, whatever it declares: a change is sent by the lock alone, from a proposal.

import { setMaxListeners } from 'node:events';
import {
  type Aws,
  type AwsAction,
  type AwsAnswer,
  AwsCallError,
  type AwsInput,
  type AwsOutput,
  isReadAction,
} from '../contract/aws.ts';
import { fail } from '../contract/errors.ts';
import type { Tool } from '../contract/tool.ts';
import { LockkeeperError, messageOf } from '../kernel/errors.ts';
import { limits } from '../kernel/limits.ts';
import { performAwsRequest } from './aws-request.ts';
import { clip } from './bounded-json.ts';
import type { Place, RequestParts } from './parts.ts';

export interface GatewayScope {
  readonly call: string;
  readonly tool: Pick<Tool, 'name' | 'actions'>;
  readonly place: Place;
  readonly signal: AbortSignal;
}

export interface Gateway {
  readonly aws: Aws;
  /** Names the stage of the requests that follow. */
  stage(name: string): void;
  /** Resolves after `ms`; rejects with the signal's reason when the call ends sooner. */
  wait(ms: number): Promise<void>;
  /** Resolves when no request is under way; never rejects. */
  idle(): Promise<void>;
  /** Ids of the evidence collected so far. */
  evidence(): readonly string[];
}

const STAGE_CHARS = 80;
/** What still goes to AWS when a call was stopped: it ends work that would run on there for nobody. Declared, recorded and timed as ever. */
const endsWhatItBegan: ReadonlySet<AwsAction> = new Set(['logs:StopQuery']);

export function createGateway(parts: RequestParts, scope: GatewayScope): Gateway {
  // Every request of the call listens for its end, and a stage sends many at once.
  setMaxListeners(limits.call.awsCallsMax, scope.signal);
  const inFlight = new Map<string, Promise<AwsAnswer<AwsAction>>>();
  const evidence: string[] = [];
  let stage = '';
  let requests = 0;

  async function send(action: AwsAction, input: object): Promise<AwsAnswer<AwsAction>> {
    requests += 1;
    admit(parts, scope, { action, input, requests });
    const { call, place } = scope;
    const signal = endsWhatItBegan.has(action) ? new AbortController().signal : scope.signal;
    const end = await performAwsRequest(parts, { call, stage, region: place.region, action, input, signal });
    if (!end.ok) {
      if (end.failure.evidence !== undefined) evidence.push(end.failure.evidence);
      throw new AwsCallError(end.failure);
    }
    evidence.push(end.evidence);
    // The SDK's command for this action produced it, so it is that action's output.
    return { output: end.output as unknown as AwsOutput<AwsAction>, evidence: end.evidence };
  }

  return {
    aws: {
      account: scope.place.account,
      region: scope.place.region,
      async call<A extends AwsAction>(action: A, input: AwsInput<A>): Promise<AwsAnswer<A>> {
        const key = `${action} ${JSON.stringify(input)}`;
        const running = inFlight.get(key) ?? send(action, input as object); // Every AWS request is an object.
        inFlight.set(key, running);
        try {
          // `send` was asked for exactly this action.
          return (await running) as AwsAnswer<A>;
        } finally {
          inFlight.delete(key);
        }
      },
    },
    stage: (name) => {
      stage = clip(name, STAGE_CHARS);
    },
    wait: (ms) =>
      new Promise((resolve, reject) => {
        if (scope.signal.aborted) return reject(scope.signal.reason);
        const stop = () => {
          timer.cancel();
          reject(scope.signal.reason);
        };
        const timer = parts.clock.after(ms, () => {
          scope.signal.removeEventListener('abort', stop);
          resolve();
        });
        scope.signal.addEventListener('abort', stop, { once: true });
      }),
    async idle() {
      while (inFlight.size > 0) await Promise.allSettled(inFlight.values());
    },
    evidence: () => [...evidence],
  };
}

/** Throws `AwsCallError` of kind `stopped` for a request that must not leave. */
function admit(
  parts: RequestParts,
  scope: GatewayScope,
  request: { readonly action: AwsAction; readonly input: object; readonly requests: number },
): void {
  const { action } = request;
  try {
    if (scope.signal.aborted && !endsWhatItBegan.has(action)) throw scope.signal.reason;
    if (!scope.tool.actions.includes(action) || !isReadAction(action)) {
      throw fail('action-not-declared', { tool: scope.tool.name, action });
    }
    if (request.requests > limits.call.awsCallsMax) {
      throw fail('budget-exceeded', {
        what: `${limits.call.awsCallsMax} AWS requests a call`,
        wait: 'for the next call',
      });
    }
    parts.budget.checkBytes();
    const foreign = foreignArn(request.input, scope.place.account);
    if (foreign !== null)
      throw fail('input-invalid', { where: action, detail: `${foreign} is in another account` });
  } catch (error) {
    const code = error instanceof LockkeeperError ? error.code : 'cancelled';
    throw new AwsCallError({ kind: 'stopped', action, code, message: messageOf(error) }, error);
  }
}

const arn = /^arn:aws[a-z-]*:[a-z0-9-]+:[a-z0-9-]*:(\d{12}):/;

/** The first ARN in a request that names another account than `account`. */
function foreignArn(value: unknown, account: string): string | null {
  if (typeof value === 'string') {
    const owner = arn.exec(value)?.[1];
    return owner === undefined || owner === account ? null : clip(value, 200);
  }
  if (typeof value !== 'object' || value === null) return null;
  for (const member of Object.values(value)) {
    const found = foreignArn(member, account);
    if (found !== null) return found;
  }
  return null;
}
