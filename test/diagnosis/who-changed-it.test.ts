// Who shut the gate that is shut, and who deployed what fails: told from CloudTrail with the moment and the failure that followed.

import { describe, expect, it } from 'vitest';
import type { Snapshot } from '../../src/contract/snapshot.ts';
import { scenarioAccount } from '../../src/simulator/scenarios.ts';
import { diagnoseService } from '../../tools/diagnose/diagnose-service.ts';
import { allFail, exits, failStart, ids, rollOut, theGroup } from '../support/account-builder.ts';
import { simulatedAws } from '../support/simulated-aws.ts';
import { iso } from './support/cause-case.ts';
import { look } from './support/look.ts';

function record(
  s: Snapshot,
  name: string,
  more: { secondsAgo: number; resource?: string; request?: Record<string, string>; error?: string },
): void {
  const EventTime = iso(more.secondsAgo);
  s.cloudtrail.events.push({
    EventId: `${name}-${more.secondsAgo}`,
    EventName: name,
    EventTime,
    EventSource: name.includes('Service') ? 'ecs.amazonaws.com' : 'ec2.amazonaws.com',
    Username: 'alice',
    ReadOnly: 'false',
    Resources: more.resource === undefined ? [] : [{ ResourceType: 'any', ResourceName: more.resource }],
    CloudTrailEvent: {
      eventTime: EventTime,
      eventName: name,
      userIdentity: { arn: 'arn:aws:iam::210987654321:user/alice' },
      requestParameters: more.request ?? {},
      ...(more.error === undefined ? {} : { errorCode: more.error }),
    },
  });
}

/** The tasks' own group lets nothing out since 40 minutes ago. */
function shut(s: Snapshot): void {
  Object.assign(theGroup(s, ids.groups.app) ?? {}, { IpPermissionsEgress: [] });
  allFail(
    s,
    failStart(
      'ResourceInitializationError: unable to pull secrets or registry auth: unable to retrieve secret from asm: RequestCanceled: caused by: context deadline exceeded',
    ),
  );
}

describe('a gate that somebody shut', () => {
  it('is told with who did it, when, and how long before the first failure', async () => {
    const out = await look((s) => {
      shut(s);
      record(s, 'RevokeSecurityGroupEgress', { secondsAgo: 2_400, resource: ids.groups.app });
      record(s, 'AuthorizeSecurityGroupEgress', { secondsAgo: 9_000, resource: ids.groups.app });
    });
    const [finding] = out.findings;
    expect(finding).toMatchObject({ class: 'task-sg-egress-blocked', verdict: 'proven' });
    expect(finding?.explanation).toMatch(
      /CloudTrail: alice called RevokeSecurityGroupEgress at \d{4}-\d\d-\d\d \d\d:\d\d UTC, \d+ minutes before the first of these failures\./,
    );
    const story = out.timeline.map(({ what }) => what);
    const changed = story.findIndex((what) => what.includes('alice called RevokeSecurityGroupEgress'));
    expect(story[changed]).toContain(ids.groups.app);
    expect(changed).toBeLessThan(story.findIndex((what) => what.includes('failure')));
  });

  it('is not laid to a change that came after the failures, was refused, or was of another group', async () => {
    const { findings } = await look((s) => {
      shut(s);
      record(s, 'RevokeSecurityGroupEgress', { secondsAgo: 1, resource: ids.groups.app });
      record(s, 'RevokeSecurityGroupEgress', { secondsAgo: 2_400, resource: ids.groups.database });
      record(s, 'RevokeSecurityGroupEgress', {
        secondsAgo: 2_300,
        resource: ids.groups.app,
        error: 'UnauthorizedOperation',
      });
    });
    expect(findings[0]).toMatchObject({ class: 'task-sg-egress-blocked', verdict: 'proven' });
    expect(findings[0]?.explanation).not.toContain('CloudTrail');
  });

  it('is proven all the same when CloudTrail may not be read, and that is said', async () => {
    const { findings } = await look(shut, ['cloudtrail:LookupEvents']);
    expect(findings[0]).toMatchObject({ class: 'task-sg-egress-blocked', verdict: 'proven' });
    expect(findings[0]?.cannotVerify).toEqual([
      { what: `who changed ${ids.groups.app}`, missingAction: 'cloudtrail:LookupEvents' },
    ]);
  });
});

describe('a deployment that fails', () => {
  it('is told with who deployed it', async () => {
    const out = await look((s) => {
      rollOut(s, { failed: 3 });
      allFail(s, { revision: 8, ...exits(1) });
      record(s, 'UpdateService', {
        secondsAgo: 1_900,
        request: { cluster: 'prod', service: 'api', taskDefinition: 'api:8' },
      });
      record(s, 'UpdateService', {
        secondsAgo: 1_800,
        request: { cluster: 'prod', service: 'web', taskDefinition: 'web:8' },
      });
    });
    const told = out.timeline.filter(({ what }) => what.includes('UpdateService'));
    expect(told.map(({ what }) => what)).toEqual(['alice called UpdateService with api:8.']);
  });
});

describe('what somebody changed in an account of a scenario', () => {
  it.each([
    ['health-path', 'lb-healthcheck-misconfig', 'ModifyTargetGroup'],
    ['secret-denied', 'exec-role-secret-denied', 'PutRolePolicy'],
    ['tug-of-war', 'autoscaling-conflict', 'RegisterScalableTarget'],
  ])('%s is told with who did it, in the finding and in the timeline', async (scenario, cause, request) => {
    const { snapshot, questions } = scenarioAccount(scenario, Date.parse('2026-11-20T10:00:00Z')) ?? {};
    if (snapshot === undefined) throw new Error('no scenario of that name');
    const [, service, cluster] = /(?:is|of) (\S+) in ([\w-]+)/.exec(questions?.[0] ?? '') ?? [];
    const aws = await simulatedAws(snapshot);
    try {
      const context = { nowMs: Date.parse(snapshot.takenAt), stage: () => {}, wait: async () => {} };
      const { findings, timeline, stats } = await diagnoseService.run(
        { cluster, service: service ?? '' },
        aws,
        context,
      );
      expect(findings[0]).toMatchObject({ class: cause });
      const [, who] =
        new RegExp(`CloudTrail: (\\S+) called ${request} `).exec(findings[0]?.explanation ?? '') ?? [];
      expect(who).toBeDefined();
      const told = timeline.filter(({ what }) => what.startsWith(`${who} called ${request} on `));
      expect(told).toHaveLength(1);
      expect(stats.awsCalls).toBeLessThanOrEqual(25);
    } finally {
      await aws.close();
    }
  });
});
