// The console in a real browser, against a stand-in hub: a whole incident by keyboard, streams that break,
// decisions of every kind.

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Browser } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import {
  approveByKeys,
  launchBrowser,
  openPage,
  readToTheEnd,
  say,
  strangers,
  type WatchedPage,
  waitForMoment,
} from './support/browser.ts';
import { buildConsole } from './support/build-console.ts';
import { approvedEvents, proposal, watch } from './support/change.ts';
import { evidenceId } from './support/findings.ts';
import { conversationId, proposalId } from './support/ids.ts';
import { numbered, statusTurn, waitingIncident } from './support/incident.ts';
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

describe('a conversation', () => {
  it('goes from a question to its answer as the events arrive', async () => {
    const now = Date.now();
    const turn = statusTurn(now);
    hub.state.onMessage = () => {
      hub.state.summary = summaryOf('working', now);
      hub.push(turn.before);
    };
    const page = await open('');
    await say(page, "Show me the status of the 'my-web-service' in the 'production-cluster'.");
    await page.getByText('4 of 9 calls answered').waitFor();
    expect(await page.locator('[data-calls="live"] .cmd').count()).toBe(9);
    expect(await page.getByLabel('Message').getAttribute('placeholder')).toBe('Working on the last message');
    await page.locator('[data-action="stop"]').waitFor();
    hub.delta({ type: 'answer.delta', turn: 'turn_1', offset: 0, text: 'my-web-service is' });
    await page.getByText('my-web-service is', { exact: true }).waitFor();
    hub.push(turn.after);
    await page.getByText('9 reads').waitFor();
    await page.getByText('in 3 stages, 1 denied').waitFor();
    await page.getByText('Cause proven').waitFor();
    await waitForMoment(page, 'answered');
    const message = hub.requests.find(({ method }) => method === 'POST');
    expect(message).toMatchObject({
      path: '/api/v1/conversations',
      csrf: 'csrf-token-of-the-test',
      body: { channel: 'web' },
    });
  });

  it('opens an observation with the deciding field marked and gives the keyboard back', async () => {
    loadIncident();
    const body = JSON.stringify({
      SecurityGroups: [{ GroupId: 'sg-0a41f7c2', IpPermissionsEgress: [{ FromPort: 443 }] }],
    });
    const id = evidenceId(5);
    hub.state.evidence.set(id, {
      id,
      aws: 'aws_5',
      call: 'call_diagnose',
      action: 'ec2:DescribeSecurityGroups',
      cli: 'aws ec2 describe-security-groups',
      at: Date.now(),
      body,
      truncated: false,
      redactions: 2,
    });
    const page = await open(conversation);
    const chip = page.locator('.ev', { hasText: 'outbound rules' });
    await chip.focus();
    await page.keyboard.press('Enter');
    await page.locator('.json .hit').first().waitFor();
    expect(await page.locator('.json .hit').count()).toBe(5);
    await page.getByText('2 secrets taken out').waitFor();
    await page.keyboard.press('Escape');
    await page.locator('dialog').waitFor({ state: 'detached' });
    expect(await chip.evaluate((element) => element === element.ownerDocument.activeElement)).toBe(true);
  });

  it('keeps the question in sight while an answer longer than the window comes in', async () => {
    const now = Date.now();
    const turn = statusTurn(now);
    hub.state.onMessage = () => {
      hub.state.summary = summaryOf('working', now);
      hub.push(turn.before);
    };
    const page = await open('#/', { viewport: { width: 1280, height: 420 } });
    await say(page, 'Why is it 3/4?');
    await page.locator('.turn').waitFor();
    hub.push(turn.after);
    await page.getByText('Cause proven').waitFor();
    const question = await page.locator('.turn .message').last().boundingBox();
    expect(question!.y).toBeGreaterThanOrEqual(48);
    expect(question!.y).toBeLessThan(200);
  });

  it('catches up after the live connection is lost, with nothing twice', async () => {
    const view = loadIncident();
    const page = await open(conversation);
    await page.locator(card).waitFor();
    await expect.poll(() => hub.readers()).toBe(1);
    const seen = String(hub.state.events.length);
    hub.cutStreams();
    await page.locator('[data-banner="reconnecting"]').waitFor();
    hub.push(approvedEvents(view, Date.now()));
    await page.getByText('Try now').click();
    await page.locator(`${card}[data-state="done"]`).waitFor();
    expect(await page.locator(card).count()).toBe(1);
    const streams = hub.requests.filter(({ path: asked }) => asked.includes('/events?after='));
    expect(streams.map(({ path: asked }) => asked.split('=').at(-1))).toEqual([seen, seen]);
  });
});

