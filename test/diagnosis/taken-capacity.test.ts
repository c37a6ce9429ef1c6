// Tasks whose capacity AWS took back: what people need to know first is whether others take their place.

import { describe, expect, it } from 'vitest';
import type { Snapshot } from '../../src/contract/snapshot.ts';
import { addTasks, theService } from '../support/account-builder.ts';
import { complains, short } from './support/cause-case.ts';
import { look } from './support/look.ts';

const NO_CAPACITY =
  'was unable to place a task. Reason: Capacity is unavailable at this time. Please try again later or in a different availability zone';

function takenBack(s: Snapshot): void {
  theService(s).capacityProviderStrategy = [{ capacityProvider: 'FARGATE_SPOT', weight: 1, base: 0 }];
  addTasks(s, {
    count: 1,
    secondsAgo: 300,
    stop: { stopCode: 'SpotInterruption', stoppedReason: 'Your Spot Task was interrupted.' },
  });
}

describe('tasks that lost their Spot capacity', () => {
  it('come second where nothing replaces them: what blocks is that there is no capacity', async () => {
    const { findings } = await look((s) => {
      short(s);
      takenBack(s);
      complains(s, NO_CAPACITY);
    });
    expect(findings.map((one) => one.class)).toEqual(['fargate-capacity-unavailable']);
    expect(findings[0]?.explanation).toContain('AWS took the capacity back, and nothing has replaced it');
    expect(findings[0]?.explanation).toContain('The service asks for FARGATE_SPOT only');
  });

  it('are the story where others are started', async () => {
    const { findings } = await look((s) => {
      short(s);
      takenBack(s);
    });
    expect(findings[0]).toMatchObject({ class: 'infrastructure-interruption', verdict: 'proven' });
    expect(findings[0]?.explanation).toContain('ECS starts others by itself');
  });
});
