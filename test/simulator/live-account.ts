// The demo account, live, on a clock that a test moves: faults are put into the state, then what becomes of it is watched.

import { afterEach } from 'vitest';
import type { Snapshot, SnapshotService, SnapshotTask } from '../../src/contract/snapshot.ts';
import { demoSnapshot } from '../../src/simulator/demo-account.ts';
import { type Simulator, startSimulator } from '../../src/simulator/simulator.ts';
import { createFakeClock, type FakeClock } from './fake-clock.ts';

export const NOW = Date.parse('2026-11-20T10:00:00Z');
export const MINUTE_MS = 60_000;

export interface Live {
  readonly clock: FakeClock;
  readonly simulator: Simulator;
  readonly state: Snapshot;
  service(name: string): SnapshotService;
  /** Tasks of a service that were created after the start, in order. */
  fresh(name: string): SnapshotTask[];
  /** Those of them that are stopped. */
  stopped(name: string): SnapshotTask[];
  /** Event messages of a service, newest first. */
  messages(name: string): string[];
  change(edit: (state: Snapshot) => void): void;
}

const open: Simulator[] = [];
afterEach(async () => {
  await Promise.all(open.splice(0).map((simulator) => simulator.close()));
});

/** Starts the demo account after `prepare` has changed it. */
export async function live(prepare: (state: Snapshot) => void = () => {}): Promise<Live> {
  const snapshot = demoSnapshot(NOW);
  prepare(snapshot);
  return liveOf(snapshot);
}

/** Starts any account. */
export async function liveOf(snapshot: Snapshot): Promise<Live> {
  const clock = createFakeClock(Date.parse(snapshot.takenAt));
  const simulator = await startSimulator({ snapshot, clock });
  open.push(simulator);
  const { state } = simulator;
  const fresh = (name: string) =>
    state.ecs.tasks.filter(
      (task) =>
        task.group === `service:${name}` && Date.parse(task.createdAt!) >= Date.parse(snapshot.takenAt),
    );
  const service = (name: string) => state.ecs.services.find((one) => one.serviceName === name)!;
  return {
    clock,
    simulator,
    state,
    service,
    fresh,
    stopped: (name) => fresh(name).filter((task) => task.lastStatus === 'STOPPED'),
    messages: (name) => (service(name).events ?? []).map((event) => event.message ?? ''),
    change: (edit) => {
      edit(state);
      simulator.stateChanged();
    },
  };
}

/** Asks for one more task of a service than it has. */
export function oneMore(name: string) {
  return (state: Snapshot): void => {
    const service = state.ecs.services.find((one) => one.serviceName === name)!;
    service.desiredCount = (service.desiredCount ?? 0) + 1;
    service.deploymentConfiguration = { ...service.deploymentConfiguration, maximumPercent: 200 };
  };
}

/** The newest revision of a family. */
export const definition = (state: Snapshot, family: string) =>
  state.ecs.taskDefinitions.filter((one) => one.family === family).at(-1)!;
export const container = (state: Snapshot, family: string) =>
  definition(state, family).containerDefinitions![0]!;
/** A policy for a role that allows `Action` on everything. */
export const allowing = (...Action: string[]) => ({
  PolicyName: Action[0]!,
  Document: { Statement: [{ Effect: 'Allow', Action, Resource: '*' }] },
});
export const group = (state: Snapshot, id: string) =>
  state.ec2.SecurityGroups.find((one) => one.GroupId === id)!;
