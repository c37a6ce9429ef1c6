// The console around its conversations, in a real browser: hostile text in every field, signing in, the other pages,
// the keyboard, narrow windows, and the states in which there is nothing to show.

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Browser } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { launchBrowser, openPage, strangers, type WatchedPage } from './support/browser.ts';
import { buildConsole } from './support/build-console.ts';
import { proposal } from './support/change.ts';
import { conversationId, proposalId } from './support/ids.ts';
import { waitingIncident } from './support/incident.ts';
import { type StandInHub, startStandInHub, summaryOf } from './support/stand-in-hub.ts';

let browser: Browser;
let hub: StandInHub;
let webDir: string;
const opened: WatchedPage[] = [];

beforeAll(async () => {
  webDir = mkdtempSync(path.join(tmpdir(), 'lockkeeper-web-'));
  await buildConsole(webDir);
  browser = await launchBrowser();
});

afterAll(async () => {
  await browser.close();
  rmSync(webDir, { recursive: true, force: true });
});

beforeEach(async () => {
  hub = await startStandInHub(webDir, Date.now());
});

// Whatever a test is about: nothing was refused by the content policy, no script failed, nothing left the origin.
afterEach(async () => {
  for (const { problems, asked, close } of opened.splice(0)) {
    expect(problems).toEqual([]);
    expect(strangers(asked, hub.url)).toEqual([]);
    await close();
  }
  await hub.close();
});

async function open(hash: string, options: Parameters<typeof openPage>[2] = {}) {
  const watched = await openPage(browser, `${hub.url}/${hash}`, options);
  opened.push(watched);
  return watched.page;
}

function loadIncident() {
  const now = Date.now();
  const incident = waitingIncident(now - 30_000);
  hub.state.summary = summaryOf('waiting', now);
  hub.state.events = incident.events;
  hub.state.proposals = [incident.view];
  hub.state.status.pendingProposals = 1;
  return incident.view;
}

const conversation = `#/c/${conversationId}`;
const card = `[data-proposal="${proposalId}"]`;

describe('hostile text', () => {
  it('stays text in every field of a conversation, a proposal, the audit log and the nodes', async () => {
    const evil =
      '<img src=x onerror=alert(1)><svg onload=alert(2)>"\'</script><script>alert(3)</script>[x](javascript:alert(4))';
    loadIncident();
    const swap = <T>(value: T): T =>
      JSON.parse(
        JSON.stringify(value, (key, inner: unknown) =>
          typeof inner === 'string' && textFields.has(key) ? `${inner} ${evil}` : inner,
        ),
      );
    hub.state.events = swap(hub.state.events);
    hub.state.summary = swap(hub.state.summary);
    hub.state.status = swap(hub.state.status);
    const view = proposal(Date.now());
    hub.state.proposals = [proposal(Date.now(), swap(view.document))];
    hub.state.audit = [
      {
        seq: 1,
        prev: 'a',
        hash: 'b',
        body: JSON.stringify({
          v: 1,
          at: 1,
          event: 'turn.started',
          code: 'LK4002I',
          actor: { kind: 'person', id: 'p', name: evil },
          conversation: null,
          turn: null,
          call: null,
          node: null,
          cli: evil,
          data: { text: evil },
        }),
      },
    ];
    const page = await open(conversation);
    await page.locator(card).waitFor();
    for (const summary of await page.locator('main details > summary').all())
      if (await summary.isVisible()) await summary.click();
    for (const hash of ['#/approvals', '#/audit/1', '#/nodes', '#/conversations', '#/']) {
      await page.evaluate(`location.hash = ${JSON.stringify(hash)}`);
      await page.getByText('onerror=alert(1)').first().waitFor();
      expect(
        await page
          .locator('#root img, #root script, #root [onerror], #root [onload], #root a[href^="javascript"]')
          .count(),
      ).toBe(0);
    }
  });
});

