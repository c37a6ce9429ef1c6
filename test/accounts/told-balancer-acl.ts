// Network ACLs between a load balancer and its tasks, whose security groups are open to each other.

import { type World, zones } from './base.ts';
import { subnetId, theNetwork } from './base-network.ts';
import { changed, type ToldCase } from './case.ts';
import { checksFail, ready, timedOut } from './health.ts';

const at = {
  region: 'eu-west-1',
  account: '515120203131',
  cluster: 'yard',
  service: 'crane',
  net: 117,
} as const;

type Entry = NonNullable<World['snapshot']['ec2']['NetworkAcls'][number]['Entries']>[number];
type Tier = 'public' | 'private';

/** One more entry, before the one that lets all pass, for the subnets of one tier. */
function denies(w: World, tier: Tier, entry: Pick<Entry, 'Egress' | 'PortRange' | 'CidrBlock'>): void {
  const ids = zones.map((zone) => subnetId(w, tier, zone));
  const main = theNetwork(w).acl();
  main.Associations = (main.Associations ?? []).filter((one) => !ids.includes(one.SubnetId ?? ''));
  const NetworkAclId = w.id('acl', tier);
  w.snapshot.ec2.NetworkAcls.push({
    NetworkAclId,
    VpcId: w.id('vpc', 'main'),
    IsDefault: false,
    Associations: ids.map((SubnetId) => ({
      NetworkAclId,
      SubnetId,
      NetworkAclAssociationId: w.id('aclassoc', `edge ${SubnetId}`),
    })),
    Entries: [{ ...entry, RuleNumber: 40, RuleAction: 'deny', Protocol: '6' }, ...(main.Entries ?? [])],
  });
}

const hangs = (w: World) => checksFail(w, timedOut, { lived: 95, log: ready(w) });
const block = `10.${at.net}.0.0/16`;
const replies = { From: 32_768, To: 65_535 };
const fix = 'ec2_create_network_acl_entry';

export const toldBalancerAcl: readonly ToldCase[] = [
  {
    name: 'an ACL of the tasks that keeps the load balancer out',
    class: 'nacl-blocked',
    verdicts: ['proven'],
    says: (w) => [w.id('acl', 'private'), 'Rule 40 denies inbound tcp/'],
    fix,
    account: () =>
      changed(at, [
        (w) =>
          denies(w, 'private', {
            Egress: false,
            CidrBlock: block,
            PortRange: { From: w.place.port, To: w.place.port },
          }),
        hangs,
      ]),
  },
  {
    name: 'an ACL of the tasks that drops their answers to the load balancer',
    class: 'nacl-blocked',
    verdicts: ['proven'],
    says: (w) => [w.id('acl', 'private'), 'Replies: Rule 40 denies outbound tcp/'],
    fix,
    account: () =>
      changed(at, [
        (w) => denies(w, 'private', { Egress: true, CidrBlock: block, PortRange: replies }),
        hangs,
      ]),
  },
  {
    name: 'an ACL of the load balancer that drops the answers of the tasks',
    class: 'nacl-blocked',
    verdicts: ['proven'],
    says: (w) => [w.id('acl', 'public'), 'Replies: Rule 40 denies inbound tcp/'],
    fix,
    account: () =>
      changed(at, [
        (w) => denies(w, 'public', { Egress: false, CidrBlock: block, PortRange: replies }),
        hangs,
      ]),
  },
  {
    name: 'an ACL of the tasks that denies another port, and checks that time out',
    class: 'unknown',
    verdicts: ['unknown'],
    neverClass: ['nacl-blocked'],
    account: () =>
      changed(at, [
        (w) =>
          denies(w, 'private', { Egress: false, CidrBlock: block, PortRange: { From: 9_999, To: 9_999 } }),
        hangs,
      ]),
  },
];
