import type { ContainerInstance } from '@aws-sdk/client-ecs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { kindOfEvent } from '../../../src/diagnosis/facts/complaints.ts';
import { judgeConstraint } from '../../../src/diagnosis/facts/constraint.ts';
import { boundsOf } from '../../../src/diagnosis/facts/percentages.ts';
import { diagnoseService } from '../../../tools/diagnose/diagnose-service.ts';
import { NOW_MS, simulatedAws } from '../../support/simulated-aws.ts';

const host: ContainerInstance = {
  attributes: [{ name: 'ecs.instance-type', value: 't3.small' }, { name: 'gpu' }],
};

describe('a placement constraint', () => {
  it.each([
    ['attribute:ecs.instance-type == t3.small', 'met'],
    ['attribute:ecs.instance-type =~ t3.*', 'met'],
    ['attribute:ecs.instance-type =~ t.*', 'met'],
    ['attribute:ecs.instance-type =~ m5.*', 'unmet'],
    ['attribute:ecs.instance-type in [t3.small, t3.large]', 'met'],
    ['attribute:ecs.instance-type not_in [t3.small]', 'unmet'],
    ['attribute:gpu exists', 'met'],
    ['attribute:gpu !exists', 'unmet'],
    ['attribute:ecs.instance-type == m5.large or attribute:gpu exists', 'met'],
    ['attribute:ecs.instance-type == t3.small and attribute:gpu !exists', 'unmet'],
    ['not(attribute:gpu exists)', 'not-known'],
    ['task:group == service:web', 'not-known'],
    ['attribute:ecs.instance-type =~ (a+)+$', 'not-known'],
  ])('%s is %s', (expression, expected) => {
    expect(judgeConstraint(expression, host)).toBe(expected);
  });

  it('is not known of a host that lists no attributes', () => {
    expect(judgeConstraint('attribute:gpu exists', {})).toBe('not-known');
  });
});

describe('the bounds of a deployment', () => {
  it('forbid every step exactly when no task may stop and none may start', () => {
    fc.assert(
      fc.property(
        fc.nat(50),
        fc.nat(100),
        fc.integer({ min: 100, max: 200 }),
        (desired, minimum, maximum) => {
          const mayStop = Math.ceil((desired * minimum) / 100) < desired;
          const mayStart = Math.floor((desired * maximum) / 100) > desired;
          const bounds = boundsOf(desired, { daemon: false, minimum, maximum });
          expect(bounds !== undefined).toBe(desired > 0 && !mayStop && !mayStart);
        },
      ),
    );
  });
});

describe('an event', () => {
  it.each([
    ['closest matching container-instance x has insufficient memory available.', 'resources'],
    ['Reason: No Container Instances were found in your cluster.', 'no-instances'],
    [
      "Reason: You've reached the limit on the number of spot tasks you can run concurrently.",
      'fargate-quota',
    ],
    ['Capacity is unavailable at this time.', 'fargate-capacity'],
    ['The closest matching container-instance x is missing an attribute required by your task.', 'attribute'],
    ['Reasons : ["MemberOf placement constraint unsatisfied.","AGENT"]', 'constraint'],
    ['(service web) has started 2 tasks: (task 1).', undefined],
    ['(service web) has begun draining connections on 1 tasks.', undefined],
    ['(service web) (task 1) failed container health checks.', undefined],
    ['(service web) failed to launch a task with (error ECS was unable to assume the role).', 'launch'],
    ['(service web) is unable to consistently start tasks successfully.', 'impaired'],
    ['(service web) deployment completed.', undefined],
  ])('%s', (message, kind) => {
    expect(kindOfEvent(message)).toBe(kind);
  });
});

it('an investigation with a proven cause reads neither balancers nor hosts nor scaling', async () => {
  const aws = await simulatedAws();
  try {
    const stages: string[] = [];
    const context = { nowMs: NOW_MS, stage: (name: string) => void stages.push(name), wait: async () => {} };
    await diagnoseService.run({ cluster: 'production-cluster', service: 'my-web-service' }, aws, context);
    // Who shut the gate is asked beside the gate itself.
    expect(stages).toHaveLength(3);
    expect(
      aws.calls.filter(({ action }) => /autoscaling|LoadBalancers|Listeners|ContainerInstances/.test(action)),
    ).toEqual([]);
  } finally {
    await aws.close();
  }
});