// Every field that carries the words of AWS, a log, a model, a node or a person.
const textFields = new Set([
  'text',
  'title',
  'name',
  'subtitle',
  'cli',
  'stage',
  'message',
  'explanation',
  'because',
  'note',
  'what',
  'missingAction',
  'peer',
  'description',
  'resource',
  'host',
  'caption',
  'summary',
  'detail',
  'group',
  'stream',
  'container',
  'account',
  'region',
  'identity',
  'executionRole',
  'service',
  'cluster',
]);

describe('signing in', () => {
  it('takes a pasted code, says when it is not good, and then shows the console', async () => {
    hub.state.signedIn = false;
    const page = await open('#/approvals');
    await page.getByLabel('Sign-in link or code').fill('bad-code');
    await page.getByRole('button', { name: 'Sign in' }).click();
    await page.getByText('There is no such thing.').waitFor();
    await page.getByLabel('Sign-in link or code').fill('http://127.0.0.1:7373/#/sign-in/good-code');
    await page.getByRole('button', { name: 'Sign in' }).click();
    await page.getByLabel('Message').waitFor();
  });

  it('follows the link of the hub and leaves no code in the address', async () => {
    hub.state.signedIn = false;
    const page = await open('#/sign-in/good-code');
    await page.getByLabel('Message').waitFor();
    expect(page.url()).not.toContain('good-code');
    expect(hub.requests.some(({ path: asked }) => asked.includes('good-code'))).toBe(false);
  });
});

