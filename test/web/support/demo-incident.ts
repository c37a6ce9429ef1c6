// The demo's incident as a person lives it in the page, from the first question to the recovery. Works against any hub that
// serves the console and the simulated account.

import type { Page } from 'playwright-core';
import { approveByKeys, say, waitForMoment } from './browser.ts';

const recoveryMs = 120_000;

/** Asks, looks at the log and the path, asks for the rule, approves it, and waits until the service has recovered. */
export async function carryDemoIncident(page: Page): Promise<void> {
  const turns = page.locator('.turn');
  await say(page, "Show me the status of the 'my-web-service' in the 'production-cluster'.");
  await page.getByText('Cause proven').waitFor();
  await waitForMoment(page, 'answered');
  await say(page, 'Yes, show me the logs from the failed task.');
  await turns.nth(1).locator('.log .e').first().waitFor();
  await waitForMoment(page, 'answered');
  await say(page, 'Check if the security group allows outbound traffic to the database port.');
  await turns.nth(2).locator('svg.draw').first().waitFor();
  await waitForMoment(page, 'answered');
  await say(page, 'Yes, add a rule to allow outbound PostgreSQL traffic to the database security group.');
  await page.locator('[data-proposal][data-state="pending"]').waitFor();
  await page.getByText('this page checked the digest').waitFor();
  await approveByKeys(page);
  await page.locator('[data-proposal][data-state="done"]').waitFor();
  await page.locator('[data-moment="solved"]').waitFor({ timeout: recoveryMs });
}