describe('the picture of a path', () => {
  it.each(['system-ui', 'Verdana, "DejaVu Sans", sans-serif'])(
    'is readable and overlaps nowhere in %s',
    async (font) => {
      loadIncident();
      const page = await open(conversation);
      await page.locator(card).waitFor();
      // The page's own types: the script below returns exactly these fields.
      const boxes = (await page.evaluate(`[...document.querySelectorAll('.pic svg.only-wide text')]
        .filter((text) => text.textContent !== '')
        .map((text) => {
          if (!text.classList.contains('tm')) text.style.fontFamily = ${JSON.stringify(font)};
          const { left, right, top, bottom } = text.getBoundingClientRect();
          const scale = text.ownerSVGElement.getBoundingClientRect().width / 760;
          const size = Number.parseFloat(getComputedStyle(text).fontSize) * scale;
          return { words: text.textContent, left, right, middle: (top + bottom) / 2, size };
        })`)) as { words: string; left: number; right: number; middle: number; size: number }[];
      expect(boxes.length).toBeGreaterThan(0);
      expect(Math.min(...boxes.map(({ size }) => size))).toBeGreaterThanOrEqual(11);
      const clashes = boxes.flatMap((one, at) =>
        boxes
          .slice(at + 1)
          .filter((two) => Math.abs(one.middle - two.middle) < 8)
          .filter((two) => one.left < two.right && two.left < one.right)
          .map((two) => [one.words, two.words]),
      );
      expect(clashes).toEqual([]);
    },
  );
});

describe('the head of a conversation', () => {
  it.each([
    [true, 'simulated account'],
    [false, 'not AWS endpoint'],
  ])('keeps saying that requests do not go to AWS (demo: %s)', async (demo, words) => {
    loadIncident();
    hub.state.status = {
      ...hub.state.status,
      demo,
      endpoints: [{ node: hub.state.status.nodes[0]!.id, endpoint: 'http://127.0.0.1:4566' }],
    };
    const page = await open(conversation);
    await page.locator(card).waitFor();
    expect(await page.locator('.head [data-pill="endpoint"]').textContent()).toBe(words);
  });
});

/** Whatever stands right of the window or of its own column, but for what scrolls by itself. */
const STICKS_OUT = `[...document.querySelectorAll('main *')].filter((one) => {
  const { right, width } = one.getBoundingClientRect();
  const column = one.closest('.side, .thread')?.getBoundingClientRect().right ?? innerWidth;
  return width > 0 && right > Math.min(innerWidth, column) + 1 && one.closest('.scroll-x, .diff-scroll, svg, .suggest, .cmd') === null;
}).map((one) => one.outerHTML.slice(0, 120))`;

describe('a service with a name as long as names may be', () => {
  it.each([1280, 390])('stays in its place at a width of %i', async (width) => {
    loadIncident();
    // ECS allows 255 characters, and nothing in them need be a place to break a line.
    const name = 'x'.repeat(255);
    const long = <T>(value: T): T => JSON.parse(JSON.stringify(value).replaceAll('my-web-service', name));
    hub.state.summary = long(hub.state.summary);
    hub.state.events = long(hub.state.events);
    const now = Date.now() - 30_000;
    const { display } = proposal(now).document;
    const title = `Scale ${name} from 4 to 6 tasks`;
    hub.push([
      {
        type: 'proposal.created',
        turn: 'turn_3',
        proposal: { ...proposal(now, { display: { ...display, title } }), id: 'prop_long' },
      },
    ]);
    const page = await open(conversation, { viewport: { width, height: 900 } });
    await page.locator('[data-proposal="prop_long"]').waitFor();
    await page.evaluate('for (const fold of document.querySelectorAll("details")) fold.open = true');
    expect(await page.evaluate(STICKS_OUT)).toEqual([]);
    expect(await page.evaluate('document.documentElement.scrollWidth <= innerWidth')).toBe(true);
    const back = await page.locator('.btn.back').boundingBox();
    if (width < 760) expect(back!.width).toBeGreaterThanOrEqual(24);
  });
});