describe('the rest of the console', () => {
  it('finds audit records and verifies the chain', async () => {
    hub.state.audit = [1, 2].map((seq) => ({
      seq,
      prev: 'a'.repeat(64),
      hash: 'b'.repeat(64),
      body: JSON.stringify({
        v: 1,
        at: 1,
        event: 'aws.finished',
        code: 'LK5005I',
        actor: { kind: 'node', id: 'node-eu-1' },
        conversation: null,
        turn: null,
        call: null,
        node: null,
        cli: seq === 1 ? 'aws ecs list-tasks' : 'aws ecs list-clusters',
        data: { status: 'ok' },
      }),
    }));
    const page = await open('#/audit');
    await page.locator('a.rec').nth(1).waitFor();
    await page.keyboard.press('/');
    await page.keyboard.type('list-tasks');
    await page.locator('a.rec').nth(1).waitFor({ state: 'detached' });
    await page.locator('a.rec').click();
    await page.getByText('Exact text that was hashed').waitFor();
    await page.getByRole('button', { name: 'Verify now' }).click();
    await page.locator('[data-chain="ok"]').waitFor();
  });

  it('keeps in the address what the audit list is narrowed to, over a record, a reload and the way back', async () => {
    hub.state.audit = [1, 2, 3].map((seq) => ({
      seq,
      prev: 'a'.repeat(64),
      hash: String(seq).repeat(64),
      body: JSON.stringify({
        v: 1,
        at: Date.now(),
        event: seq === 1 ? 'hub.started' : 'aws.finished',
        code: 'LK1001I',
        actor: { kind: 'hub', id: 'hub' },
        conversation: null,
        cli: seq === 1 ? null : `aws ecs describe-services --cluster c${seq}`,
        data: {},
      }),
    }));
    const page = await open('#/audit');
    const rows = page.locator('a.rec');
    await page.getByRole('button', { name: 'AWS calls' }).click();
    await page.locator('#audit-search').fill('c3');
    await rows.nth(1).waitFor({ state: 'detached' });
    await rows.first().click();
    await page.locator('.drawer').waitFor();
    expect(await rows.count()).toBe(1);
    await page.reload();
    await page.locator('.drawer').waitFor();
    await rows.first().waitFor();
    expect(await rows.count()).toBe(1);
    expect(await page.locator('#audit-search').inputValue()).toBe('c3');
    expect(await page.getByRole('button', { name: 'AWS calls' }).getAttribute('aria-pressed')).toBe('true');
    await page.emulateMedia({ media: 'print' });
    await page.getByText('Records of event aws.finished, search “c3”').waitFor();
    expect(await rows.first().innerText()).toContain('3'.repeat(64));
    expect(await page.locator('.filters').isVisible()).toBe(false);
  });

  it('says where requests go when that is not AWS, and which node is away', async () => {
    const node = hub.state.status.nodes[0]!;
    hub.state.status = {
      ...hub.state.status,
      demo: true,
      nodes: [{ ...node, connected: false }],
      endpoints: [{ node: node.id, endpoint: 'http://127.0.0.1:4566' }],
    };
    const page = await open('#/nodes');
    await page.getByText('AWS requests of node node-eu-1 go to http://127.0.0.1:4566, not to AWS.').waitFor();
    await page
      .locator('tr[data-node]')
      .getByText(/^offline/)
      .waitFor();
  });

  it('offers the questions of the demo only in the demo', async () => {
    hub.state.status.demo = true;
    const page = await open('');
    await page
      .getByRole('button', {
        name: "Show me the status of the 'my-web-service' in the 'production-cluster'.",
      })
      .waitFor();
  });

  it('goes to another incident of the demo, which only the demo has', async () => {
    hub.state.status.demo = true;
    const page = await open('#/scenarios');
    await page.locator('[data-scenario="database-timeout"][aria-current="true"]').waitFor();
    await page.getByRole('button', { name: 'Show: a deployment crashes again and again' }).click();
    await page.getByText('The account is ready.').waitFor();
    await page.getByRole('link', { name: 'Another incident' }).waitFor();
    hub.state.status.demo = false;
    const other = await open('');
    await other.getByText('Or start with a question.').waitFor();
    expect(await other.getByRole('link', { name: 'Scenarios' }).count()).toBe(0);
  });

  it('has the same places in the bar of a phone, those of the demo only in the demo', async () => {
    hub.state.status.demo = true;
    const page = await open('', { viewport: { width: 420, height: 800 } });
    const bar = page.getByRole('navigation', { name: 'Main, short' });
    await bar.getByRole('link', { name: 'Scenarios' }).click();
    await page.locator('[data-scenario="database-timeout"]').waitFor();
    expect(await bar.getByRole('link').count()).toBe(5);
    const tops = await bar
      .getByRole('link')
      .evaluateAll((links) => links.map((link) => link.getBoundingClientRect().top));
    expect(new Set(tops).size).toBe(1);
    hub.state.status.demo = false;
    const other = await open('', { viewport: { width: 420, height: 800 } });
    const plain = other.getByRole('navigation', { name: 'Main, short' });
    await plain.getByRole('link', { name: 'Nodes' }).waitFor();
    expect(await plain.getByRole('link').count()).toBe(4);
  });

  it('keeps the theme that was chosen', async () => {
    const page = await open('', { colorScheme: 'light' });
    await page.getByText('Dark', { exact: true }).click();
    await page.reload();
    await page.locator('html[data-theme="dark"]').waitFor();
  });

  it('says that the hub is away and what to do, and recovers', async () => {
    const page = await open('#/nodes');
    await page.locator('tr[data-node]').waitFor();
    hub.state.failing = 503;
    await page.evaluate('location.hash = "#/c/conv_gone"');
    await page.getByText('It failed.').waitFor();
    hub.state.failing = null;
    loadIncident();
    await page.getByRole('button', { name: 'Try again' }).click();
    await page.locator(card).waitFor();
  });

  it('opens a page at its top, wherever the page before it was left', async () => {
    loadIncident();
    const page = await open(conversation, { viewport: { width: 390, height: 400 } });
    await page.locator(card).waitFor();
    await page.evaluate('scrollTo(0, 300)');
    await page.evaluate(`location.hash = '#/nodes'`);
    await page.locator('tr[data-node]').waitFor();
    expect(await page.evaluate('scrollY')).toBe(0);
    await page.evaluate('scrollTo(0, 200)');
    expect(await page.evaluate('scrollY')).toBeGreaterThan(0);
    await page.evaluate(`location.hash = '#/conversations'`);
    await page.locator('.wide-list .li').waitFor();
    expect(await page.evaluate('scrollY')).toBe(0);
  });

  it('names whoever decided, and counts down in minutes and seconds', async () => {
    const view = loadIncident();
    const decision = { decision: 'approve', person: 'person_lin', at: 1, reason: null, via: 'web' } as const;
    hub.state.proposals = [view, { ...view, id: 'prop_2', state: 'done', decisions: [decision] }];
    hub.state.audit = [
      {
        seq: 1,
        prev: 'a',
        hash: 'b',
        body: JSON.stringify({
          v: 1,
          at: 1,
          event: 'proposal.approved',
          code: 'LK6002I',
          actor: { kind: 'person', id: 'person_lin', name: 'Lin' },
          data: {},
        }),
      },
    ];
    const page = await open('#/approvals');
    await page.getByText('Done, approved by Lin').waitFor();
    expect(await page.locator('.list .li time').first().textContent()).toMatch(/^\d+ min \d\d s left$/);
  });

  it('moves by keyboard: palette, pages, help', async () => {
    loadIncident();
    const page = await open('#/nodes');
    await page.locator('tr[data-node]').waitFor();
    await page.keyboard.press('Control+k');
    await page.getByLabel('Search or jump to').fill('status of my');
    await page.keyboard.press('Enter');
    await page.locator(card).waitFor();
    await page.keyboard.press('g');
    await page.keyboard.press('a');
    await page.locator('#audit-search').waitFor();
    await page.keyboard.press('?');
    await page.getByText('arm, then approve').waitFor();
  });

  it('keeps the search, the person and the version in sight beside many conversations', async () => {
    const now = Date.now();
    hub.state.earlier = Array.from({ length: 30 }, (_, n) => ({
      ...summaryOf('answered', now),
      id: `conv_${n}`,
      title: `Question ${n}`,
    }));
    const page = await open('#/nodes', { viewport: { width: 1440, height: 700 } });
    await page.getByText('Question 29').waitFor();
    const box = async (selector: string) => await page.locator(selector).boundingBox();
    expect((await box('.nav .jump'))?.height).toBeGreaterThanOrEqual(32);
    const foot = await box('.nav-foot');
    expect((foot?.y ?? 0) + (foot?.height ?? 0)).toBeLessThanOrEqual(700);
    expect(
      await page.evaluate(
        "(({ scrollWidth, clientWidth }) => scrollWidth - clientWidth)(document.querySelector('.nav-foot .cut'))",
      ),
    ).toBe(0);
    await page.getByText('Question 29').scrollIntoViewIfNeeded();
    expect(await page.evaluate("document.querySelector('.nav').scrollTop")).toBe(0);
  });

  it('closes the palette when the page below it changes', async () => {
    const page = await open('#/nodes');
    await page.locator('main h1').waitFor();
    await page.keyboard.press('Control+k');
    await page.locator('dialog.palette').waitFor();
    await page.evaluate("location.hash = '#/audit'");
    await page.locator('#audit-search').waitFor();
    expect(await page.locator('dialog.palette').count()).toBe(0);
  });

  it('says on the approvals page why, as the card in the conversation does', async () => {
    loadIncident();
    const why = `${card} dl.spec dd`;
    const page = await open(conversation);
    const said = await page.locator(why).first().innerText();
    await page.evaluate("location.hash = '#/approvals'");
    await page.locator(`.detail ${card} dt`, { hasText: 'Why' }).waitFor();
    expect(await page.locator(why).first().innerText()).toBe(said);
  });

  it.each([390, 768, 1024, 1440])('fits a window %i wide, with nothing to scroll sideways', async (width) => {
    loadIncident();
    const page = await open(`${conversation}/${proposalId}`, { viewport: { width, height: 844 } });
    await page.locator(card).waitFor();
    for (const hash of [conversation, '#/approvals', '#/audit', '#/nodes', '#/conversations', '#/']) {
      await page.evaluate(`location.hash = ${JSON.stringify(hash)}`);
      await page.locator('main h1').waitFor();
      expect(
        await page.evaluate('document.documentElement.scrollWidth - innerWidth'),
        hash,
      ).toBeLessThanOrEqual(0);
    }
  });
});
