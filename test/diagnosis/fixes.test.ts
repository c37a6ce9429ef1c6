// Which change a finding proposes, and that the same evidence with the change in it no longer shows the cause.

import { describe, expect, it } from 'vitest';
import type { Snapshot } from '../../src/contract/snapshot.ts';
import { type DiagnoseServiceOutput, diagnoseService } from '../../tools/diagnose/diagnose-service.ts';
import {
  addTasks,
  allFail,
  exits,
  failStart,
  healthyAccount,
  ids,
  NOW_MS,
  rollOut,
  theDefinition,
  theGroup,
  theService,
} from '../support/account-builder.ts';
import { simulatedAws } from '../support/simulated-aws.ts';
import { balanced } from './support/balanced-account.ts';

async function look(change: (s: Snapshot) => void): Promise<DiagnoseServiceOutput['findings']> {
  const snapshot = healthyAccount();
  change(snapshot);
  const aws = await simulatedAws(snapshot);
  try {
    const context = { nowMs: NOW_MS, stage: () => {}, wait: async () => {} };
    const input = { cluster: 'prod', service: 'api' };
    return diagnoseService.output.parse(await diagnoseService.run(input, aws, context)).findings;
  } finally {
    await aws.close();
  }
}

const databaseTimeout = ['starting', `Error: connect ETIMEDOUT ${ids.databaseAddress}:5432`];
const heals = { cluster: 'prod', service: 'api' };
const secretTimeout =
  'ResourceInitializationError: unable to pull secrets or registry auth: execution resource retrieval failed: unable to retrieve secret from asm: service call has been retried 1 time(s): failed to fetch secret arn:aws:secretsmanager:eu-central-1:210987654321:secret:api-db-Ab12Cd from secrets manager: RequestCanceled: request context canceled caused by: context deadline exceeded. Please check your task network configuration.';
const logsMissing =
  'ResourceInitializationError: failed to validate logger args: create stream has been retried 1 times: failed to create Cloudwatch log stream: ResourceNotFoundException: The specified log group does not exist. : exit status 1';

const deny = (s: Snapshot, entry: object) =>
  s.ec2.NetworkAcls[0]?.Entries?.unshift({
    Egress: false,
    RuleNumber: 50,
    RuleAction: 'deny',
    Protocol: '6',
    PortRange: { From: 1_024, To: 65_535 },
    CidrBlock: '10.1.20.0/24',
    ...entry,
  });

describe('a network ACL', () => {
  it('that drops replies gets one narrow entry before the one that denies', async () => {
    const [finding] = await look((s) => {
      deny(s, {});
      allFail(s, { ...exits(1), log: databaseTimeout });
    });
    expect(finding?.class).toBe('nacl-blocked');
    const [fix] = finding?.fixes ?? [];
    expect(fix).toMatchObject({
      tool: 'ec2_create_network_acl_entry',
      input: {
        network_acl_id: ids.acl,
        direction: 'ingress',
        from_port: 32_768,
        to_port: 60_999,
        cidr: `${ids.databaseAddress}/32`,
        heals,
      },
      counterfactual: { flips: true },
    });
    expect(fix?.input.rule_number).toBeLessThan(50);
    expect(fix?.counterfactual?.alsoOpens.join(' ')).toContain('3 subnets');
  });

  it('with no number left before the one that denies gets none', async () => {
    const [finding] = await look((s) => {
      deny(s, { RuleNumber: 1 });
      allFail(s, { ...exits(1), log: databaseTimeout });
    });
    expect(finding).toMatchObject({ class: 'nacl-blocked', fixes: [] });
  });
});

describe('names that do not resolve', () => {
  const unresolved = (s: Snapshot) =>
    void allFail(s, { ...exits(1), log: ['Error: getaddrinfo ENOTFOUND orders.internal'] });

  it('get DNS support turned on where it is off', async () => {
    const [finding] = await look((s) => {
      s.ec2.VpcAttributes[ids.vpc] = { enableDnsSupport: false, enableDnsHostnames: true };
      unresolved(s);
    });
    expect(finding?.class).toBe('vpc-dns-misconfig');
    expect(finding?.fixes[0]).toMatchObject({
      tool: 'ec2_modify_vpc_attribute',
      input: { vpc_id: ids.vpc, attribute: 'enable_dns_support', value: true },
      counterfactual: { flips: true },
    });
  });

  it('get it as a first step, without a verdict, where host names are off too', async () => {
    const [finding] = await look((s) => {
      s.ec2.VpcAttributes[ids.vpc] = { enableDnsSupport: false, enableDnsHostnames: false };
      unresolved(s);
    });
    expect(finding?.fixes).toHaveLength(1);
    expect(finding?.fixes[0]?.why).toContain('second step');
    expect(finding?.fixes[0]?.counterfactual).toBeUndefined();
  });

  it('are no reason to change a VPC whose DNS is on', async () => {
    const findings = await look((s) => {
      s.ec2.VpcAttributes[ids.vpc] = { enableDnsSupport: true, enableDnsHostnames: true };
      unresolved(s);
    });
    expect(JSON.stringify(findings)).not.toContain('ec2_modify_vpc_attribute');
  });
});

