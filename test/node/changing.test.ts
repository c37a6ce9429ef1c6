// Every way a proposal can go other than well, over real sockets: what is refused, what runs, and that nothing runs twice.

import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { generateSigningKey } from '../../src/kernel/keys.ts';
import { limits } from '../../src/kernel/limits.ts';
import { easyPolicy } from './policy.ts';
import { until } from './until.ts';
import { createWorld, EGRESS, type Proposed, type World } from './world.ts';

let world: World;
beforeEach(async () => {
  world = await createWorld();
});
afterEach(() => world.close());

/** The refusal of a decision, as the node tells it. */
async function refusal(proposed: Proposed, code: string) {
  return world.outcome(proposed.id, 'pending', ({ error }) => error?.code === code);
}

describe('secrets in the state of a change', () => {
  const SECRET = 'Hunter2Plain99';
  const rules = () => {
    const group = world.simulator.state.ec2.SecurityGroups.find(({ GroupId }) => GroupId === EGRESS.group_id);
    return (group?.IpPermissionsEgress ?? []).flatMap(({ IpRanges = [] }) => IpRanges);
  };

  test('are in no part of its proposal, and it runs all the same', async () => {
    const [range] = rules();
    if (range !== undefined) range.Description = `ticket OPS-1 password=${SECRET}`;
    await world.node();
    const proposed = await world.propose();
    expect(JSON.stringify(proposed.document)).toContain('ticket OPS-1 password=');
    expect(JSON.stringify(proposed.document)).not.toContain(SECRET);
    await world.decide(proposed);
    await world.outcome(proposed.id, 'done');
    expect(world.executions()).toBe(1);
  });

  test('that were changed since are a state that was changed', async () => {
    const [range] = rules();
    if (range !== undefined) range.Description = `password=${SECRET}`;
    await world.node();
    const proposed = await world.propose();
    if (range !== undefined) range.Description = 'password=Another3Plain77';
    await world.decide(proposed);
    await world.outcome(proposed.id, 'stale');
    expect(world.executions()).toBe(0);
  });
});

describe('decisions that are refused', () => {
  test('one signed by a key other than that of the joined hub', async () => {
    await world.node();
    const proposed = await world.propose();
    await world.decide(proposed, {}, generateSigningKey());
    expect((await refusal(proposed, 'approval-refused')).detail).toContain('not signed by the hub');
    expect(world.executions()).toBe(0);
  });

  test('one over other bytes than the node stored', async () => {
    await world.node();
    const proposed = await world.propose();
    await world.decide(proposed, { digest: 'd'.repeat(64) });
    await refusal(proposed, 'proposal-altered');
    expect(world.executions()).toBe(0);
  });

  test('one about another proposal', async () => {
    await world.node();
    const [first, second] = [await world.propose(), await world.propose()];
    await world.decide(first, { proposal: second.id, digest: second.digest });
    await refusal(first, 'approval-refused');
    expect(world.executions()).toBe(0);
  });

  test('one that claims a level that the hub cannot vouch for', async () => {
    await world.node();
    const proposed = await world.propose({ level: 'independent' });
    expect(proposed.document.assuranceMin).toBe('independent');
    await world.decide(proposed, { level: 'independent' });
    expect((await refusal(proposed, 'approval-refused')).error?.message).toContain('level click and no more');
    await world.decide(proposed, { level: 'click' });
    expect(
      await world.outcome(proposed.id, 'pending', ({ error }) => error?.message.includes('weaker') === true),
    ).toBeDefined();
    expect(world.executions()).toBe(0);
  });

  test('a second one, after the change ran', async () => {
    await world.node();
    const proposed = await world.propose();
    await world.decide(proposed);
    await world.outcome(proposed.id, 'done');
    await world.decide(proposed, { person: { id: 'person_3', name: 'Grace' } });
    await world.outcome(proposed.id, 'done', ({ error }) => error?.code === 'proposal-not-pending');
    expect(world.executions()).toBe(1);
  });

  test('the same one twenty times at once runs the change once', async () => {
    await world.node();
    const proposed = await world.propose();
    await Promise.all(Array.from({ length: 20 }, () => world.decide(proposed)));
    await world.outcome(proposed.id, 'done', ({ error }) => error?.code === 'proposal-not-pending');
    expect(world.executions()).toBe(1);
  });

  test('one for a proposal that this node never made', async () => {
    await world.node();
    const proposed = await world.propose();
    await world.decide({ ...proposed, id: 'prop_elsewhere' }, { proposal: 'prop_elsewhere' });
    await world.outcome('prop_elsewhere', 'voided', ({ error }) => error?.code === 'proposal-unknown');
    expect(world.executions()).toBe(0);
  });
});

