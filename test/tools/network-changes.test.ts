// Changes of network ACLs, of the DNS of a VPC and new endpoints: what is proposed, what is refused, and that the undo restores.

import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { groups, subnets, VPC } from '../../src/simulator/demo/names.ts';
import { ec2CreateNetworkAclEntry as allow } from '../../tools/ec2/create-network-acl-entry.ts';
import { ec2CreateVpcEndpoint as endpoint } from '../../tools/ec2/create-vpc-endpoint.ts';
import { ec2DeleteNetworkAclEntry as remove } from '../../tools/ec2/delete-network-acl-entry.ts';
import { ec2ModifyVpcAttribute as attribute } from '../../tools/ec2/modify-vpc-attribute.ts';
import { NOW_MS, type SimulatedAws, simulatedAws } from '../support/simulated-aws.ts';
import { applied, undone } from './apply-change.ts';
import { CLUSTER, SERVICE } from './demo-inputs.ts';
import { runPrepare } from './run-tool.ts';

let aws: SimulatedAws;
beforeEach(async () => {
  aws = await simulatedAws();
});
afterEach(() => aws.close());

const ACL = 'acl-0d5e7b3c91f8a2640';
const acl = () => aws.simulator.state.ec2.NetworkAcls.find(({ NetworkAclId }) => NetworkAclId === ACL);
const heals = { cluster: CLUSTER, service: SERVICE };
const entry = {
  network_acl_id: ACL,
  direction: 'egress',
  protocol: 'tcp',
  from_port: 5432,
  to_port: 5432,
  cidr: '10.0.20.0/24',
  heals,
};
const deny = (RuleNumber: number, more: object = {}) =>
  acl()?.Entries?.push({
    Egress: true,
    RuleNumber,
    RuleAction: 'deny',
    Protocol: '6',
    PortRange: { From: 5432, To: 5432 },
    CidrBlock: '10.0.0.0/16',
    ...more,
  });

describe('an entry of a network ACL', () => {
  test('stands before the one that denies, and its undo deletes exactly it', async () => {
    deny(50);
    const change = await runPrepare(allow, entry, aws);
    const number = Number(Reflect.get(change.call.input, 'RuleNumber'));
    expect(number).toBeLessThan(50);
    expect(change.call).toEqual({
      action: 'ec2:CreateNetworkAclEntry',
      input: {
        NetworkAclId: ACL,
        RuleNumber: number,
        Egress: true,
        RuleAction: 'allow',
        Protocol: '6',
        CidrBlock: '10.0.20.0/24',
        PortRange: { From: 5432, To: 5432 },
      },
    });
    expect(change.title).toBe(`Let tcp/5432 out of the subnets of ${ACL} to 10.0.20.0/24`);
    expect(change.diff.rows.map(({ sign, cells }) => `${sign}${cells[0]}`)).toEqual([
      `+${number}`,
      ' 50',
      ' 100',
      ' *',
    ]);
    expect(change.blastRadius.summary).toContain('6 subnets');
    expect(change.success).toMatchObject({ kind: 'service-steady', service: SERVICE });
    const before = structuredClone(acl()?.Entries);
    await applied(aws, change);
    expect(acl()?.Entries).toHaveLength((before?.length ?? 0) + 1);
    await undone(aws, change);
    expect(acl()?.Entries).toEqual(before);
  });

  test('that would decide nothing new is not needed', async () => {
    await expect(runPrepare(allow, entry, aws)).rejects.toMatchObject({ code: 'change-unneeded' });
  });

  test('is refused behind one that denies, with a number that is taken, and where no number is left', async () => {
    deny(50);
    const behind = runPrepare(allow, { ...entry, rule_number: 60 }, aws);
    await expect(behind).rejects.toThrow('would take no effect');
    await expect(runPrepare(allow, { ...entry, rule_number: 100 }, aws)).rejects.toThrow('entry 100 already');
    deny(1);
    await expect(runPrepare(allow, entry, aws)).rejects.toThrow('no free number');
  });

  test('changes the observed state, so that an approval for the state before is stale', async () => {
    deny(50);
    const context = { nowMs: NOW_MS, stage: () => {}, wait: async () => {} };
    const input = allow.input.parse(entry);
    const before = JSON.stringify(await allow.observe(input, aws, context));
    expect(JSON.stringify(await allow.observe(input, aws, context))).toBe(before);
    deny(40);
    expect(JSON.stringify(await allow.observe(input, aws, context))).not.toBe(before);
  });

  test('of an ACL that does not exist is named', async () => {
    const unknown = { ...entry, network_acl_id: 'acl-0aaaaaaaaaaaaaaaa' };
    await expect(runPrepare(allow, unknown, aws)).rejects.toMatchObject({ code: 'resource-unknown' });
  });

  test('that goes is made again by the undo, as it was', async () => {
    deny(50, { Protocol: '17' });
    const before = structuredClone(acl()?.Entries);
    const change = await runPrepare(
      remove,
      { network_acl_id: ACL, direction: 'egress', rule_number: 50 },
      aws,
    );
    await applied(aws, change);
    expect(acl()?.Entries).toHaveLength((before?.length ?? 0) - 1);
    expect(change.opens[0]).toContain('udp/5432 passes');
    await undone(aws, change);
    expect(acl()?.Entries).toEqual(before);
    const gone = { network_acl_id: ACL, direction: 'ingress', rule_number: 50 };
    await expect(runPrepare(remove, gone, aws)).rejects.toMatchObject({ code: 'change-unneeded' });
  });
});

