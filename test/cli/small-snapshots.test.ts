// Snapshots from elsewhere leave things out. Whatever is left out, the simulated account answers every read, and the
// diagnosis comes to an end without claiming what is no longer shown.

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { openSnapshotAccount } from '../../src/cli/offline/account.ts';
import { diagnoseCluster } from '../../src/cli/offline/cluster-diagnosis.ts';
import { diagnoseOne } from '../../src/cli/offline/diagnoses.ts';
import { createInvestigation } from '../../src/cli/offline/investigation.ts';
import { parseSnapshot, type Snapshot } from '../../src/contract/snapshot.ts';
import { systemClock } from '../../src/kernel/clock.ts';
import { LockkeeperError } from '../../src/kernel/errors.ts';
import { type Logger, silentLog } from '../../src/kernel/log.ts';
import { createRedactor } from '../../src/kernel/redact.ts';
import { demoSnapshot } from '../../src/simulator/demo-account.ts';
import { healthyAccount, theService } from '../support/account-builder.ts';
import { accountCases, accountOf } from '../support/account-cases.ts';

const redact = createRedactor({ key: new Uint8Array(32).fill(1) });

/** A diagnosis and every answer that is a fault of the simulated account rather than AWS's. */
async function look(snapshot: Snapshot, cluster = 'prod', service = 'api') {
  const account = await openSnapshotAccount(snapshot, systemClock);
  const errors: string[] = [];
  const log: Logger = {
    ...silentLog,
    error: (fields, message) => errors.push(`${message} ${JSON.stringify(fields)}`),
  };
  const investigation = createInvestigation({ account, redact, log });
  try {
    const { output } = await diagnoseOne(investigation, { cluster, service });
    return { findings: output.findings, faults: [...errors, ...faultsIn(investigation)] };
  } finally {
    await account.close();
  }
}

function faultsIn({
  calls,
}: {
  calls: readonly { action: string; error: { code: string } | null }[];
}): string[] {
  return calls
    .filter((call) =>
      /^(?:InternalFailure|InternalError|NotImplemented|UnknownOperation|SerializationException)/.test(
        call.error?.code ?? '',
      ),
    )
    .map((call) => `${call.action} ${call.error?.code ?? ''}`);
}

type Path = readonly (string | number)[];

/** Every member that can be left out: all but those that make the file a snapshot or say which service is meant. */
function membersOf(value: unknown, at: Path = []): Path[] {
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, member]) => {
    const path = [...at, Array.isArray(value) ? Number(key) : key];
    return [...(at.length === 0 ? [] : [path]), ...membersOf(member, path)];
  });
}

function without(snapshot: Snapshot, paths: readonly Path[]): unknown {
  const copy: unknown = structuredClone(snapshot);
  for (const path of paths) {
    let parent: unknown = copy;
    for (const key of path.slice(0, -1))
      parent =
        typeof parent === 'object' && parent !== null ? (parent as Record<string, unknown>)[key] : undefined;
    const last = path.at(-1);
    if (typeof parent !== 'object' || parent === null || last === undefined) continue;
    if (Array.isArray(parent)) parent.splice(Number(last), 1);
    else delete (parent as Record<string, unknown>)[last];
  }
  return copy;
}

