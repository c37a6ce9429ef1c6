// Which of several databases a task means: the one RDS has under the host's name, however its groups are called.

import { describe, expect, it } from 'vitest';
import type { Snapshot } from '../../../src/contract/snapshot.ts';
import { madeUpAccount } from '../../../src/simulator/accounts/made-up-account.ts';
import { seededRandom } from '../../../src/simulator/accounts/random.ts';
import { fastForward } from '../../../src/simulator/fast-forward.ts';
import { faults } from '../../../src/simulator/faults/catalogue.ts';
import { diagnoseService } from '../../../tools/diagnose/diagnose-service.ts';
import { simulatedAws } from '../../support/simulated-aws.ts';

const NOW_MS = Date.parse('2026-11-20T10:00:00Z');
const fault = faults.find((one) => one.name === 'database-ingress-removed');

/** Made-up accounts with two databases, of which the service's own no longer lets it in. */
function incidents(count: number) {
  const found = [];
  for (let index = 0; found.length < count; index++) {
    const { plan, snapshot } = madeUpAccount(`two-databases-${index}`, { nowMs: NOW_MS });
    const [service] = plan.services;
    if (fault === undefined || service === undefined || plan.databases.length < 2) continue;
    if (!fault.fits(plan, service)) continue;
    const later = fastForward(snapshot, 20, (account) => {
      fault.inject({ account, plan, service, random: seededRandom(String(index)) });
    });
    found.push({ plan, service, later, name: `two-databases-${index}` });
  }
  return found;
}

async function look(snapshot: Snapshot, wanted: { cluster: string; service: string }) {
  const aws = await simulatedAws(snapshot);
  try {
    const nowMs = Date.parse(snapshot.takenAt);
    const output = await diagnoseService.run(wanted, aws, { nowMs, stage: () => {}, wait: async () => {} });
    return { output, asked: aws.calls.map(({ action }) => action) };
  } finally {
    await aws.close();
  }
}

describe.each(incidents(5))('of $name', ({ plan, service, later }) => {
  const wanted = { cluster: plan.cluster, service: service.name };

  it('the group that closed is named, and the rule that opens it', async () => {
    const { output, asked } = await look(later, wanted);
    expect(output.findings[0]).toMatchObject({
      class: 'dependency-unreachable',
      verdict: 'proven',
      culprits: expect.arrayContaining([service.database?.group]),
      fixes: [{ input: { group_id: service.database?.group, from_port: service.database?.port } }],
    });
    expect(asked.filter((action) => action.startsWith('rds:'))).toEqual(['rds:DescribeDBInstances']);
  });

  it('nothing is proven about databases that may not be asked about', async () => {
    const { output } = await look({ ...later, denied: ['rds:DescribeDBInstances'] }, wanted);
    const proven = output.findings.filter(({ verdict }) => verdict === 'proven');
    for (const finding of proven) expect(finding.culprits).toContain(service.database?.group);
    if (proven.length === 0)
      expect(output.findings.flatMap((one) => one.cannotVerify.map((gap) => gap.missingAction))).toContain(
        'rds:DescribeDBInstances',
      );
  });
});