describe('time', () => {
  test('a proposal that nobody decides expires by itself, and a late approval is refused', async () => {
    await world.node();
    const proposed = await world.propose();
    world.clock.advance(limits.proposal.lifeMs);
    await world.outcome(proposed.id, 'expired');
    await world.decide(proposed);
    await world.outcome(proposed.id, 'expired', ({ error }) => error?.code === 'proposal-not-pending');
    expect(world.executions()).toBe(0);
  });

  test('a wall clock set back ten years does not prolong a proposal, nor one set forward end it', async () => {
    await world.node();
    const [early, late] = [await world.propose(), await world.propose()];
    world.clock.setWallClock(10 * 365 * 86_400_000);
    await world.decide(early);
    await world.outcome(early.id, 'done');
    world.clock.setWallClock(-10 * 365 * 86_400_000);
    world.clock.advance(limits.proposal.lifeMs);
    await world.outcome(late.id, 'expired');
  });
});

describe('people', () => {
  test('two approvals need two people, neither of them the one who asked', async () => {
    await world.node();
    const proposed = await world.propose({ approvals: 2 });
    expect(proposed.document.quorum).toEqual({ approvals: 2, exclude: ['person_1'] });
    await world.decide(proposed, { person: { id: 'person_1', name: 'The one who asked' } });
    await refusal(proposed, 'approval-refused');
    await world.decide(proposed);
    await world.outcome(proposed.id, 'pending', ({ approvals, error }) => approvals === 1 && error === null);
    await world.decide(proposed);
    await world.outcome(proposed.id, 'pending', ({ error }) => error?.message.includes('already') === true);
    expect(world.executions()).toBe(0);
    await world.decide(proposed, { person: { id: 'person_3', name: 'Grace' } });
    await world.outcome(proposed.id, 'done');
    expect(world.executions()).toBe(1);
  });

  test('a denial ends it with the reason', async () => {
    await world.node();
    const proposed = await world.propose();
    await world.decide(proposed, { decision: 'deny', reason: 'not on a Friday' });
    expect((await world.outcome(proposed.id, 'denied')).detail).toBe(
      'Ada denied it: not on a Friday. Nothing ran.',
    );
    expect(world.executions()).toBe(0);
  });

  test('the node raises what the hub asks for by its own policy and never lowers it', async () => {
    const decide = (request: { readonly risk: string }) => ({ ...easyPolicy.decide(request), approvals: 2 });
    await world.node({ policy: { decide } });
    expect((await world.propose({ approvals: 0 })).document.quorum.approvals).toBe(2);
    expect((await world.propose({ approvals: 3 })).document.quorum.approvals).toBe(3);
  });
});

