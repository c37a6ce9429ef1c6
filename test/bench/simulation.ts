// Bench rows about the simulated account: how long an hour of a busy one takes, and how soon a large one is up.

import type { Snapshot } from '../../src/contract/snapshot.ts';
import { createAccount } from '../../src/simulator/account.ts';
import { createEngine } from '../../src/simulator/engine/engine.ts';
import { startSimulator } from '../../src/simulator/simulator.ts';
import { largeAccount } from './large-account.ts';
import { ms, type Row, timed } from './measure.ts';

const HOUR_MS = 3_600_000;
const HOUR_TARGET_MS = 10_000;
const LOAD_TARGET_MS = 2_000;
const NOW = Date.parse('2026-11-20T10:00:00Z');

export async function simulationRows(): Promise<Row[]> {
  return [await hourRow(), await loadRow()];
}

/** 50 services with four tasks each, five of them in trouble. */
async function hourRow(): Promise<Row> {
  const state = largeAccount(NOW, 50, 4);
  let now = NOW;
  let steps = 0;
  const account = createAccount({ state, now: () => now, seed: 'bench', onChange: () => {} });
  const engine = createEngine({ account, startAt: NOW });
  const took = await timed(async () => {
    for (let next = engine.nextAt(); next !== undefined && next <= NOW + HOUR_MS; next = engine.nextAt()) {
      now = next;
      engine.runNext();
      steps += 1;
    }
  });
  return row(`an hour of 56 services, ${steps} moments`, { took, target: HOUR_TARGET_MS });
}

/** 500 services with ten tasks each, from JSON text to the first answer. */
async function loadRow(): Promise<Row> {
  const text = JSON.stringify(largeAccount(NOW, 500, 10));
  let close = async () => {};
  const took = await timed(async () => {
    const simulator = await startSimulator({ snapshot: JSON.parse(text) as Snapshot });
    simulator.now();
    close = simulator.close;
  });
  await close();
  return row(`a snapshot of 5,000 tasks up, ${Math.round(text.length / 1e6)} MB`, {
    took,
    target: LOAD_TARGET_MS,
  });
}

function row(name: string, { took, target }: { took: number; target: number }): Row {
  return {
    name,
    value: ms(took),
    floor: `${target} ms`,
    ratio: took / target,
    target: `≤ ${target} ms`,
    met: took <= target,
  };
}
