// `npm run screenshots`: starts the demo, lives its conversation in a real browser, and writes the pictures of the README.

import { spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { ensureBuilt, ensureInstalled, requireNode, root } from './setup.mjs';

requireNode();
await ensureInstalled();
await ensureBuilt();
const { default: chromium } = await import('@sparticuz/chromium');
const { chromium: browserType } = await import('playwright-core');

const images = path.join(root, 'docs', 'images');
const dataDir = mkdtempSync(path.join(os.tmpdir(), 'lockkeeper-pictures-'));
mkdirSync(images, { recursive: true });

const demo = spawn(
  process.execPath,
  [
    path.join(root, 'dist', 'src', 'cli', 'main.js'),
    'up',
    '--demo',
    '--json',
    '--port',
    '0',
    '--data',
    dataDir,
  ],
  { stdio: ['ignore', 'pipe', 'inherit'] },
);
const { link } = await new Promise((resolve) =>
  demo.stdout.once('data', (data) => resolve(JSON.parse(String(data)))),
);
const browser = await browserType.launch({
  executablePath: await chromium.executablePath(),
  args: chromium.args,
});
const page = await browser.newPage({
  viewport: { width: 1440, height: 900 },
  colorScheme: process.env.SCHEME ?? 'light',
});
const shot = async (name) => {
  await page.waitForTimeout(400);
  await page.screenshot({ path: path.join(images, `${name}.png`) });
  console.log(`docs/images/${name}.png`);
};
const say = async (text) => {
  await page.locator('textarea').fill(text);
  await page.keyboard.press('Enter');
};
const answered = (times) =>
  page.waitForFunction(
    (n) =>
      [...document.querySelectorAll('[data-turn]')].filter((turn) => turn.dataset.status !== 'working')
        .length >= n,
    times,
  );

try {
  await page.goto(link);
  await page.locator('textarea').waitFor();
  await shot('start');
  await say("Show me the status of the 'my-web-service' in the 'production-cluster'.");
  await answered(1);
  await page.locator('[data-turn]').first().scrollIntoViewIfNeeded();
  await page
    .locator('[data-turn]')
    .first()
    .evaluate((turn) => turn.scrollIntoView({ block: 'start' }));
  await shot('status');
  await say('Yes, show me the logs from the failed task.');
  await answered(2);
  await shot('logs');
  await say('Check if the security group allows outbound traffic to the database port.');
  await answered(3);
  await shot('network');
  await say('Yes, add a rule to allow outbound PostgreSQL traffic to the database security group.');
  await answered(4);
  await shot('proposal');
  // The button is armed only when all of the card was on the screen: A reads on, then arms.
  await page.evaluate(() => document.activeElement?.blur());
  for (
    let presses = 0;
    presses < 20 && !(await page.locator('[data-action="approve"]').isVisible());
    presses++
  ) {
    await page.keyboard.press('a');
    await page.waitForTimeout(150);
  }
  const armed = page.locator('[data-action="approve"]');
  await armed.waitFor();
  // A press in the moment after arming does not count, so that a double click is not a decision.
  await page.waitForTimeout(1_000);
  await armed.click();
  await page.waitForTimeout(6_000);
  await shot('watching');
  await page
    .getByText(/passed health checks/)
    .first()
    .waitFor({ timeout: 90_000 });
  await shot('solved');
  await page.goto(`${new URL(link).origin}/#/audit`);
  await page.waitForTimeout(1_000);
  await shot('audit');
} finally {
  await browser.close();
  demo.kill('SIGTERM');
  await new Promise((resolve) => demo.once('exit', resolve));
  rmSync(dataDir, { recursive: true, force: true });
}
