// A start that got no answer, in a VPC where no name resolves: silence has many causes, and this one is proven only when it is alone.

import { describe, expect, it } from 'vitest';
import type { Snapshot } from '../../src/contract/snapshot.ts';
import { allFail, failStart, ids, theGroup } from '../support/account-builder.ts';
import { look } from './support/look.ts';

const SILENCE =
  'Fetching secret data from AWS Secrets Manager in region eu-central-1: failed to fetch secret arn:aws:secretsmanager:eu-central-1:210987654321:secret:api/database-AbCdEf from secrets manager: RequestCanceled: request context canceled caused by: context deadline exceeded';

function silentStart(s: Snapshot, how: { support: boolean; reason?: string }): void {
  s.ec2.VpcAttributes[ids.vpc] = { enableDnsSupport: how.support, enableDnsHostnames: true };
  allFail(s, failStart(how.reason ?? SILENCE));
  natSubnetSeen(s);
}

/** The subnet of the NAT gateway, with its way out, so that the whole path is seen. */
function natSubnetSeen(s: Snapshot): void {
  const SubnetId = 'subnet-0bbbb0000bbbb0000';
  s.ec2.Subnets.push({
    SubnetId,
    VpcId: ids.vpc,
    CidrBlock: '10.1.0.0/24',
    AvailabilityZone: 'eu-central-1a',
  });
  s.ec2.RouteTables.push({
    RouteTableId: 'rtb-0bbbb0000bbbb0000',
    VpcId: ids.vpc,
    Associations: [{ SubnetId, RouteTableId: 'rtb-0bbbb0000bbbb0000', Main: false }],
    Routes: [
      { DestinationCidrBlock: '10.1.0.0/16', GatewayId: 'local', State: 'active' },
      { DestinationCidrBlock: '0.0.0.0/0', GatewayId: ids.igw, State: 'active' },
    ],
  });
  s.ec2.NetworkAcls[0]?.Associations?.push({ SubnetId, NetworkAclId: ids.acl });
}

const verdictOf = async (change: (s: Snapshot) => void) =>
  (await look(change)).findings.find((one) => one.class === 'vpc-dns-misconfig')?.verdict;

describe('a start without an answer', () => {
  it('is explained by name resolution that is off in the VPC', async () => {
    const [finding] = (await look((s) => silentStart(s, { support: false }))).findings;
    expect(finding).toMatchObject({ class: 'vpc-dns-misconfig', verdict: 'proven' });
    expect(finding?.fixes[0]).toMatchObject({
      tool: 'ec2_modify_vpc_attribute',
      counterfactual: { flips: true },
    });
  });

  it('is only likely explained by it when a gate could not be seen', async () => {
    const unseen = (s: Snapshot) => {
      silentStart(s, { support: false });
      s.ec2.RouteTables.pop();
    };
    expect(await verdictOf(unseen)).toBe('likely');
  });

  it('is not when names resolve', async () => {
    expect(await verdictOf((s) => silentStart(s, { support: true }))).toBeUndefined();
  });

  it('is not surely explained by it when another gate is shut as well', async () => {
    const both = (s: Snapshot) => {
      silentStart(s, { support: false });
      theGroup(s, ids.groups.app).IpPermissionsEgress = [];
    };
    expect(await verdictOf(both)).not.toBe('proven');
  });

  it('is not when its text names the address that was dialled', async () => {
    const reason = `${SILENCE}: dial tcp 10.1.10.77:443: i/o timeout`;
    expect(await verdictOf((s) => silentStart(s, { support: false, reason }))).not.toBe('proven');
  });
});
