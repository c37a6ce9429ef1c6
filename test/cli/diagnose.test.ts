import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { finding } from '../../src/contract/finding.ts';
import type { Snapshot } from '../../src/contract/snapshot.ts';
import { demoSnapshot } from '../../src/simulator/demo-account.ts';
import { scenarioAccount } from '../../src/simulator/scenarios.ts';
import { startSimulator } from '../../src/simulator/simulator.ts';
import { diagnoseService } from '../../tools/diagnose/diagnose-service.ts';
import { onHosts } from '../diagnosis/support/host-account.ts';
import { addTasks, exits, healthyAccount, theService } from '../support/account-builder.ts';
import { accountCases, accountOf } from '../support/account-cases.ts';
import { type CliOptions, runCli } from '../support/run-cli.ts';

const NOW_MS = Date.parse('2026-11-20T10:00:00Z');
const stats = z.object({
  awsCalls: z.number(),
  stages: z.number(),
  ms: z.number(),
  resultTokens: z.number().int().positive(),
});
const evidence = z.record(
  z.string().regex(/^ev_/),
  z.object({
    cli: z.string().startsWith('aws '),
    action: z.string(),
    status: z.string(),
    body: z.unknown().optional(),
  }),
);
const answer = z.object({
  findings: z.array(finding).min(1),
  service: z.object({ name: z.string(), cluster: z.string(), desired: z.number(), running: z.number() }),
  stats,
  evidence,
});