describe('a conversation of a whole day', () => {
  beforeEach(() => {
    const now = Date.now() - 3_600_000;
    const one = JSON.stringify([...statusTurn(now).before, ...statusTurn(now).after]);
    const drafts = Array.from({ length: 60 }, (_, n) =>
      JSON.parse(one.replaceAll('turn_1', `turn_${n}`).replaceAll('call_diagnose', `call_${n}`)),
    ).flat();
    hub.state.summary = summaryOf('answered', now);
    hub.state.events = numbered(drafts, { seq: 1, at: now });
  });

  it('draws its newest turns, and earlier ones on demand without moving what is read', async () => {
    const page = await open(conversation);
    const turns = page.locator('.turn');
    const earlier = page.getByRole('button', { name: 'Show earlier turns (20)' });
    await earlier.waitFor();
    expect(await turns.count()).toBe(40);
    expect(await turns.first().getAttribute('aria-label')).toBe('Turn 21');
    const top = () =>
      page.locator('[data-turn="turn_20"]').evaluate((turn) => turn.getBoundingClientRect().top);
    await page.evaluate('scrollTo({ top: 0, behavior: "instant" })');
    const before = await top();
    await earlier.click();
    await page.locator('[data-turn="turn_0"]').waitFor();
    expect(await turns.count()).toBe(60);
    expect(Math.abs((await top()) - before)).toBeLessThan(before);
    expect(await earlier.count()).toBe(0);
  });

  it('brings earlier turns to whoever goes up by keyboard, and all of them to paper', async () => {
    const page = await open(conversation);
    const turns = page.locator('.turn');
    await page.getByRole('button', { name: /Show earlier turns/ }).waitFor();
    await turns.first().focus();
    await page.keyboard.press('k');
    await page.locator('[data-turn="turn_0"]').waitFor();
    await page.keyboard.press('k');
    await page.locator('[data-turn="turn_19"]:focus').waitFor();
    await page.reload();
    await page.getByRole('button', { name: /Show earlier turns/ }).waitFor();
    await page.emulateMedia({ media: 'print' });
    await page.locator('[data-turn="turn_0"]').waitFor();
    expect(await turns.count()).toBe(60);
  });
});

describe('a conversation on paper', () => {
  it('is a record: commands, evidence, the proposal and its decision are unfolded, and nothing is there to press', async () => {
    const view = loadIncident();
    const page = await open(conversation);
    await page.locator(card).waitFor();
    hub.push(approvedEvents(view, Date.now()));
    await page.locator(`${card}[data-state="done"]`).waitFor();
    const thread = page.locator('.thread');
    const commands = await page.locator('.cmd').count();
    await page.emulateMedia({ media: 'print' });
    await thread.getByText(conversationId).waitFor();
    expect(await page.locator('.cmd').count()).toBeGreaterThan(commands);
    for (const code of await page.locator('.cmd > code').all()) expect(await code.isVisible()).toBe(true);
    const text = await thread.innerText();
    expect(text).toContain(view.document.call.cli);
    expect(text).toContain(view.digest);
    expect(text).toMatch(/Approved by Mira at \d\d:\d\d:\d\d/);
    expect(text).toContain('E1 ');
    for (const shown of ['button:not(.cite, .ev, .seal button)', '.nav', '.composer', '.side', '.suggest'])
      for (const one of await page.locator(shown).all()) expect(await one.isVisible(), shown).toBe(false);
    await page.emulateMedia({ media: 'screen' });
    await page.locator('.cmd').nth(commands).waitFor({ state: 'detached' });
    expect(await page.locator('.outcome details.what').getAttribute('open')).toBeNull();
  });
});

