// Hosts without room for a task: the figures of the task and of the hosts, and what the revision before asked for.

import { describe, expect, it } from 'vitest';
import type { Snapshot } from '../../src/contract/snapshot.ts';
import { scenarioAccount } from '../../src/simulator/scenarios.ts';
import { diagnoseService } from '../../tools/diagnose/diagnose-service.ts';
import { rollOut, theDefinition } from '../support/account-builder.ts';
import { simulatedAws } from '../support/simulated-aws.ts';
import { complains, short } from './support/cause-case.ts';
import { noPlace, onHosts } from './support/host-account.ts';
import { look } from './support/look.ts';

const FULL = 'has insufficient memory available.';
const MEMORY = { name: 'MEMORY', type: 'INTEGER' };

/** Two hosts of this size with this much left, and a task that asks for more than that. */
function crowded(s: Snapshot, { size, left, asks }: { size: number; left: number; asks: number }): void {
  onHosts(s, [{ memory: left }, { memory: left }]);
  for (const host of s.ecs.containerInstances)
    host.registeredResources = [
      { ...MEMORY, integerValue: size },
      { name: 'CPU', type: 'INTEGER', integerValue: 2_048 },
    ];
  Object.assign(theDefinition(s), { cpu: '256', memory: String(asks) });
  short(s);
  complains(s, noPlace(FULL));
}

const explained = async (change: (s: Snapshot) => void) => {
  const [finding] = (await look(change)).findings;
  expect(finding).toMatchObject({ class: 'insufficient-cluster-resources', verdict: 'proven' });
  return finding?.explanation ?? '';
};

describe('a task that finds no room', () => {
  it('is told apart: larger than any host, or only larger than what is left', async () => {
    const never = await explained((s) => crowded(s, { size: 3_900, left: 3_900, asks: 8_000 }));
    expect(never).toContain('needs 256 CPU units and 8000 MiB; the largest of 2 hosts has 3900 MiB in all');
    expect(never).not.toContain('left');
    const now = await explained((s) => crowded(s, { size: 3_900, left: 700, asks: 1_000 }));
    expect(now).toContain(
      'none has both left. The one with most memory left has 700 MiB and 2048 CPU units.',
    );
    expect(now).not.toContain('larger instance type');
  });

  it('is not said to wait for old tasks when none run, and is when they do', async () => {
    const change = (s: Snapshot) => crowded(s, { size: 3_900, left: 700, asks: 1_000 });
    expect(await explained(change)).not.toMatch(/revision before|generation/);
    const deployed = await explained((s) => {
      change(s);
      rollOut(s);
      const [, added] = s.ecs.taskDefinitions;
      Object.assign(added ?? {}, { cpu: '256', memory: '1000', networkMode: 'bridge' });
    });
    expect(deployed).toContain('1 task of the revision before keeps its room until new ones are healthy.');
  });

  it('is told with what the revision before asked for, where a deployment raised it', async () => {
    const { snapshot } = scenarioAccount('no-room', Date.parse('2026-11-20T10:00:00Z')) ?? {};
    if (snapshot === undefined) throw new Error('no scenario of that name');
    const aws = await simulatedAws(snapshot);
    try {
      const context = { nowMs: Date.parse(snapshot.takenAt), stage: () => {}, wait: async () => {} };
      const input = { cluster: 'shop-prod', service: 'ledger-worker' };
      const [finding] = (await diagnoseService.run(input, aws, context)).findings;
      expect(finding?.explanation).toMatch(
        /needs 256 CPU units and 33792 MiB; the largest of 2 hosts has \d+ MiB in all.*ledger-worker:9, which still runs, asks for only \d+ MiB: the new revision raised it\./,
      );
    } finally {
      await aws.close();
    }
  });
});
