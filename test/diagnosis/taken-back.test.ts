// Deployments that write the desired count and take back what scaling set: hours apart, and known from CloudTrail alone.

import { describe, expect, it } from 'vitest';
import type { Snapshot } from '../../src/contract/snapshot.ts';
import { scenarioAccount } from '../../src/simulator/scenarios.ts';
import { diagnoseService } from '../../tools/diagnose/diagnose-service.ts';
import { simulatedAws } from '../support/simulated-aws.ts';
import { iso } from './support/cause-case.ts';
import { look } from './support/look.ts';

const HOUR_S = 3_600;

/** Who set the desired count of the service to what, hours ago. */
function set(s: Snapshot, who: 'ci-deploy' | 'scaling', desiredCount: number, hoursAgo: number): void {
  const invokedBy = who === 'scaling' ? { invokedBy: 'ecs.application-autoscaling.amazonaws.com' } : {};
  s.cloudtrail.events.push({
    EventId: `${who}-${hoursAgo}`,
    EventName: 'UpdateService',
    EventTime: iso(hoursAgo * HOUR_S),
    EventSource: 'ecs.amazonaws.com',
    Username: who === 'scaling' ? 'AutoScaling-UpdateDesiredCapacity' : who,
    CloudTrailEvent: {
      requestParameters: { cluster: 'prod', service: 'api', desiredCount },
      userIdentity: invokedBy,
    },
  });
}

function scales(s: Snapshot): void {
  s.applicationAutoscaling.ScalableTargets.push({
    ServiceNamespace: 'ecs',
    ResourceId: 'service/prod/api',
    ScalableDimension: 'ecs:service:DesiredCount',
    MinCapacity: 2,
    MaxCapacity: 8,
    RoleARN: 'arn:aws:iam::210987654321:role/scaling',
    CreationTime: iso(90 * HOUR_S),
  });
}

describe('a count that deployments take back', () => {
  it('is a fight, however far apart they are, and says who set what', async () => {
    const { findings, stats } = await look((s) => {
      scales(s);
      set(s, 'scaling', 6, 11);
      set(s, 'ci-deploy', 2, 9);
      set(s, 'scaling', 6, 8);
      set(s, 'ci-deploy', 2, 3);
    });
    expect(findings[0]).toMatchObject({ class: 'autoscaling-conflict', verdict: 'proven', cannotVerify: [] });
    expect(findings[0]?.explanation).toContain('Scaling set the desired count 2 times in the last day');
    expect(findings[0]?.explanation).toContain('ci-deploy set it to 2');
    expect(stats.stages).toBeLessThanOrEqual(4);
  });

  it.each<[string, (s: Snapshot) => void]>([
    [
      'a deployment that leaves the count as scaling set it',
      (s) => {
        set(s, 'scaling', 2, 11);
        set(s, 'ci-deploy', 2, 9);
        set(s, 'scaling', 2, 8);
        set(s, 'ci-deploy', 2, 3);
      },
    ],
    [
      'one deployment that was meant to',
      (s) => {
        set(s, 'scaling', 6, 11);
        set(s, 'ci-deploy', 2, 9);
      },
    ],
    [
      'deployments of a service that nothing scales',
      (s) => {
        s.applicationAutoscaling.ScalableTargets = [];
        set(s, 'ci-deploy', 2, 9);
        set(s, 'ci-deploy', 3, 5);
        set(s, 'ci-deploy', 2, 3);
      },
    ],
  ])('is none: %s', async (_, change) => {
    const { findings } = await look((s) => {
      scales(s);
      change(s);
    });
    expect(findings[0]).toMatchObject({ class: 'healthy', verdict: 'proven' });
  });

  it('names who does it, once CloudTrail was looked at', async () => {
    const { snapshot } = scenarioAccount('tug-of-war', Date.parse('2026-11-20T10:00:00Z')) ?? {};
    if (snapshot === undefined) throw new Error('no scenario of that name');
    const aws = await simulatedAws(snapshot);
    try {
      const context = { nowMs: Date.parse(snapshot.takenAt), stage: () => {}, wait: async () => {} };
      const [finding] = (await diagnoseService.run({ cluster: 'prod', service: 'inventory' }, aws, context))
        .findings;
      expect(finding?.explanation).toMatch(/CloudTrail: pipeline set it to \d+ at \d\d:\d\d UTC/);
      expect(finding?.cannotVerify).toEqual([]);
    } finally {
      await aws.close();
    }
  });
});