let folder = '';
beforeAll(() => {
  folder = mkdtempSync(path.join(os.tmpdir(), 'lockkeeper-diagnose-'));
  write('demo', demoSnapshot(NOW_MS));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const write = (name: string, snapshot: unknown) =>
  writeFileSync(path.join(folder, `${name}.json`), JSON.stringify(snapshot));
const diagnose = (args: readonly string[], options: CliOptions = {}) =>
  runCli(['diagnose', ...args], { cwd: folder, ...options });
const demo = ['--snapshot', 'demo.json', '--cluster', 'production-cluster'];
const troubled = [...demo, '--service', 'my-web-service'];

it('shows policies as IAM has them, not as it sends them, and of them what decides', async () => {
  write('denied', scenarioAccount('secret-denied', NOW_MS)?.snapshot);
  const { stdout } = await diagnose([
    ...['--cluster', 'shop-prod', '--service', 'gateway-web'],
    ...['--snapshot', path.join(folder, 'denied.json')],
  ]);
  expect(stdout).toContain('exec-role-secret-denied');
  expect(stdout).toMatch(/PolicyDocument = \[\{.*"Action":/);
  expect(stdout).not.toMatch(/%7B|%22/);
});

/** The answer about the one service of a snapshot of ours. */
async function judged(snapshot: Snapshot, name = 'case') {
  write(name, snapshot);
  const run = await diagnose([
    '--snapshot',
    `${name}.json`,
    '--cluster',
    'prod',
    '--service',
    'api',
    '--json',
    '--bodies',
  ]);
  expect(run, run.stderr).toMatchObject({ exit: 0 });
  return answer.parse(run.json);
}

describe('diagnose in a snapshot', () => {
  it.each(accountCases)('names $name', async (one) => {
    const { findings } = await judged(accountOf(one));
    const [first] = findings;
    expect(first).toMatchObject(one.expected);
    if (one.culprit !== undefined) expect(first?.culprits.join(' ')).toContain(one.culprit);
    if (one.missing !== undefined)
      expect(first?.cannotVerify.map((gap) => gap.missingAction)).toContain(one.missing);
  });

  it('takes the moment of the file for now, so that an old file is not an old story', async () => {
    const { findings } = await judged(healthyAccount());
    expect(findings[0]?.class).toBe('healthy');
    const run = await diagnose([...troubled, '--json']);
    expect(answer.parse(run.json).findings[0]).toMatchObject({ class: 'task-sg-egress-blocked' });
  });

  it('proposes a rule once, although log and environment name its destination differently', async () => {
    const egress = accountCases.find((one) => one.name.startsWith('no egress rule'));
    const { findings } = await judged(accountOf(egress ?? expect.fail('the case is there')));
    expect(findings[0]?.fixes).toHaveLength(1);
    expect(findings[0]?.fixes[0]?.input).toMatchObject({ from_port: 5432, heals: { service: 'api' } });
  });

  it('gives evidence whose answers hold what the findings point at', async () => {
    const run = await diagnose([...troubled, '--json', '--bodies']);
    const found = answer.parse(run.json);
    const refs = found.findings.flatMap((one) => one.evidence);
    expect(refs.length).toBeGreaterThan(2);
    for (const ref of refs)
      expect(valueAt(found.evidence[ref.id]?.body, ref.path), `${ref.id} ${ref.path}`).toBeDefined();
    expect(Object.values(found.evidence).every((one) => one.body !== undefined)).toBe(true);
    expect(Object.keys(found.evidence)).toHaveLength(found.stats.awsCalls);
    expect(JSON.stringify(run.json)).not.toContain('Tr0ub4dor');
  });

  it('counts the tokens of the text a planner would read', async () => {
    const run = await diagnose([...troubled, '--json']);
    const { stats: counted, findings } = answer.parse(run.json);
    expect(findings.length).toBeGreaterThan(0);
    expect(counted.resultTokens).toBeGreaterThan(200);
    expect(counted.resultTokens).toBeLessThan(1_500);
  });
});

describe('what people read', () => {
  it('begins with the verdict and goes on with why, evidence, what was ruled out and the fix', async () => {
    const { stdout, exit } = await diagnose(troubled);
    expect(exit).toBe(0);
    expect(stdout.split('\n')[0]).toMatch(/^PROVEN task-sg-egress-blocked .*no egress rule for tcp\/5432/);
    const order = ['Why', 'Evidence', 'Fix to propose', 'Ruled out', 'Service', 'Read'];
    const places = order.map((word) => stdout.indexOf(`  ${word} `));
    expect(places).toEqual([...places].sort((a, b) => a - b));
    expect(places[0]).toBeGreaterThan(0);
    expect(stdout).toContain('aws ec2 describe-security-groups --region us-east-1');
    expect(stdout).toMatch(/\$\.SecurityGroups\[0\]\.IpPermissionsEgress = \[/);
    expect(stdout).toContain('aws ec2 authorize-security-group-egress --region us-east-1 --group-id sg-');
  });

  it('prints the fix as the command a person could run, with what it changes, touches, opens and how it is undone', async () => {
    const { stdout } = await diagnose(troubled);
    const fix = stdout.slice(stdout.indexOf('Fix to propose'), stdout.indexOf('Ruled out'));
    expect(fix).toMatch(/Allow tcp\/5432 from .* to /);
    expect(fix).toMatch(/\+ tcp\/5432/);
    for (const word of ['Changes', 'Touches', 'Opens', 'Undo']) expect(fix).toContain(`  ${word} `);
    expect(fix).toContain('aws ec2 revoke-security-group-egress');
    expect(fix).not.toContain('{"group_id"');
    const { json } = await diagnose([...troubled, '--json']);
    expect(json).toMatchObject({
      proposed: [
        {
          tool: 'ec2_authorize_security_group_egress',
          command: expect.stringMatching(/^aws ec2 authorize-security-group-egress /),
          undo: { command: expect.stringMatching(/^aws ec2 revoke-security-group-egress /) },
        },
      ],
    });
  });

  it('says why there is no command where the file does not hold what the change is worked out against', async () => {
    const snapshot = demoSnapshot(NOW_MS);
    write('denied-change', {
      ...snapshot,
      denied: [...(snapshot.denied ?? []), 'ec2:DescribeNetworkInterfaces'],
    });
    const { stdout } = await diagnose([
      ...[
        '--snapshot',
        'denied-change.json',
        '--cluster',
        'production-cluster',
        '--service',
        'my-web-service',
      ],
    ]);
    expect(stdout).not.toContain('{"group_id"');
    if (stdout.includes('Fix to propose')) expect(stdout).toMatch(/aws ec2|could not be worked out here/);
  });

  it('says what could not be verified and which permission it takes', async () => {
    const denied = accountCases.find((one) => one.missing === 'ec2:DescribeSecurityGroups');
    write('denied', accountOf(denied ?? expect.fail('the case is there')));
    const { stdout } = await diagnose(['--snapshot', 'denied.json', '--cluster', 'prod', '--service', 'api']);
    expect(stdout).toMatch(/^UNKNOWN/);
    expect(stdout).toMatch(/Cannot verify .*\(needs ec2:DescribeSecurityGroups\)/);
  });

  it('shows hostile text as text', async () => {
    const snapshot = healthyAccount();
    Object.assign(theService(snapshot), { runningCount: 0 });
    snapshot.ecs.tasks = [];
    const [deployment] = theService(snapshot).deployments ?? [];
    Object.assign(deployment ?? {}, { runningCount: 0, rolloutState: 'FAILED' });
    theService(snapshot).serviceName = 'api';
    theService(snapshot).taskDefinition =
      'arn:aws:ecs:eu-central-1:210987654321:task-definition/\u001b[2Japi:7';
    write('hostile', snapshot);
    const { stdout } = await diagnose([
      '--snapshot',
      'hostile.json',
      '--cluster',
      'prod',
      '--service',
      'api',
    ]);
    expect(stdout).not.toContain('\u001b');
  });
});

describe('diagnose of a whole cluster', () => {
  it('tells the sick services in full and the healthy ones in one line', async () => {
    const { stdout, exit } = await diagnose(demo);
    expect(exit).toBe(0);
    expect(stdout.split('\n')[0]).toBe('production-cluster: 1 of 5 services need attention:');
    expect(stdout).toContain('PROVEN task-sg-egress-blocked');
    expect(stdout).toContain('Healthy: checkout, notifications, payments-api, search-indexer');
  });

  it('is one document with --json', async () => {
    const run = await diagnose([...demo, '--json']);
    const found = z
      .object({
        cluster: z.literal('production-cluster'),
        services: z.array(answer.omit({ evidence: true })),
        healthy: z.array(z.string()),
        failed: z.array(z.unknown()).length(0),
        stats,
        evidence,
      })
      .parse(run.json);
    expect(found.services.map((one) => one.service.name)).toEqual(['my-web-service']);
    expect(found.healthy).toHaveLength(4);
    expect(found.stats.awsCalls).toBe(Object.keys(found.evidence).length);
  });

  it('looks into no more services than it says, those that look ill first', async () => {
    const snapshot = healthyAccount();
    const template = structuredClone(theService(snapshot));
    snapshot.ecs.tasks = [];
    snapshot.ecs.services = Array.from({ length: 45 }, (_, index) => ({
      ...structuredClone(template),
      serviceName: `svc-${String(index).padStart(2, '0')}`,
      serviceArn: template.serviceArn.replace(/api$/, `svc-${String(index).padStart(2, '0')}`),
      runningCount: index === 44 ? 0 : 2,
    }));
    write('large', snapshot);
    const run = await diagnose(['--snapshot', 'large.json', '--cluster', 'prod', '--json']);
    expect(run.exit, run.stderr).toBe(0);
    const found = z
      .object({
        services: z.array(z.object({ service: z.object({ name: z.string() }) })),
        healthy: z.array(z.string()),
        notLookedAt: z.array(z.string()),
      })
      .parse(run.json);
    expect(found.services.map((one) => one.service.name)).toEqual(['svc-44']);
    expect(found.healthy).toHaveLength(39);
    expect(found.notLookedAt).toEqual(['svc-39', 'svc-40', 'svc-41', 'svc-42', 'svc-43']);
  });
});

describe('diagnose of a task', () => {
  const arn = () =>
    demoSnapshot(NOW_MS).ecs.tasks.find((task) => task.lastStatus === 'STOPPED')?.taskArn ?? '';

  it('takes an ARN alone', async () => {
    const run = await diagnose(['--snapshot', 'demo.json', '--task', arn(), '--json']);
    expect(answer.parse(run.json).service).toMatchObject({
      name: 'my-web-service',
      cluster: 'production-cluster',
    });
    expect(run.json).toMatchObject({ task: arn().split('/').at(-1) });
  });

  it('takes an id with its cluster and says whose task it is', async () => {
    const { stdout } = await diagnose([...demo, '--task', arn().split('/').at(-1) ?? '']);
    expect(stdout).toMatch(/^Task [0-9a-f]{32} belongs to my-web-service in production-cluster\./);
  });

  it('explains a task that no service started', async () => {
    const snapshot = healthyAccount();
    const [task] = addTasks(snapshot, { count: 1, ...exits(137, 'OutOfMemoryError: container killed') });
    Object.assign(task ?? {}, { group: 'family:api', startedBy: 'nightly' });
    write('by-hand', snapshot);
    const args = ['--snapshot', 'by-hand.json', '--task', task?.taskArn.split('/').at(-1) ?? ''];
    const run = await diagnose([...args, '--json']);
    expect(run.exit, run.stderr).toBe(0);
    expect(run.json).toMatchObject({
      service: null,
      findings: [{ class: 'oom-killed' }],
      taskState: { group: 'family:api', containers: [{ exitCode: 137 }] },
    });
    const { stdout } = await diagnose(args);
    expect(stdout).toContain('belongs to no service (group family:api) in prod.');
    expect(stdout).toMatch(/oom-killed/);
  });

  it('does not find one that is gone', async () => {
    const run = await diagnose([...demo, '--task', 'f'.repeat(32)]);
    expect(run).toMatchObject({ exit: 3, stderr: expect.stringContaining('There is no task') });
  });

  it('refuses one of another account before anything is read', async () => {
    const foreign = arn().replace('123456789012', '999999999999');
    expect(await diagnose(['--snapshot', 'demo.json', '--task', foreign])).toMatchObject({ exit: 2 });
  });
});

describe('diagnose of a host', () => {
  it('tells whether its agent is connected and names the nearest when there is none of that id', async () => {
    const snapshot = healthyAccount();
    onHosts(snapshot, [{ connected: false }, {}]);
    write('hosts', snapshot);
    const args = ['--snapshot', 'hosts.json', '--cluster', 'prod', '--container-instance'];
    const lost = await diagnose([...args, 'i-0aaaa1111bbbb2220', '--json']);
    expect(lost.json).toMatchObject({
      findings: [{ class: 'agent-disconnected' }],
      host: { status: 'ACTIVE' },
    });
    const fine = await diagnose([...args, 'i-0aaaa1111bbbb2221']);
    expect(fine.stdout).toMatch(/^HEALTHY .*i-0aaaa1111bbbb2221 is well/);
    const absent = await diagnose([...args, 'i-0aaaa1111bbbb2229']);
    expect(absent).toMatchObject({ exit: 3, stderr: expect.stringContaining('i-0aaaa1111bbbb2220') });
  });
});

describe('diagnose of a family', () => {
  it('finds its failing services and the tasks no service started', async () => {
    const snapshot = healthyAccount();
    const [task] = addTasks(snapshot, { count: 1, ...exits(137, 'OutOfMemoryError: container killed') });
    Object.assign(task ?? {}, { group: 'family:api', startedBy: 'nightly' });
    write('family', snapshot);
    const run = await diagnose(['--snapshot', 'family.json', '--family', 'api', '--json']);
    expect(run.exit, run.stderr).toBe(0);
    expect(run.json).toMatchObject({
      family: 'api',
      findings: [{ class: 'oom-killed' }],
      users: [
        { kind: 'standalone', failed: 1 },
        { kind: 'service', name: 'api', running: 2, failed: 0 },
      ],
    });
    expect(await diagnose(['--snapshot', 'family.json', '--family', 'apy'])).toMatchObject({
      exit: 3,
      stderr: expect.stringContaining('api'),
    });
  });
});

describe('what cannot be answered', () => {
  const exitOf = async (...args: string[]) => (await diagnose(args)).exit;

  it('ends with 3 for names that do not exist, and names the nearest', async () => {
    const service = await diagnose([...demo, '--service', 'my-web-servic']);
    expect(service).toMatchObject({ exit: 3, stdout: '', stderr: expect.stringContaining('my-web-service') });
    expect(await exitOf('--snapshot', 'demo.json', '--cluster', 'nope', '--service', 'x')).toBe(3);
    expect(await exitOf('--snapshot', 'demo.json', '--cluster', 'nope')).toBe(3);
  });

  it('ends with 2 for a wrong use', async () => {
    expect(await exitOf()).toBe(2);
    expect(await exitOf(...demo, '--service', 'a', '--task', 'b')).toBe(2);
    expect(await exitOf(...demo, '--service', 'no such; name')).toBe(2);
    expect(await exitOf(...demo, '--family', 'a', '--container-instance', 'i-0123456789abcdef0')).toBe(2);
    expect(await exitOf(...demo, '--container-instance', 'not a host')).toBe(2);
  });

  it.each([
    ['a missing file', 'absent.json', undefined, /There is no file absent\.json/],
    ['a folder', '.', undefined, /is a folder/],
    ['text that is not JSON', 'text.json', 'hello', /at \$: it is not JSON/],
    ['another format', 'other.json', '{"format":"x"}', /at \$\.format/],
    ['an empty file', 'empty.json', '', /not JSON/],
  ])('ends with 2 and one sentence for %s', async (_, file, text, expected) => {
    if (text !== undefined) writeFileSync(path.join(folder, file), text);
    const run = await diagnose(['--snapshot', file, '--cluster', 'c', '--service', 's']);
    expect(run.exit).toBe(2);
    expect(run.stderr).toMatch(expected);
    expect(run.stderr.split('\n')).toHaveLength(1);
  });

  it('ends with 5 and the permission when the service itself may not be described', async () => {
    const snapshot = healthyAccount();
    snapshot.denied = ['ecs:DescribeServices'];
    write('refused', snapshot);
    const run = await diagnose(['--snapshot', 'refused.json', '--cluster', 'prod', '--service', 'api']);
    expect(run).toMatchObject({ exit: 5, stderr: expect.stringContaining('ecs:DescribeServices') });
  });
});

describe('where requests go', () => {
  it('with a snapshot nowhere else, whatever the shell says', async () => {
    let asked = 0;
    const trap = http.createServer((_, response) => {
      asked += 1;
      response.end();
    });
    await new Promise<void>((resolve) => trap.listen(0, '127.0.0.1', resolve));
    // A server that listens on TCP has an AddressInfo.
    const { port } = trap.address() as AddressInfo;
    const env = {
      AWS_ENDPOINT_URL: `http://127.0.0.1:${port}`,
      AWS_ENDPOINT_URL_ECS: `http://127.0.0.1:${port}`,
      AWS_REGION: 'ap-south-1',
      AWS_PROFILE: 'does-not-exist',
    };
    const run = await diagnose([...troubled, '--json'], { env });
    trap.close();
    expect(run.exit).toBe(0);
    expect(asked).toBe(0);
  });

  it('with a snapshot there also when the shell asks for FIPS or dual-stack endpoints of AWS', async () => {
    const before = { ...process.env };
    Object.assign(process.env, { AWS_USE_FIPS_ENDPOINT: 'true', AWS_USE_DUALSTACK_ENDPOINT: 'true' });
    const run = await diagnose([...troubled, '--json']);
    process.env = before;
    expect(run.exit, run.stderr).toBe(0);
  });

  it('without one to the account of the shell, with its endpoint and region', async () => {
    const simulator = await startSimulator({ snapshot: demoSnapshot(Date.now()), static: true });
    const env = { AWS_ENDPOINT_URL: simulator.endpoint, AWS_REGION: 'us-east-1' };
    const before = { ...process.env };
    Object.assign(process.env, { AWS_ACCESS_KEY_ID: 'SIMULATED', AWS_SECRET_ACCESS_KEY: 'simulated' });
    try {
      const run = await diagnose(
        ['--cluster', 'production-cluster', '--service', 'my-web-service', '--json'],
        { env },
      );
      expect(run.exit, run.stderr).toBe(0);
      expect(answer.parse(run.json).findings[0]).toMatchObject({
        class: 'task-sg-egress-blocked',
        verdict: 'proven',
      });
      const reads = simulator.recorder.requests.map((one) => `${one.service}:${one.operation}`);
      const allowed = new Set<string>([...diagnoseService.actions, 'sts:GetCallerIdentity']);
      expect(reads.filter((action) => !allowed.has(action))).toEqual([]);
    } finally {
      process.env = before;
      await simulator.close();
    }
  });
});

/** The value a path such as `$.services[0].name` leads to. */
function valueAt(root: unknown, at: string): unknown {
  let value = root;
  for (const [, key, index] of at.matchAll(/\.([A-Za-z_]\w*)|\[(\d+)\]/g)) {
    if (typeof value !== 'object' || value === null) return undefined;
    value = (value as Record<string, unknown>)[key ?? index ?? ''];
  }
  return value;
}
