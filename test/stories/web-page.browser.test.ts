// The whole conversation in a real browser, against the real hub, node and simulated account: approved, and denied.

import type { Browser } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { proposalPage } from '../../src/contract/api.ts';
import { type Stack, startStack } from '../support/stack.ts';
import {
  launchBrowser,
  openPage,
  say,
  strangers,
  type WatchedPage,
  waitForMoment,
} from '../web/support/browser.ts';
import { carryDemoIncident } from '../web/support/demo-incident.ts';

const STORY_MS = 120_000;

describe('the conversation in the web page', () => {
  let browser: Browser;
  let stack: Stack | null = null;
  let watched: WatchedPage | null = null;

  beforeAll(async () => {
    browser = await launchBrowser();
  });
  afterAll(() => browser.close());
  afterEach(async () => {
    await watched?.close();
    await stack?.close();
    watched = null;
    stack = null;
  });

  const changes = (): number =>
    stack?.simulator.recorder.of('ec2:AuthorizeSecurityGroupEgress').length ?? Number.NaN;

  async function open(): Promise<WatchedPage> {
    stack = await startStack();
    watched = await openPage(browser, await stack.hub.createSignInLink());
    return watched;
  }

  it(
    'goes from the question to the recovery, and runs the change once',
    async () => {
      const { page, problems, asked } = await open();
      await carryDemoIncident(page);
      expect(changes()).toBe(1);
      await page
        .getByText(/4\/4 tasks running and passed health checks/)
        .first()
        .waitFor();
      expect(problems).toEqual([]);
      expect(strangers(asked, new URL(stack?.hub.url ?? '').origin)).toEqual([]);
    },
    STORY_MS,
  );

  it(
    'runs nothing when the change is denied, and keeps the reason',
    async () => {
      const { page, problems } = await open();
      await say(page, "Show me the status of the 'my-web-service' in the 'production-cluster'.");
      await waitForMoment(page, 'answered');
      await say(page, 'Yes, add a rule to allow outbound PostgreSQL traffic to the database security group.');
      await page.locator('[data-proposal][data-state="pending"]').waitFor();
      await page.locator('[data-action="deny"]:enabled').click();
      await page.getByRole('dialog').getByRole('textbox').fill('The network team does this.');
      await page.getByRole('dialog').getByRole('button', { name: /^Deny/ }).click();
      await page.locator('[data-proposal][data-state="denied"]').waitFor();
      await page.getByText('The network team does this.').first().waitFor();
      expect(changes()).toBe(0);
      const denied = await stack?.client.get('/proposals?state=denied', proposalPage);
      expect(denied?.items[0]?.decisions[0]).toMatchObject({
        decision: 'deny',
        reason: 'The network team does this.',
      });
      expect(problems).toEqual([]);
    },
    STORY_MS,
  );
});