describe('the DNS of a VPC', () => {
  const attributes = () => aws.simulator.state.ec2.VpcAttributes[VPC];
  const set = (name: string, value: boolean) =>
    runPrepare(attribute, { vpc_id: VPC, attribute: name, value, heals }, aws);

  test('is turned on and off again, one attribute a request', async () => {
    Object.assign(attributes() ?? {}, { enableDnsSupport: false });
    const change = await set('enable_dns_support', true);
    expect(change.call).toEqual({
      action: 'ec2:ModifyVpcAttribute',
      input: { VpcId: VPC, EnableDnsSupport: { Value: true } },
    });
    await applied(aws, change);
    expect(attributes()?.enableDnsSupport).toBe(true);
    await undone(aws, change);
    expect(attributes()?.enableDnsSupport).toBe(false);
  });

  test('that is as wanted is not needed; host names without support are refused', async () => {
    await expect(set('enable_dns_support', true)).rejects.toMatchObject({ code: 'change-unneeded' });
    Object.assign(attributes() ?? {}, { enableDnsSupport: false, enableDnsHostnames: false });
    await expect(set('enable_dns_hostnames', true)).rejects.toMatchObject({ code: 'change-unsafe' });
  });

  test('warns when names stop to resolve', async () => {
    expect((await set('enable_dns_support', false)).warnings.join()).toContain('every host');
  });
});

describe('a VPC endpoint', () => {
  const wanted = {
    vpc_id: VPC,
    service: 'secretsmanager',
    type: 'Interface',
    subnet_ids: [...subnets.private],
    security_group_ids: [groups.worker],
  };
  const endpoints = () => aws.simulator.state.ec2.VpcEndpoints;

  test('is made once for one client token, and says that it changes names for the whole VPC', async () => {
    const change = await runPrepare(endpoint, wanted, aws);
    expect(change.idempotency).toBe('token');
    expect(change.call.input).toMatchObject({
      ServiceName: 'com.amazonaws.us-east-1.secretsmanager',
      PrivateDnsEnabled: true,
      ClientToken: expect.stringMatching(/^[0-9a-f]{32}$/),
    });
    expect(change.inverse).toHaveProperty('none');
    expect(change.warnings.join(' ')).toContain('do not let in lose the service');
    const count = endpoints().length;
    await applied(aws, change);
    await applied(aws, change);
    expect(endpoints()).toHaveLength(count + 1);
    await expect(runPrepare(endpoint, wanted, aws)).rejects.toMatchObject({ code: 'change-unneeded' });
  });

  test('needs a VPC that can give it the name of the service', async () => {
    aws.simulator.state.ec2.VpcAttributes[VPC] = { enableDnsSupport: true, enableDnsHostnames: false };
    await expect(runPrepare(endpoint, wanted, aws)).rejects.toMatchObject({ code: 'change-unsafe' });
  });

  test('as a gateway is not made twice', async () => {
    const gateway = { vpc_id: VPC, service: 's3', type: 'Gateway' };
    const table = (id: string) => runPrepare(endpoint, { ...gateway, route_table_ids: [id] }, aws);
    await expect(table('rtb-0c3e8d17f6a2b9054')).rejects.toMatchObject({ code: 'change-unneeded' });
    await expect(table('rtb-05f2b8e6d93a1c740')).rejects.toMatchObject({ code: 'change-unsafe' });
    endpoints().length = 0;
    const change = await table('rtb-05f2b8e6d93a1c740');
    await applied(aws, change);
    const routes = aws.simulator.state.ec2.RouteTables.find(
      ({ RouteTableId }) => RouteTableId === 'rtb-05f2b8e6d93a1c740',
    )?.Routes;
    expect(routes?.at(-1)).toMatchObject({ GatewayId: endpoints()[0]?.VpcEndpointId, State: 'active' });
  });

  test.each([
    { ...wanted, type: 'Gateway' },
    { ...wanted, security_group_ids: undefined },
    { ...wanted, subnet_ids: undefined },
    { vpc_id: VPC, service: 's3', type: 'Gateway' },
  ])('that mixes the two kinds is refused as input: %j', (input) => {
    expect(endpoint.input.safeParse(input).success).toBe(false);
  });
});

test('what was changed is in the history of the account', async () => {
  deny(50);
  await applied(aws, await runPrepare(allow, entry, aws));
  const names = aws.simulator.state.cloudtrail.events.map(({ EventName }) => EventName);
  expect(names).toContain('CreateNetworkAclEntry');
});