describe('a snapshot from which something is missing', () => {
  it('is still diagnosed, whichever members are gone', async () => {
    const all = accountCases.map((one) => {
      const snapshot = accountOf(one);
      return { one, snapshot, members: membersOf(snapshot) };
    });
    const arbitrary = fc
      .nat(all.length - 1)
      .chain((index) =>
        fc.tuple(
          fc.constant(index),
          fc.uniqueArray(fc.nat((all[index]?.members.length ?? 1) - 1), { minLength: 1, maxLength: 12 }),
        ),
      );
    await fc.assert(
      fc.asyncProperty(arbitrary, async ([index, gone]) => {
        const { snapshot, members } = all[index] ?? expect.fail('the index is within the list');
        const paths = gone.map((number) => members[number] ?? []);
        let reduced: Snapshot;
        try {
          reduced = parseSnapshot(without(snapshot, paths));
        } catch {
          return; // An object without its id is no snapshot, and is refused before anything is served.
        }
        const seen = await look(reduced).catch((error: unknown) => {
          // Without the service or its cluster there is nothing to diagnose, which is said as such.
          if (error instanceof LockkeeperError && /^(?:service|cluster)-unknown$/.test(error.code))
            return null;
          throw error;
        });
        if (seen === null) return;
        expect(seen.faults).toEqual([]);
        expect(seen.findings.length).toBeGreaterThan(0);
      }),
      { numRuns: 60 },
    );
  }, 120_000);

  it('is diagnosed without any section but the service and its tasks', async () => {
    for (const one of accountCases) {
      const { ecs, ...rest } = accountOf(one);
      const { findings, faults } = await look(
        parseSnapshot({
          format: rest.format,
          takenAt: rest.takenAt,
          account: rest.account,
          ecs: { services: ecs.services, tasks: ecs.tasks },
        }),
      );
      expect(faults).toEqual([]);
      if (/egress|blocked|route|ip|dns/.test(one.expected.class))
        expect(findings[0]?.verdict, one.name).not.toBe('proven');
    }
  });

  it('is not read as a closed network when the network is not in it', async () => {
    for (const section of ['RouteTables', 'NetworkAcls', 'SecurityGroups', 'Subnets'] as const) {
      const snapshot = accountOf(
        accountCases.find((one) => one.name.startsWith('no way out')) ??
          accountCases[0] ??
          expect.fail('there are cases'),
      );
      snapshot.ec2.RouteTables = healthyAccount().ec2.RouteTables;
      snapshot.ec2[section] = [];
      const { findings } = await look(snapshot);
      expect(
        findings.filter((one) => one.verdict === 'proven').map((one) => one.class),
        section,
      ).toEqual([]);
    }
  });

  it('may use ids as short as people write them', async () => {
    const egress = accountOf(
      accountCases.find((one) => one.name.startsWith('no egress rule')) ?? expect.fail('the case is there'),
    );
    const short = JSON.parse(
      JSON.stringify(egress)
        .replaceAll('sg-0aaaa1111bbbb2222', 'sg-app')
        .replaceAll('sg-0cccc3333dddd4444', 'sg-db')
        .replaceAll('subnet-0aaaa1111bbbb2222', 'subnet-a')
        .replaceAll('vpc-0b1c2d3e4f506172', 'vpc-1'),
    ) as unknown;
    const { findings } = await look(parseSnapshot(short));
    expect(findings[0]).toMatchObject({
      class: 'task-sg-egress-blocked',
      verdict: 'proven',
      culprits: ['sg-app'],
    });
  });

  it('knows its clusters by their services when it does not list them', async () => {
    const snapshot = healthyAccount();
    snapshot.ecs.clusters = [];
    const account = await openSnapshotAccount(snapshot, systemClock);
    try {
      const investigation = createInvestigation({ account, redact, log: silentLog });
      const found = await diagnoseCluster(investigation, 'prod');
      expect(found.diagnoses.map((one) => one.output.service.name)).toEqual([
        theService(snapshot).serviceName,
      ]);
    } finally {
      await account.close();
    }
  });
});

describe('a role that may read little', () => {
  it('never makes a cause proven that is not there, one refused action at a time', async () => {
    const whole = demoSnapshot(Date.parse('2026-11-20T10:00:00Z'));
    const { calls } = await callsOf(whole);
    for (const action of new Set(calls)) {
      if (action === 'ecs:DescribeServices') continue;
      const { findings, faults } = await look(
        { ...structuredClone(whole), denied: [action] },
        'production-cluster',
        'my-web-service',
      );
      expect(faults).toEqual([]);
      const proven = findings.filter((one) => one.verdict === 'proven').map((one) => one.class);
      expect(
        proven.filter((name) => name !== 'task-sg-egress-blocked'),
        action,
      ).toEqual([]);
    }
  });
});

async function callsOf(snapshot: Snapshot): Promise<{ calls: string[] }> {
  const account = await openSnapshotAccount(snapshot, systemClock);
  const investigation = createInvestigation({ account, redact, log: silentLog });
  try {
    await diagnoseOne(investigation, { cluster: 'production-cluster', service: 'my-web-service' });
    return { calls: investigation.calls.map((call) => call.action) };
  } finally {
    await account.close();
  }
}