describe('a public subnet without public addresses', () => {
  const toInternetGateway = (s: Snapshot) => {
    for (const table of s.ec2.RouteTables)
      table.Routes = [
        ...(table.Routes ?? []).filter((one) => one.GatewayId === 'local'),
        { DestinationCidrBlock: '0.0.0.0/0', GatewayId: ids.igw, State: 'active' },
      ];
    allFail(s, failStart(secretTimeout));
  };

  it('gets them for tasks on Fargate, and says who may come in', async () => {
    const [finding] = await look(toInternetGateway);
    expect(finding?.class).toBe('public-subnet-no-public-ip');
    expect(finding?.fixes[0]).toMatchObject({
      tool: 'ecs_update_service',
      input: { ...heals, assign_public_ip: true },
      counterfactual: { flips: true },
    });
    expect(finding?.fixes[0]?.counterfactual?.alsoOpens[0]).toContain('public addresses');
  });

  it('has no such fix when something else is closed as well', async () => {
    const findings = await look((s) => {
      toInternetGateway(s);
      theGroup(s, ids.groups.app).IpPermissionsEgress = [];
    });
    const fixes = findings.flatMap((one) => one.fixes.map(({ tool }) => tool));
    expect(fixes).not.toContain('ec2_modify_vpc_attribute');
  });
});

describe('a subnet that lives from endpoints', () => {
  const GROUP = 'sg-0dddd4444eeee5555';
  const isolated = (s: Snapshot, admits: boolean) => {
    for (const table of s.ec2.RouteTables)
      table.Routes = (table.Routes ?? []).filter((one) => one.GatewayId === 'local');
    s.ec2.VpcAttributes[ids.vpc] = { enableDnsSupport: true, enableDnsHostnames: true };
    s.ec2.SecurityGroups.push({
      GroupId: GROUP,
      GroupName: 'endpoints',
      VpcId: ids.vpc,
      IpPermissions: admits
        ? [{ IpProtocol: 'tcp', FromPort: 443, ToPort: 443, IpRanges: [{ CidrIp: '10.1.0.0/16' }] }]
        : [],
    });
    s.ec2.VpcEndpoints.push({
      VpcEndpointId: 'vpce-0aaaa1111bbbb2222',
      VpcEndpointType: 'Interface',
      VpcId: ids.vpc,
      ServiceName: 'com.amazonaws.eu-central-1.logs',
      PrivateDnsEnabled: true,
      SubnetIds: [ids.subnets.a, ids.subnets.b],
      Groups: [{ GroupId: GROUP, GroupName: 'endpoints' }],
    });
    allFail(s, failStart(secretTimeout));
  };

  it('gets the one that is missing, behind the group the others have', async () => {
    const [finding] = await look((s) => isolated(s, true));
    expect(finding?.class).toBe('missing-vpc-endpoint');
    expect(finding?.fixes[0]).toMatchObject({
      tool: 'ec2_create_vpc_endpoint',
      input: {
        vpc_id: ids.vpc,
        service: 'secretsmanager',
        type: 'Interface',
        security_group_ids: [GROUP],
      },
      counterfactual: { flips: true },
    });
    expect(finding?.fixes[0]?.input.subnet_ids).toEqual([ids.subnets.a, ids.subnets.b]);
  });

  it('is not offered one behind a group that would not let the tasks in', async () => {
    const [finding] = await look((s) => isolated(s, false));
    expect(finding?.class).toBe('missing-vpc-endpoint');
    expect(finding?.fixes.map(({ tool }) => tool)).not.toContain('ec2_create_vpc_endpoint');
  });
});