describe('a conversation of before', () => {
  it('says which account it was read from, not the one that is connected by now', async () => {
    loadIncident();
    const node = hub.state.status.nodes[0]!;
    const { account, region } = node.inventory;
    hub.state.audit = [
      {
        seq: 1,
        prev: 'a'.repeat(64),
        hash: 'b'.repeat(64),
        body: JSON.stringify({
          event: 'node.connected',
          node: node.id,
          data: { account, region, endpoint: null },
        }),
      },
    ];
    const later = { ...node.inventory, account: '999999999999', endpoint: 'http://127.0.0.1:4566' };
    hub.state.status.nodes = [{ ...node, inventory: later, connectedAt: Date.now() + 60_000 }];
    hub.state.status.endpoints = [{ node: node.id, endpoint: later.endpoint }];
    const page = await open(conversation);
    const banner = page.locator('[data-banner="earlier-place"]');
    await banner.getByText(`From account ${account}`).waitFor();
    await banner.getByText('999999999999').waitFor();
    await page.getByLabel('Situation').getByText(account, { exact: true }).waitFor();
    expect(await page.locator('.head [data-pill="endpoint"]').count()).toBe(0);
    expect(await page.getByLabel('Situation').getByText('now', { exact: false }).count()).toBe(0);
  });
});

