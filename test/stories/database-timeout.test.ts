// The conversation this product is for, through every room: real hub, node, sockets, store and AWS SDK clients.

import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { summarise } from '../../src/cli/commands/ask.ts';
import { followTurn, takeTurn } from '../../src/cli/turn.ts';
import { auditVerifyResponse, proposalPage } from '../../src/contract/api.ts';
import type { ChatEvent } from '../../src/contract/chat.ts';
import { proposalView } from '../../src/contract/proposal.ts';
import { type Stack, startStack } from '../support/stack.ts';

describe('checkout at three in the morning', () => {
  let stack: Stack;
  let conversation: string | null = null;

  beforeAll(async () => {
    stack = await startStack();
  });
  afterAll(() => stack.close());

  async function ask(text: string) {
    const finished = await takeTurn(stack.client, { conversation, text, onEvent: () => {} });
    conversation = finished.conversation;
    return { finished, summary: summarise(finished) };
  }

  it('says what is wrong and already knows why', async () => {
    const { summary } = await ask("Show me the status of the 'my-web-service' in the 'production-cluster'.");
    expect(summary.answer).toMatch(/desired\D+4/i);
    expect(summary.answer).toMatch(/running\D+3/i);
    expect(summary.answer).toContain('IN_PROGRESS');
    expect(summary.findings[0]).toMatchObject({ class: 'task-sg-egress-blocked', verdict: 'proven' });
    expect(summary.commands.every((command) => command.cli.startsWith('aws '))).toBe(true);
  });

  it('shows the logs of the failed task, redacted', async () => {
    const { summary } = await ask('Yes, show me the logs from the failed task.');
    expect(summary.answer).toContain('Database connection timeout after 30 seconds');
    expect(summary.answer).toContain('Failed to connect to db.production.internal:5432');
  });

  it('checks the path to the database', async () => {
    const { summary } = await ask(
      'Check if the security group allows outbound traffic to the database port.',
    );
    expect(summary.answer).toMatch(/5432/);
    expect(summary.answer).toMatch(/no (outbound |egress )?rule/i);
  });

  it('proposes the rule, runs it once when approved, and watches until the service is steady', async () => {
    const { finished, summary } = await ask(
      'Yes, add a rule to allow outbound PostgreSQL traffic to the database security group.',
    );
    expect(summary.proposals).toHaveLength(1);
    expect(summary.proposals[0]?.cli).toMatch(/^aws ec2 authorize-security-group-egress /);
    const proposal = (await stack.client.get('/proposals?state=pending', proposalPage)).items[0];
    expect(proposal).toBeDefined();
    const changes = () =>
      stack.simulator.recorder.requests.filter((r) => r.operation === 'AuthorizeSecurityGroupEgress');
    expect(changes()).toHaveLength(0);
    const after = finished.events.at(-1)?.seq ?? 0;
    await stack.client.post(
      `/proposals/${proposal?.id}/decision`,
      { decision: 'approve', digest: proposal?.digest, reason: null },
      proposalView,
    );
    const events: ChatEvent[] = [];
    await followTurn(stack.client, {
      conversation: finished.conversation,
      turn: finished.turn,
      after,
      onEvent: (e) => 'seq' in e && events.push(e),
    });
    expect(changes()).toHaveLength(1);
    const stop = new AbortController();
    for await (const event of stack.client.events(finished.conversation, after, stop.signal)) {
      if (event.type === 'watch.ended') {
        expect(event.watch.detail).toMatch(/4\/4 tasks running and passed health checks/);
        expect(event.watch.state).toBe('succeeded');
        stop.abort();
      }
    }
    expect(await stack.client.post('/audit/verify', {}, auditVerifyResponse)).toMatchObject({ ok: true });
  });

  it('says that the service is healthy once it is, whatever failed before', async () => {
    const { summary } = await ask('Show me the status again.');
    expect(summary.answer).toMatch(/desired 4, running 4/);
    expect(summary.findings[0]).toMatchObject({ class: 'healthy' });
  });
});
