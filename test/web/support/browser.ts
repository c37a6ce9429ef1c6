// A real Chromium from the package registry, and pages that keep what went wrong in them: script errors, refused content,
// requests to anywhere but the hub. Also the steps that every browser test of a conversation shares.

import chromium from '@sparticuz/chromium';
import { type Browser, type BrowserContextOptions, type Page, chromium as playwright } from 'playwright-core';

export interface WatchedPage {
  readonly page: Page;
  /** Script errors and everything the content policy refused. */
  readonly problems: string[];
  /** Every address the page asked for. */
  readonly asked: string[];
  close(): Promise<void>;
}

// In one process the whole browser ends with the first profile that is closed.
const unwanted = new Set(['--single-process', '--no-zygote']);

// A step that takes longer has failed; shorter than a test may take, so that the failure names the step.
const stepMs = 8_000;

/** Starts the browser. */
export async function launchBrowser(): Promise<Browser> {
  const args = chromium.args.filter((arg) => !unwanted.has(arg));
  return playwright.launch({ executablePath: await chromium.executablePath(), args, headless: true });
}

/** Opens a page in a fresh profile. */
export async function openPage(
  browser: Browser,
  url: string,
  options: BrowserContextOptions = {},
): Promise<WatchedPage> {
  const context = await browser.newContext({
    viewport: { width: 1440, height: 900 },
    reducedMotion: 'reduce',
    ...options,
  });
  const page = await context.newPage();
  page.setDefaultTimeout(stepMs);
  const problems: string[] = [];
  const asked: string[] = [];
  page.on('pageerror', (error) => problems.push(`script: ${error.message}`));
  page.on('dialog', (dialog) => {
    problems.push(`dialog: ${dialog.message()}`);
    void dialog.dismiss();
  });
  page.on('console', (message) => {
    if (message.type() === 'error' && /content security policy|trusted/i.test(message.text()))
      problems.push(message.text());
  });
  page.on('request', (request) => asked.push(request.url()));
  await page.goto(url);
  return { page, problems, asked, close: () => context.close() };
}

/** Addresses outside of the hub's own. `data:` is the page's icon and stays in the browser. */
export function strangers(asked: readonly string[], origin: string): string[] {
  return asked.filter((address) => !address.startsWith(`${origin}/`) && !address.startsWith('data:'));
}

/** Writes a message as a person does. */
export async function say(page: Page, text: string): Promise<void> {
  await page.getByLabel('Message').fill(text);
  await page.getByLabel('Message').press('Enter');
}

/** Reads the proposal on the screen to its end, as A does, until its button can be armed. */
export async function readToTheEnd(page: Page): Promise<void> {
  await page.locator('[data-action="arm"]:enabled, [data-action="read"]').waitFor();
  await page.evaluate('document.activeElement?.blur()');
  for (let pages = 0; pages < 50 && (await page.locator('[data-action="read"]').isVisible()); pages++) {
    await page.keyboard.press('a');
    // The page looks once per frame.
    await page.evaluate('new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))');
  }
  await page.locator('[data-action="arm"]:enabled').waitFor();
}

/** Approves the proposal on the screen with the keyboard: A reads on and then arms, Enter approves. */
export async function approveByKeys(page: Page): Promise<void> {
  await readToTheEnd(page);
  await page.keyboard.press('a');
  const armed = page.locator('[data-action="approve"]');
  await armed.waitFor();
  // The button takes no press in the moment after arming, so that a double click is not a decision: press until it is taken.
  for (let presses = 0; presses < 50 && (await armed.isVisible()); presses++) {
    await page.keyboard.press('Enter');
    // Presses that follow each other faster than frames would all fall into that moment.
    await page.evaluate('new Promise((done) => requestAnimationFrame(done))');
  }
}

/** Waits until the conversation's pill says `moment`, such as `waiting` or `solved`. */
export async function waitForMoment(page: Page, moment: string): Promise<void> {
  await page.locator(`[data-moment="${moment}"]`).waitFor();
}
