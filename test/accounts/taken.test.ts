// A snapshot taken of an account is that account to a diagnosis: each account is served, a snapshot is taken of it, served in turn and
// diagnosed, and the findings are those of the account itself. By default one account of each cause is taken, its plain form, the one
// with decoys and the one with a refused read by turns; TAKEN=all takes every account, TAKEN=<text> those whose name holds the text.

import { randomBytes } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { type OfflineAccount, openSnapshotAccount } from '../../src/cli/offline/account.ts';
import { diagnoseOne, diagnoseRule } from '../../src/cli/offline/diagnoses.ts';
import { createInvestigation, type Investigation } from '../../src/cli/offline/investigation.ts';
import { takeSnapshot } from '../../src/cli/offline/take/take.ts';
import type { Finding } from '../../src/contract/finding.ts';
import { parseSnapshot, type Snapshot } from '../../src/contract/snapshot.ts';
import { systemClock } from '../../src/kernel/clock.ts';
import { messageOf } from '../../src/kernel/errors.ts';
import { silentLog } from '../../src/kernel/log.ts';
import { createRedactor } from '../../src/kernel/redact.ts';
import { toJson } from '../../src/node/bounded-json.ts';
import { type Expectation, expectations } from './all.ts';

/** Accounts in which only the value of an environment variable, which no snapshot keeps, tells what the tasks look for. */
const toldByEnvironment: ReadonlySet<string> = new Set([
  'vpc-dns-misconfig/b',
  'told/a namespace for calls of its API, whose names are in no DNS',
  'told/signs of an end: a database that was stopped, not named in the log',
]);

const mode = process.env['TAKEN'] ?? '';
const byTurns = expectations.filter(
  ({ name, group }, index) =>
    toldByEnvironment.has(name) ||
    (group === 'plain' || group === 'decoys' || group === 'denied'
      ? index % 3 === Math.floor(index / 3) % 3
      : index % 6 === 0),
);
const chosen =
  mode === ''
    ? byTurns
    : mode === 'all'
      ? expectations
      : expectations.filter((one) => one.name.includes(mode));

// Placeholders are keyed: with one key they are the same on both sides.
const redact = createRedactor({ key: randomBytes(32) });

async function within<T>(
  snapshot: Snapshot,
  work: (investigation: Investigation, account: OfflineAccount) => Promise<T>,
): Promise<T | string> {
  const account = await openSnapshotAccount(snapshot, systemClock);
  try {
    return await work(createInvestigation({ account, redact, log: silentLog }), account);
  } catch (error) {
    return `failed: ${messageOf(error)}`;
  } finally {
    await account.close();
  }
}

/** What a diagnosis finds, or why there is none. */
function found(snapshot: Snapshot, { rule, service }: Expectation): Promise<readonly Finding[] | string> {
  return within(snapshot, async (investigation) => {
    const { output } =
      rule === undefined
        ? await diagnoseOne(investigation, service)
        : await diagnoseRule(investigation, { rule });
    return output.findings;
  });
}

/** The file that is taken of the account, or why there is none. */
function taken(snapshot: Snapshot, { rule, service }: Expectation): Promise<Snapshot | string> {
  return within(snapshot, async (investigation, account) => {
    const file = await takeSnapshot(investigation, {
      account,
      cluster: service.cluster,
      service: rule === undefined ? service.service : undefined,
      onProgress: () => {},
      signal: new AbortController().signal,
    });
    return parseSnapshot(JSON.stringify(file.snapshot));
  });
}

/** The account as it would be if its task definitions held no values of variables and its logs no secrets. */
function redacted(snapshot: Snapshot): Snapshot {
  return parseSnapshot(redact.json(toJson(snapshot)).value);
}

/** Which answers of AWS stand behind a finding is the same; their ids and their places in a list are not. */
function withoutPlaces(findings: readonly Finding[] | string): object[] | string {
  if (typeof findings === 'string') return findings;
  return findings.map(({ evidence, paths, ruledOut, ...finding }) => ({
    ...finding,
    ruledOut: ruledOut.map((one) => one.class),
    paths: paths.map(({ verdict, to }) => ({ verdict, to })),
  }));
}

function decided(findings: readonly Finding[] | string): object[] | string {
  if (typeof findings === 'string') return findings;
  return findings.map(({ class: cause, verdict, culprits }) => ({ cause, verdict, culprits }));
}

describe.each(chosen)('a snapshot taken of $name', (one) => {
  it('is diagnosed as the account itself', async () => {
    const original = one.snapshot();
    const file = await taken(original, one);
    const direct = await found(original, one);
    if (typeof file === 'string') {
      // Nothing can be taken of a service that may not be described, and nothing can be said of it.
      expect(file).toContain('ecs:DescribeServices');
      expect(direct).toEqual(expect.stringContaining('ecs:DescribeServices'));
      return;
    }
    const again = await found(file, one);
    expect(withoutPlaces(again)).toEqual(withoutPlaces(await found(redacted(original), one)));
    if (!toldByEnvironment.has(one.name)) expect(decided(again)).toEqual(decided(direct));
    else expect(again).not.toContainEqual(expect.objectContaining({ verdict: 'proven' }));
  });
});