describe('a log group that is missing', () => {
  const missing = (s: Snapshot) => {
    s.logs.logGroups = [];
    allFail(s, failStart(logsMissing));
  };

  it('is created', async () => {
    const [finding] = await look(missing);
    expect(finding?.class).toBe('log-group-missing');
    expect(finding?.fixes).toMatchObject([
      {
        tool: 'logs_create_log_group',
        input: { log_group: '/ecs/api', heals },
        counterfactual: { flips: true },
      },
    ]);
  });

  it('is not created when the driver looks for it in another region', async () => {
    const [finding] = await look((s) => {
      missing(s);
      const options = theDefinition(s).containerDefinitions?.[0]?.logConfiguration?.options;
      if (options !== undefined) options['awslogs-region'] = 'us-east-1';
    });
    expect(finding?.fixes ?? []).toEqual([]);
  });
});

describe('bounds that leave a deployment no step', () => {
  it('are widened by one task, before more tasks are proposed', async () => {
    const [finding] = await look((s) => {
      rollOut(s);
      theService(s).deploymentConfiguration = { minimumHealthyPercent: 100, maximumPercent: 100 };
      Object.assign(theService(s).deployments?.[0] ?? {}, { createdAt: '2026-03-02T07:00:00Z' });
    });
    expect(finding?.class).toBe('deployment-settings');
    expect(finding?.fixes[0]).toMatchObject({
      tool: 'ecs_update_service',
      input: { ...heals, maximum_percent: 150 },
      counterfactual: { flips: true },
    });
  });
});

describe('a load balancer that asks the wrong thing', () => {
  const answered = (code: number) => ({
    State: 'unhealthy',
    Reason: 'Target.ResponseCodeMismatch',
    Description: `Health checks failed with these codes: [${code}]`,
  });
  const sick = (s: Snapshot, code: number, log: readonly string[]) => {
    balanced(s, answered(code));
    const health = s.elbv2.TargetHealth;
    const stoppedReason = 'Task failed ELB health checks in (target-group api)';
    allFail(s, { stop: { stopCode: 'ServiceSchedulerInitiated', stoppedReason }, log });
    // Its replacement is a target that is as sick.
    addTasks(s, { count: 1 });
    s.elbv2.TargetHealth = health;
  };

  it('asks the path that the tasks answer well', async () => {
    const [finding] = await look((s) =>
      sick(s, 404, ['"GET /healthz HTTP/1.1" 200 2', '"GET /health HTTP/1.1" 404 0']),
    );
    expect(finding?.class).toBe('lb-healthcheck-misconfig');
    expect(finding?.fixes[0]).toMatchObject({
      tool: 'elbv2_modify_target_group',
      input: { path: '/healthz', heals },
      counterfactual: { flips: true },
    });
  });

  it('gets no path that the tasks answer with an error, and none that nobody asked', async () => {
    const [erring] = await look((s) => sick(s, 404, ['"GET /healthz HTTP/1.1" 503 2']));
    expect(erring).toMatchObject({ class: 'lb-healthcheck-misconfig', fixes: [] });
    const [silent] = await look((s) => sick(s, 404, ['started']));
    expect(silent).toMatchObject({ class: 'lb-healthcheck-misconfig', fixes: [] });
  });

  it('takes a redirect as an answer', async () => {
    const [finding] = await look((s) => sick(s, 301, ['started']));
    expect(finding?.fixes[0]).toMatchObject({
      tool: 'elbv2_modify_target_group',
      input: { codes: '200,301' },
      counterfactual: { flips: true },
    });
  });
});

describe('a container killed for memory', () => {
  const killed = (s: Snapshot) =>
    void allFail(s, exits(137, 'OutOfMemoryError: Container killed due to memory usage'));

  it('gets a revision with twice as much, which carries no verdict and names the second step', async () => {
    const [finding] = await look(killed);
    const fix = finding?.fixes.find(({ tool }) => tool === 'ecs_register_task_definition');
    expect(fix?.input).toEqual({ task_definition: 'api:7', memory: 1_024 });
    expect(fix?.counterfactual).toBeUndefined();
    expect(fix?.why).toContain('ecs_update_service');
  });

  it('gets the next size that Fargate has when its own limit is what is met', async () => {
    const [finding] = await look((s) => {
      Object.assign(theDefinition(s), { cpu: '256', memory: '2048', requiresCompatibilities: ['FARGATE'] });
      Object.assign(theDefinition(s).containerDefinitions?.[0] ?? {}, { memory: 2_000 });
      killed(s);
    });
    const fix = finding?.fixes.find(({ tool }) => tool === 'ecs_register_task_definition');
    expect(fix?.input).toEqual({
      task_definition: 'api:7',
      cpu: 512,
      memory: 4_096,
      container: 'app',
      container_memory: 4_000,
    });
  });
});
