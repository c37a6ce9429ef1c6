// Each account is loaded into the simulator and diagnosed through real SDK clients, as a user's account would be.
// ACCOUNTS=failures prints only what is wrong; ACCOUNTS=shrink takes from the list of known gaps what has become right;
// ACCOUNTS=<text> runs only the accounts whose name holds the text. ACCOUNTS_TO=<file> writes the findings in full.

import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import type { Aws } from '../../src/contract/aws.ts';
import { type CauseClass, causeClasses, type Finding } from '../../src/contract/finding.ts';
import { createRedactor } from '../../src/kernel/redact.ts';
import { diagnoseSchedule } from '../../tools/diagnose/diagnose-schedule.ts';
import { diagnoseService } from '../../tools/diagnose/diagnose-service.ts';
import { simulatedAws } from '../support/simulated-aws.ts';
import { causes, type Expectation, expectations } from './all.ts';
import { knownGaps } from './known-gaps.ts';

interface Outcome {
  readonly one: Expectation;
  readonly said: string;
  readonly fault: string | undefined;
  readonly findings: readonly Finding[];
}

const outcomes: Outcome[] = [];
const mode = process.env['ACCOUNTS'] ?? '';
const shrinking = mode === 'shrink';
const onlyFailures = mode === 'failures' || shrinking;
const chosen = expectations.filter((one) => mode === '' || onlyFailures || one.name.includes(mode));

/** The gate of a node refuses what names another account, and with it the question; see `src/node/gateway.ts`. */
function ownOnly(inner: Aws): Aws {
  return {
    account: inner.account,
    region: inner.region,
    call: (action, input) => {
      const named = JSON.stringify(input).matchAll(/arn:aws[a-z-]*:[a-z0-9-]+:[a-z0-9-]*:(\d{12}):/g);
      for (const [, account] of named)
        if (account !== inner.account) throw new Error(`${action} names account ${account}`);
      return inner.call(action, input);
    },
  };
}

async function diagnose(one: Expectation): Promise<readonly Finding[]> {
  const snapshot = one.snapshot();
  const inner = await simulatedAws(snapshot);
  const aws = ownOnly(inner);
  try {
    const context = { nowMs: Date.parse(snapshot.takenAt), stage: () => {}, wait: async () => {} };
    if (one.rule !== undefined)
      return diagnoseSchedule.output.parse(await diagnoseSchedule.run({ rule: one.rule }, aws, context))
        .findings;
    return diagnoseService.output.parse(await diagnoseService.run(one.service, aws, context)).findings;
  } finally {
    await inner.close();
  }
}

const redactor = createRedactor({ key: new Uint8Array(32) });

/** Own words that look like a secret lose a piece before anybody reads them; what AWS and logs say, in quotation marks, may. */
function tornWords(findings: readonly Finding[]): string | undefined {
  const torn = findings
    .flatMap(({ title, explanation, fixes }) => [title, explanation, ...fixes.map(({ why }) => why)])
    .map((text) => text.replace(/"[^"]*"/g, '""'))
    .find((text) => redactor.find(text).length > 0);
  return torn === undefined ? undefined : `reads like a secret: ${torn}`;
}

function inWords(findings: readonly Finding[]): string {
  return findings
    .slice(0, 4)
    .map((finding) => `${finding.class} ${finding.verdict}`)
    .join(', ');
}

/** The same place of the same answer twice in one finding. */
function doubled(findings: readonly Finding[]): string | undefined {
  const twice = findings.find(({ evidence }) => {
    const places = evidence.map(({ id, path }) => `${id} ${path}`);
    return new Set(places).size < places.length;
  });
  return twice === undefined ? undefined : `evidence is given twice: ${twice.class}`;
}

async function judge(one: Expectation): Promise<Outcome> {
  try {
    const findings = await diagnose(one);
    const fault = one.fault(findings) ?? tornWords(findings) ?? doubled(findings);
    return { one, said: inWords(findings), fault, findings };
  } catch (error) {
    const text = error instanceof Error ? error.message : String(error);
    const refused =
      one.denied.some((action) => text.includes(action.replace('*', ''))) &&
      /AccessDenied|not authorized/.test(text);
    return { one, said: `threw ${text.slice(0, 160)}`, findings: [], fault: refused ? undefined : 'threw' };
  }
}

describe('the accounts', () => {
  it('hold every cause there is, each with decoys and with a refused read', () => {
    const covered = new Set<CauseClass>(causes.map((one) => one.class));
    const said = causeClasses.filter((name) => name !== 'healthy' && name !== 'unknown');
    expect(said.filter((name) => !covered.has(name))).toEqual([]);
    expect(new Set(expectations.map((one) => one.name)).size).toBe(expectations.length);
  });

  it('have gaps only under names that exist', () => {
    const names = new Set(expectations.map((one) => one.name));
    expect(Object.keys(knownGaps).filter((name) => !names.has(name))).toEqual([]);
  });
});

describe.each(chosen)('$name', (one) => {
  const gap = knownGaps[one.name];

  it(
    gap === undefined
      ? `is ${one.wanted}`
      : 'is still a known gap; when it no longer is, take it from the list',
    async () => {
      const outcome = await judge(one);
      outcomes.push(outcome);
      if (gap === undefined) expect(outcome.fault, `said: ${outcome.said}`).toBeUndefined();
      else if (!shrinking) expect(outcome.fault, `right now, said: ${outcome.said}`).toBeDefined();
    },
  );
});

afterAll(() => {
  const rows = outcomes.filter((outcome) => !onlyFailures || outcome.fault !== undefined);
  const table = rows.map(
    ({ one, said, fault }) =>
      `${fault === undefined ? 'ok  ' : 'GAP '} ${one.name.padEnd(40)} ${said}${fault === undefined ? '' : `  [${fault}; wanted ${one.wanted}]`}`,
  );
  const good = outcomes.filter((outcome) => outcome.fault === undefined).length;
  if (mode !== '') console.log([...table, `${good} of ${outcomes.length} right`].join('\n'));
  if (shrinking) shrinkGaps();
  const file = process.env['ACCOUNTS_TO'];
  if (file !== undefined)
    writeFileSync(
      file,
      JSON.stringify(
        outcomes.map(({ one, ...rest }) => ({ name: one.name, wanted: one.wanted, ...rest })),
        null,
        1,
      ),
    );
});

/** Takes the lines of what is right now from the list; a line is a name, a colon and what was said. */
function shrinkGaps(): void {
  const file = path.join(import.meta.dirname, 'known-gaps.ts');
  const right = new Set(outcomes.filter(({ fault }) => fault === undefined).map(({ one }) => one.name));
  const entry = /^ {2}'([^']+)':\s*'[^']*',\n/gm;
  const text = readFileSync(file, 'utf8');
  writeFileSync(
    file,
    text.replace(entry, (line, name: string) => (right.has(name) ? '' : line)),
  );
}
