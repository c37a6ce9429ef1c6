import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { benchCase, wantedFaults } from '../../src/cli/bench/bench-case.ts';
import type { Inquiry } from '../../src/cli/bench/investigate.ts';
import { markdownOf, reportOf } from '../../src/cli/bench/report.ts';
import { scoreOf } from '../../src/cli/bench/score.ts';
import { faults } from '../../src/simulator/faults/catalogue.ts';
import { type Cli, openCli } from './cli-process.ts';

const about = { seed: 's', planner: 'playbook', faults: 'all' };
const silence: Inquiry = {
  findings: [],
  changes: [],
  unapproved: 0,
  awsCalls: 3,
  stages: 1,
  resultTokens: 10,
  ms: 5,
};

describe('the cases of a seed', () => {
  it('are the same every time and meet every fault before any comes twice', () => {
    const all = wantedFaults('all') ?? [];
    const names = Array.from({ length: 12 }, (_, index) => benchCase('s', index, all).fault?.name ?? null);
    expect(names).toEqual(
      Array.from({ length: 12 }, (_, index) => benchCase('s', index, all).fault?.name ?? null),
    );
    expect(names.filter((name) => name === null)).toHaveLength(1);
    expect(new Set(names).size).toBe(names.length);
    expect(benchCase('s', 3, all).snapshot).toEqual(benchCase('s', 3, all).snapshot);
  });

  it('are chosen by fault or by cause, and a name that is none is no list', () => {
    expect(wantedFaults('nacl-blocked')?.map((fault) => fault.name)).toEqual(['acl-denies-database']);
    expect(wantedFaults('log-group-deleted, image-expired')).toHaveLength(2);
    expect(wantedFaults('all')).toEqual(faults);
    expect(wantedFaults('no-such-thing')).toBeNull();
  });
});

describe('the score', () => {
  const broken = benchCase('s', 0, wantedFaults('egress-to-database-removed') ?? []);

  it('gives nothing for an answer that names nothing', () => {
    expect(scoreOf(broken, silence, broken.snapshot)).toMatchObject({
      exact: false,
      top3: false,
      culprit: false,
      offered: false,
      restored: null,
      harm: 0,
    });
  });

  it('sees from the account that a change did not help, opened too much, or harmed somebody', () => {
    const changed = { ...silence, changes: ['something'] };
    expect(scoreOf(broken, changed, broken.snapshot)).toMatchObject({ restored: false, minimal: true });
    const opened = structuredClone(broken.snapshot);
    for (const group of opened.ec2.SecurityGroups)
      group.IpPermissions = group.IpPermissionsEgress = [
        { IpProtocol: '-1', IpRanges: [{ CidrIp: '0.0.0.0/0' }] },
      ];
    expect(scoreOf(broken, changed, opened)).toMatchObject({ minimal: false });
    const harmed = structuredClone(broken.snapshot);
    for (const service of harmed.ecs.services)
      if (service.serviceName !== broken.service.name) service.desiredCount = 0;
    expect(scoreOf(broken, changed, harmed).harm).toBeGreaterThan(0);
  });

  it('sees that the right rule restores the service and opens nothing else', () => {
    const mended = structuredClone(broken.snapshot);
    const { database, group } = broken.service;
    mended.ec2.SecurityGroups.find((one) => one.GroupId === group)?.IpPermissionsEgress?.push({
      IpProtocol: 'tcp',
      FromPort: database?.port,
      ToPort: database?.port,
      UserIdGroupPairs: [{ GroupId: database?.group }],
    });
    expect(scoreOf(broken, { ...silence, changes: ['rule'] }, mended)).toMatchObject({
      restored: true,
      minimal: true,
      harm: 0,
    });
  });

  it('is summed up in shares, with a line that makes every failure again', () => {
    const report = reportOf([scoreOf(broken, silence, broken.snapshot)], about);
    expect(report).toMatchObject({
      count: 1,
      cause: { exact: 0, top3: 0 },
      fix: { offered: 0, restored: null },
    });
    expect(report.failures[0]?.reproduce).toContain('--seed s --only 0');
    expect(markdownOf(report)).toContain('| `task-sg-egress-blocked` | 1 | 0.0 % |');
  });
});

describe('lockkeeper bench', () => {
  let cli: Cli;
  beforeAll(async () => {
    cli = await openCli();
  });
  afterAll(() => cli.close());

  it('breaks an account, asks, lets the fix run, and scores it from the account', async () => {
    const done = await cli.run(['bench', '--faults', 'egress-to-database-removed', '--count', '1', '--json']);
    expect(done.stderr).toContain('1/1 accounts');
    expect(JSON.parse(done.stdout)).toMatchObject({
      count: 1,
      planner: 'playbook',
      cause: { exact: 1, top3: 1 },
      culprit: 1,
      fix: { offered: 1, restored: 1, minimal: 1 },
      harm: 0,
      unapproved: 0,
      failures: [],
    });
    expect(done.code).toBe(0);
  });

  it('names what is wrong with a list or a number', async () => {
    const list = await cli.run(['bench', '--faults', 'gremlins']);
    expect([list.code, list.stderr]).toEqual([2, expect.stringContaining('gremlins')]);
    const count = await cli.run(['bench', '--count', 'many']);
    expect([count.code, count.stderr]).toEqual([2, expect.stringContaining('--count')]);
  });
});
