// What a diagnosis does not have to wait for: the revision before a deployment that is over, and what no symptom asks for.

import type { Service } from '@aws-sdk/client-ecs';
import { describe, expect, it } from 'vitest';
import { revisionBefore } from '../../../tools/diagnose/collect-definitions.ts';

const NOW_MS = Date.parse('2026-11-20T10:00:00Z');
const FAMILY = 'arn:aws:ecs:eu-west-1:210987654321:task-definition/api';
const MINUTE_MS = 60_000;

const service = (revisions: readonly number[], ageMs: number, rolloutStateReason = ''): Service => ({
  runningCount: 2,
  pendingCount: 0,
  deployments: revisions.map((revision) => ({
    taskDefinition: `${FAMILY}:${revision}`,
    createdAt: new Date(NOW_MS - ageMs),
    rolloutStateReason,
  })),
});

describe('the revision that tasks stopped of late may have run', () => {
  const recent = 20 * MINUTE_MS;

  it('is the one before the only one that is deployed', () => {
    expect(revisionBefore(service([42], recent), 5, NOW_MS)).toBe(`${FAMILY}:41`);
    // A restart is a deployment of the same revision.
    expect(revisionBefore(service([42, 42], recent), 5, NOW_MS)).toBe(`${FAMILY}:41`);
  });

  it('is the one after it where ECS went back', () => {
    const reason = 'ECS deployment circuit breaker: rolling back to deploymentId ecs-svc/1.';
    expect(revisionBefore(service([42], recent, reason), 5, NOW_MS)).toBe(`${FAMILY}:43`);
  });

  it('is not asked for when another deployment names it, when nothing stopped, or when it is long gone', () => {
    expect(revisionBefore(service([42, 41], recent), 5, NOW_MS)).toBeUndefined();
    expect(revisionBefore(service([42], recent), 2, NOW_MS)).toBeUndefined();
    expect(revisionBefore(service([42], 76 * MINUTE_MS), 5, NOW_MS)).toBeUndefined();
    expect(revisionBefore(service([1], recent), 5, NOW_MS)).toBeUndefined();
    expect(revisionBefore({}, 5, NOW_MS)).toBeUndefined();
  });
});