describe('the account', () => {
  test('a state that moved since makes the proposal stale and nothing is sent', async () => {
    await world.node();
    const proposed = await world.propose();
    const group = world.simulator.state.ec2?.SecurityGroups?.find(
      ({ GroupId }) => GroupId === EGRESS.group_id,
    );
    group?.IpPermissionsEgress?.pop();
    await world.decide(proposed);
    const stale = await world.outcome(proposed.id, 'stale');
    expect(stale.error?.code).toBe('proposal-stale');
    expect(stale.detail).toContain('rules changed');
    expect(world.executions()).toBe(0);
  });

  test('credentials that lead to another account since make it stale and nothing is sent', async () => {
    let account = '123456789012';
    const sts = createServer((_request, response) => {
      const arn = `arn:aws:sts::${account}:assumed-role/keeper/one`;
      const result = `<UserId>U</UserId><Account>${account}</Account><Arn>${arn}</Arn>`;
      response.setHeader('content-type', 'text/xml');
      response.end(
        `<GetCallerIdentityResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><GetCallerIdentityResult>${result}</GetCallerIdentityResult></GetCallerIdentityResponse>`,
      );
    }).listen(0, '127.0.0.1');
    await once(sts, 'listening');
    // A listening TCP server has an address with a port.
    const endpoint = `http://127.0.0.1:${(sts.address() as AddressInfo).port}`;
    const aws = world.nodeOptions().aws;
    await world.node({ aws: { ...aws, endpoints: { ...aws.endpoints, sts: endpoint } } });
    const proposed = await world.propose();
    account = '999999999999';
    await world.decide(proposed);
    expect((await world.outcome(proposed.id, 'stale')).detail).toContain('another account');
    expect(world.executions()).toBe(0);
    sts.close();
  });

  test('an identity that cannot be confirmed stops it before anything is sent', async () => {
    await world.node();
    const proposed = await world.propose();
    world.simulator.inject.deny('sts:GetCallerIdentity');
    await world.decide(proposed);
    expect((await world.outcome(proposed.id, 'failed')).detail).toContain('It was not sent');
    expect(world.executions()).toBe(0);
  });

  test('a refusal by AWS is a failure that changed nothing', async () => {
    await world.node();
    const proposed = await world.propose();
    world.simulator.inject.deny('ec2:AuthorizeSecurityGroupEgress');
    await world.decide(proposed);
    const failed = await world.outcome(proposed.id, 'failed');
    expect(failed.error?.code).toBe('UnauthorizedOperation');
    expect(failed.detail).toContain('Nothing changed');
  });

  test('an answer that never comes is an unknown outcome, reconciled by reading, and not tried again', async () => {
    await world.node();
    const proposed = await world.propose();
    world.simulator.inject.timeOut('ec2:AuthorizeSecurityGroupEgress');
    await world.decide(proposed);
    await world.outcome(proposed.id, 'claimed');
    await until(() => world.executions() > 0);
    world.clock.advance(limits.call.awsCallMs);
    const unknown = await world.outcome(proposed.id, 'unknown');
    expect(unknown.detail).toContain('so it was not applied');
    expect(world.executions()).toBe(1);
  });

  test('a throttled change is not retried', async () => {
    await world.node();
    const proposed = await world.propose();
    world.simulator.inject.throttle('ec2:AuthorizeSecurityGroupEgress', 1);
    await world.decide(proposed);
    expect((await world.outcome(proposed.id, 'failed')).error?.code).toBe('RequestLimitExceeded');
    expect(world.executions()).toBe(1);
  });

  test('when the hub cannot record the request, it is not sent', async () => {
    await world.node();
    const proposed = await world.propose();
    world.refuseAws = true;
    await world.decide(proposed);
    const failed = await world.outcome(proposed.id, 'failed');
    expect(failed.error?.code).toBe('audit-unwritable');
    expect(world.executions()).toBe(0);
  });

  test('a change that is there already is not proposed', async () => {
    await world.node();
    const proposed = await world.propose();
    await world.decide(proposed);
    await world.outcome(proposed.id, 'done');
    const again = await world.run('ec2_authorize_security_group_egress', EGRESS);
    expect(again).toMatchObject({ status: 'refused', error: { code: 'change-unneeded' } });
  });
});

describe('several proposals', () => {
  test('a newer one takes the place of the one it names, in the same conversation only', async () => {
    await world.node();
    const first = await world.propose();
    const elsewhere = {
      conversation: 'conv_2',
      turn: 't',
      person: 'p',
      agent: 'a',
      roles: [],
      level: 'propose' as const,
    };
    await world.propose({ supersedes: first.id, origin: elsewhere });
    const second = await world.propose({ supersedes: first.id });
    await world.outcome(first.id, 'superseded');
    expect(second.document.supersedes).toBe(first.id);
    await world.decide(first);
    await world.outcome(first.id, 'superseded', ({ error }) => error?.code === 'proposal-not-pending');
    await world.decide(second);
    await world.outcome(second.id, 'done');
    expect(world.executions()).toBe(1);
  });

  test('one conversation has a bounded number of them waiting', async () => {
    await world.node();
    for (let i = 0; i < limits.node.pendingProposalsPerConversation; i++) await world.propose();
    const more = await world.run('ec2_authorize_security_group_egress', EGRESS);
    expect(more).toMatchObject({ status: 'refused', error: { code: 'account-locked' } });
  });
});

describe('restarts', () => {
  test('a restart of the node voids what waited; the hub hears it, and a late approval runs nothing', async () => {
    const node = await world.node();
    const proposed = await world.propose();
    await node.close();
    await world.node();
    await world.outcome(proposed.id, 'voided');
    await world.decide(proposed);
    await world.outcome(proposed.id, 'voided', ({ error }) => error?.code === 'proposal-voided');
    expect(world.executions()).toBe(0);
  });

  test('a restart of the hub keeps what waits, and the approval still runs it', async () => {
    const node = await world.node();
    const proposed = await world.propose();
    await world.closeHub();
    await world.openHub();
    world.clock.advance(limits.wire.reconnectMaxMs);
    await node.whenConnected();
    await world.decide(proposed);
    await world.outcome(proposed.id, 'done');
    expect(world.recorded.alive.at(-1)?.live).toEqual([proposed.id]);
    expect(world.executions()).toBe(1);
  });
});