describe('a proposal', () => {
  it('is approved by keyboard over the digest on the card, then watched until it is solved', async () => {
    const view = loadIncident();
    hub.state.onDecision = () => hub.push(approvedEvents(view, Date.now()));
    const page = await open(conversation);
    await page.getByText('this page checked the digest').waitFor();
    expect(await page.locator(`${card} .cmdline code`).first().textContent()).toBe(view.document.call.cli);
    expect(await page.title()).toMatch(/^Waiting for approval/);
    await approveByKeys(page);
    await page.locator(`${card}[data-state="done"]`).waitFor();
    const decision = hub.requests.find(({ path: asked }) => asked.endsWith('/decision'));
    expect(decision?.body).toEqual({ decision: 'approve', digest: view.digest, reason: null });
    await waitForMoment(page, 'watching');
    hub.push([
      { type: 'watch.ended', turn: 'turn_3', watch: watch(Date.now() - 60_000, 'succeeded', [3, 3, 4, 4]) },
    ]);
    await waitForMoment(page, 'solved');
    await page.getByText('4/4 tasks running and passed health checks.').waitFor();
  });

  it('is followed by its answer above the watch, and by both pills while another proposal waits', async () => {
    const view = loadIncident();
    const now = Date.now();
    const events = approvedEvents(view, now);
    const started = events.findIndex(({ type }) => type === 'watch.started');
    const resumed = events.findIndex(({ type }) => type === 'turn.resumed');
    // The watch may begin before the turn goes on.
    events.splice(resumed, 0, ...events.splice(started, 1));
    hub.state.status.pendingProposals = 2;
    const page = await open(conversation);
    await page.getByText('2 changes wait: see all').waitFor();
    hub.push([
      ...events,
      { type: 'watch.ended', turn: 'turn_3', watch: watch(now, 'succeeded', [3, 4, 4]) },
      { type: 'proposal.created', turn: 'turn_3', proposal: { ...view, id: 'prop_second' } },
    ]);
    await page.getByText('The rule is added.').waitFor();
    await waitForMoment(page, 'solved');
    await waitForMoment(page, 'waiting');
    const answer = await page.getByText('The rule is added.').boundingBox();
    const chart = await page.locator('[data-watch]').boundingBox();
    expect(answer!.y).toBeLessThan(chart!.y);
    await page.getByText('What was wrong', { exact: true }).waitFor();
  });

  it('cannot be armed before all of it was on the screen, and its name stands above the button then', async () => {
    loadIncident();
    const page = await open(conversation, { viewport: { width: 1280, height: 420 } });
    await page.locator(`${card} [data-action="read"]`).waitFor();
    await page.evaluate('scrollTo(0, document.documentElement.scrollHeight)');
    await page.evaluate('new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))');
    // The end alone is not the whole.
    expect(await page.locator('[data-action="arm"]').count()).toBe(0);
    await readToTheEnd(page);
    await page.evaluate('scrollTo(0, 0)');
    await page.keyboard.press('a');
    const armed = await page.locator('[data-action="approve"]').boundingBox();
    const title = await page.locator(`${card} h2`).boundingBox();
    const composer = await page.locator('.composer').boundingBox();
    expect(title!.y).toBeGreaterThanOrEqual(48);
    expect(armed!.y).toBeGreaterThan(title!.y + title!.height);
    expect(armed!.y + armed!.height).toBeLessThanOrEqual(composer!.y + 1);
  });

  it('is remembered beside the next one: the column says what became of the approved change', async () => {
    const view = loadIncident();
    const page = await open(conversation);
    await page.locator(card).waitFor();
    const second = proposal(Date.now(), { display: { ...view.document.display, title: 'Start it again' } });
    hub.push([
      ...approvedEvents(view, Date.now()),
      { type: 'proposal.created', turn: 'turn_3', proposal: { ...second, id: 'prop_second' } },
    ]);
    const side = page.getByLabel('Situation');
    await side.getByText('Start it again').waitFor();
    await side.locator('[data-acted="watching"]').getByText(view.document.display.title).waitFor();
    hub.push([{ type: 'watch.ended', turn: 'turn_3', watch: watch(Date.now() - 60_000, 'failed', [3, 3]) }]);
    await side.locator('[data-acted="unsolved"]').getByText('Not recovered').waitFor();
  });

  it('names another change of the same thing that waits in another conversation', async () => {
    const view = loadIncident();
    const { display } = view.document;
    const other = proposal(Date.now(), { display: { ...display, title: 'Take the rule away' } });
    hub.state.proposals = [view, { ...other, id: 'prop_other', conversation: 'conv_other' }];
    hub.state.status.pendingProposals = 2;
    const page = await open(conversation);
    const rivals = page.locator(`${card} [data-rivals]`);
    await rivals.getByText('Another change of the same thing waits').waitFor();
    const link = rivals.getByRole('link', { name: 'Take the rule away' });
    expect(await link.getAttribute('href')).toContain('conv_other');
  });

  it('is not decided by arming alone: Esc steps back and nothing is sent', async () => {
    loadIncident();
    const page = await open(conversation);
    await readToTheEnd(page);
    await page.locator('[data-action="arm"]:enabled').dblclick();
    await page.locator('[data-action="approve"]').getByText('Press again to approve').waitFor();
    await page.keyboard.press('Escape');
    await page.locator('[data-action="arm"]').waitFor();
    expect(hub.requests.filter(({ path: asked }) => asked.endsWith('/decision'))).toEqual([]);
  });

  it('is denied with a reason, which stays on the card', async () => {
    const view = loadIncident();
    hub.state.onDecision = ({ reason }) =>
      hub.push([
        {
          type: 'proposal.decided',
          turn: 'turn_3',
          proposal: view.id,
          decision: 'deny',
          person: { id: 'p', name: 'Mira' },
          reason,
        },
      ]);
    const page = await open(conversation);
    await page.locator('[data-action="deny"]').waitFor();
    await page.keyboard.press('d');
    await page.locator('dialog textarea').fill('Use the terraform module.');
    await page.getByRole('button', { name: 'Deny', exact: true }).click();
    await page.locator(`${card}[data-state="denied"]`).waitFor();
    await page.getByText('“Use the terraform module.”').waitFor();
    await page.locator(card).getByText('Nothing ran.').waitFor();
  });

  it('cannot be approved when its bytes are not those that the digest names', async () => {
    const view = loadIncident();
    const other = proposal(Date.now(), {
      call: { ...view.document.call, cli: 'aws ec2 terminate-instances --instance-ids i-1' },
    });
    hub.state.events = hub.state.events.map((event) =>
      event.type === 'proposal.created' ? { ...event, proposal: { ...view, signed: other.signed } } : event,
    );
    const page = await open(conversation);
    await page.getByText('These are not the bytes the digest names.').waitFor();
    // The card shows what the bytes say, so the swap can be seen.
    expect(await page.locator(`${card} .cmdline code`).first().textContent()).toContain(
      'terminate-instances',
    );
    expect(await page.locator('[data-action="arm"]').count()).toBe(0);
  });

  it('says why somebody without the right cannot approve it', async () => {
    loadIncident();
    hub.state.roles = ['viewer'];
    const page = await open('#/approvals');
    await page.getByText('you are not an approver').waitFor();
    expect(await page.locator('[data-action="arm"]').count()).toBe(0);
    expect(await page.locator('[data-action="deny"]').isDisabled()).toBe(true);
  });
});
