// A simulated AWS account behind one loopback port: state, time, wire protocols, and troubles to inject.
// For the demo, the bench and tests; the product itself never imports it.

import type { AddressInfo } from 'node:net';
import { parseSnapshot, type Snapshot, type SnapshotInput } from '../contract/snapshot.ts';
import { type Clock, systemClock } from '../kernel/clock.ts';
import { type Logger, silentLog } from '../kernel/log.ts';
import { callerArn, createAccount, type SimulatedAccount } from './account.ts';
import { createEngine, type Engine } from './engine/engine.ts';
import { createPace, type Pace } from './pace.ts';
import { performOperation } from './services/operations.ts';
import { createSimulatedTime } from './simulated-time.ts';
import { createApiRate } from './wire/api-rate.ts';
import { awsServices } from './wire/aws-services.ts';
import { createInjection, type Injection } from './wire/injection.ts';
import { createRecorder, type Recorder } from './wire/recorder.ts';
import { createWireServer } from './wire/server.ts';

export interface SimulatorOptions {
  /** The account's starting state; a parsed snapshot or anything `parseSnapshot` takes. It is copied. */
  readonly snapshot: SnapshotInput | Snapshot;
  /** Drives simulated time and injected latency. */
  readonly clock?: Clock;
  /** 0 (the default) lets the system choose. */
  readonly port?: number;
  /** Keeps the state as it is: no engine. */
  readonly static?: boolean;
  /** Takes every request, however many come at once; by default ECS throttles as AWS does. */
  readonly unthrottled?: boolean;
  /** Simulated seconds per real second; 1 by default. */
  readonly speed?: number;
  /** Simulated seconds per real second from a change until every service is steady again; by default `speed`. */
  readonly fastAfterChange?: number;
  readonly log?: Logger;
}

export interface Simulator {
  /** Such as `http://127.0.0.1:40123`, for the `endpoint` of SDK clients and `--endpoint-url`. */
  readonly endpoint: string;
  readonly port: number;
  readonly state: Snapshot;
  /** What makes the account live; undefined when it is static. `now()` is what advances it. */
  readonly engine: Engine | undefined;
  readonly recorder: Recorder;
  readonly inject: Injection;
  /** Simulated time in epoch milliseconds, with everything done that was due by then. */
  now(): number;
  /** Takes up changes that were made to `state` directly, such as an injected fault. */
  stateChanged(): void;
  /** Stops listening and breaks off every open request. */
  close(): Promise<void>;
}

/** Starts a simulated account. Throws `snapshot-invalid` for a snapshot that does not parse. */
export async function startSimulator(options: SimulatorOptions): Promise<Simulator> {
  const { clock = systemClock, log = silentLog, speed = 1 } = options;
  const state = structuredClone(parseSnapshot(options.snapshot));
  const time = createSimulatedTime(clock, Date.parse(state.takenAt), speed);
  let pace: Pace | undefined;
  let engine: Engine | undefined;
  const account = createAccount({
    state,
    now: time.now,
    seed: state.takenAt,
    onChange: () => pace?.stateChanged(),
  });
  if (options.static !== true) {
    engine = createEngine({ account, startAt: time.now() });
    pace = createPace({ engine, time, clock, speed, fastAfterChange: options.fastAfterChange });
    pace.catchUp();
  }
  const now = () => pace?.catchUp() ?? time.now();
  const inject = createInjection();
  const recorder = createRecorder();
  const server = createWireServer({
    handle: (request) =>
      performOperation(
        request.region === account.region || isGlobal(request.service)
          ? account
          : emptyAccount(account, request.region),
        request,
      ),
    isDenied: (action) => isDenied(state.denied, action),
    principal: () => callerArn(account.id),
    now,
    clock,
    inject,
    rate: options.unthrottled === true ? { admits: () => true } : createApiRate(() => clock.monotonic()),
    recorder,
    log,
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(options.port ?? 0, '127.0.0.1', resolve);
  });
  // A server that listens on TCP has an AddressInfo.
  const { port } = server.address() as AddressInfo;
  return {
    endpoint: `http://127.0.0.1:${port}`,
    port,
    state,
    engine,
    recorder,
    inject,
    now,
    stateChanged: () => pace?.stateChanged(),
    close: async () => {
      pace?.stop();
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      server.closeAllConnections();
      await closed;
    },
  };
}

/** The same account in a region where it has nothing. */
function emptyAccount(account: SimulatedAccount, region: string): SimulatedAccount {
  const state = parseSnapshot({
    format: account.state.format,
    takenAt: account.state.takenAt,
    account: { id: account.id, region },
  });
  return createAccount({ state, now: account.now, seed: region, onChange: () => {} });
}

function isGlobal(service: string): boolean {
  return awsServices.find(({ prefix }) => prefix === service)?.global === true;
}

/** `denied` entries are `service:Action`, or `service:*` for all of a service. */
function isDenied(denied: readonly string[], action: string): boolean {
  return denied.includes(action) || denied.includes(`${action.split(':')[0]}:*`);
}
