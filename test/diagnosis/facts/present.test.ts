import { describe, expect, it } from 'vitest';
import { addTasks, allFail, exits, theService } from '../../support/account-builder.ts';
import { iso } from '../support/cause-case.ts';
import { look } from '../support/look.ts';

const outOfMemory = exits(137, 'OutOfMemoryError: Container killed due to memory usage');
const steady = (secondsAgo: number) => ({
  id: `s${secondsAgo}`,
  createdAt: iso(secondsAgo),
  message: '(service api) has reached a steady state.',
});
const classes = async (change: Parameters<typeof look>[0]) =>
  (await look(change)).findings.map((finding) => finding.class);

describe('an incident that is over', () => {
  it('is not named beside the one that is not', async () => {
    const found = await classes((s) => {
      allFail(s, { ...exits(139), log: ['Segmentation fault'] });
      addTasks(s, { count: 3, secondsAgo: 10_000, ...outOfMemory });
      theService(s).events = [steady(9_000)];
      for (const deployment of theService(s).deployments ?? []) deployment.createdAt = iso(90_000);
    });
    expect(found).toContain('native-crash');
    expect(found).not.toContain('oom-killed');
  });

  it('is told apart by the pause before the next one, also without events', async () => {
    const found = await classes((s) => {
      allFail(s, { ...exits(139), log: ['Segmentation fault'] });
      addTasks(s, { count: 3, secondsAgo: 10_000, ...outOfMemory });
      for (const deployment of theService(s).deployments ?? []) deployment.createdAt = iso(90_000);
    });
    expect(found).not.toContain('oom-killed');
  });

  it('is still going on when the service was steady between two of its failures', async () => {
    const found = await classes((s) => {
      addTasks(s, { count: 3, secondsAgo: 60, ...outOfMemory });
      theService(s).events = [steady(90)];
    });
    expect(found).toEqual(['oom-killed']);
  });
});
