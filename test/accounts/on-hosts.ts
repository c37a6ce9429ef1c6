// Network causes below tasks on EC2: what the agent and docker of a host ask for leaves by the host's own interface, in whatever mode its
// tasks are, and the groups and subnets of the tasks play no part in it.

import { type World, zones } from './base.ts';
import { subnetId, tcpFrom, tcpTo, theNetwork } from './base-network.ts';
import { cause } from './case.ts';
import {
  clumsyPeople,
  deadRouteElsewhere,
  everydayStops,
  oddSettings,
  oldOutOfMemory,
  scaryLines,
  storefrontWithoutImage,
  workerOutOfMemory,
} from './decoys.ts';
import { addInterfaceEndpoint, isolate } from './endpoints.ts';
import {
  hostsIn,
  layersTimeOut,
  logDriverTimesOut,
  pullTimesOut,
  registryUnresolved,
  secretTimesOut,
  tasksLetOutTheDatabaseOnly,
  withoutBalancer,
} from './host-places.ts';
import { breakerTripped } from './incident.ts';

const kind = 'on hosts';

/** The NAT gateways are gone, with the routes to them. */
function withoutNat(w: World): void {
  w.snapshot.ec2.NatGateways = [];
  for (const zone of zones) {
    const table = theNetwork(w).table(`private-${zone}`);
    table.Routes = (table.Routes ?? []).filter((route) => route.NatGatewayId === undefined);
  }
}

/** A network ACL of its own for the subnets of one tier, in place of the one for all. */
function ownAcl(
  w: World,
  tier: 'private' | 'data',
  denied: { egress: boolean; from: number; to: number },
): void {
  const main = theNetwork(w).acl();
  const ids = zones.map((zone) => subnetId(w, tier, zone));
  main.Associations = (main.Associations ?? []).filter((one) => !ids.includes(one.SubnetId ?? ''));
  const NetworkAclId = w.id('acl', tier);
  const all = { Protocol: '-1', CidrBlock: '0.0.0.0/0', RuleNumber: 100, RuleAction: 'allow' } as const;
  w.snapshot.ec2.NetworkAcls.push({
    NetworkAclId,
    VpcId: w.id('vpc', 'main'),
    IsDefault: false,
    Associations: ids.map((SubnetId) => ({
      NetworkAclId,
      SubnetId,
      NetworkAclAssociationId: w.id('aclassoc', `own ${SubnetId}`),
    })),
    Entries: [
      { ...all, Egress: true },
      { ...all, Egress: false },
      {
        Egress: denied.egress,
        RuleNumber: 50,
        RuleAction: 'deny',
        Protocol: '6',
        CidrBlock: '0.0.0.0/0',
        PortRange: { From: denied.from, To: denied.to },
      },
    ],
  });
}

export const onHosts = [
  cause('no-egress-route', {
    kind,
    denied: ['ec2:DescribeRouteTables'],
    at: {
      region: 'eu-west-1',
      account: '318400117301',
      cluster: 'fleet',
      service: 'tracker',
      net: 121,
      launch: 'EC2',
    },
    ill: (w) => {
      withoutBalancer(w);
      withoutNat(w);
      pullTimesOut(w);
    },
    decoysAt: {
      region: 'us-east-2',
      account: '640881295302',
      cluster: 'depot',
      service: 'labels',
      net: 122,
      launch: 'EC2',
      mode: 'awsvpc',
    },
    again: (w) => {
      // The tasks have a way out; the hosts were put where there is none.
      hostsIn(w, 'data');
      secretTimesOut(w);
    },
    decoys: [workerOutOfMemory, oldOutOfMemory, scaryLines, oddSettings],
  }),
  cause('public-subnet-no-public-ip', {
    kind,
    denied: ['ec2:DescribeInstances'],
    at: {
      region: 'us-west-2',
      account: '771530042303',
      cluster: 'garage',
      service: 'meter',
      net: 123,
      launch: 'EC2',
      mode: 'host',
    },
    ill: (w) => {
      hostsIn(w, 'public');
      pullTimesOut(w);
    },
    decoysAt: {
      region: 'ap-southeast-2',
      account: '509912837304',
      cluster: 'yard',
      service: 'booking',
      net: 124,
      launch: 'EC2',
      mode: 'awsvpc',
    },
    again: (w) => {
      hostsIn(w, 'public');
      secretTimesOut(w);
      breakerTripped(w);
    },
    decoys: [workerOutOfMemory, deadRouteElsewhere, clumsyPeople, oddSettings],
  }),
  cause('task-sg-egress-blocked', {
    kind,
    denied: ['ec2:DescribeSecurityGroups'],
    at: {
      region: 'us-east-1',
      account: '925601774305',
      cluster: 'mint',
      service: 'ledger-api',
      net: 125,
      launch: 'EC2',
      mode: 'awsvpc',
    },
    ill: (w) => {
      theNetwork(w).group('hosts').IpPermissionsEgress = [];
      secretTimesOut(w);
    },
    decoysAt: {
      region: 'eu-north-1',
      account: '203377519306',
      cluster: 'stall',
      service: 'prices',
      net: 126,
      launch: 'EC2',
    },
    again: (w) => {
      theNetwork(w).group('hosts').IpPermissionsEgress = [
        tcpTo(80, '0.0.0.0/0'),
        tcpTo(443, '10.200.0.0/16'),
        tcpTo(5432, '10.126.0.0/16'),
      ];
      pullTimesOut(w);
      breakerTripped(w);
    },
    decoys: [storefrontWithoutImage, deadRouteElsewhere, everydayStops, scaryLines],
  }),
  cause('nacl-blocked', {
    kind,
    denied: ['ec2:DescribeNetworkAcls'],
    at: {
      region: 'ca-central-1',
      account: '447290018307',
      cluster: 'press',
      service: 'printer',
      net: 127,
      launch: 'EC2',
    },
    ill: (w) => {
      withoutBalancer(w);
      ownAcl(w, 'private', { egress: false, from: 32_768, to: 65_535 });
      pullTimesOut(w);
    },
    decoysAt: {
      region: 'sa-east-1',
      account: '118275530308',
      cluster: 'feira',
      service: 'estoque',
      net: 128,
      launch: 'EC2',
      mode: 'awsvpc',
    },
    again: (w) => {
      // Hosts in the data subnets have the route that the tasks have, and an ACL that the tasks do not have.
      hostsIn(w, 'data');
      theNetwork(w)
        .table('data')
        .Routes?.push({
          DestinationCidrBlock: '0.0.0.0/0',
          NatGatewayId: w.id('nat', 'a'),
          State: 'active',
          Origin: 'CreateRoute',
        });
      ownAcl(w, 'data', { egress: true, from: 443, to: 443 });
      secretTimesOut(w);
    },
    decoys: [workerOutOfMemory, oddSettings, oldOutOfMemory],
  }),
  cause('missing-vpc-endpoint', {
    kind,
    denied: ['ec2:DescribeVpcEndpoints'],
    at: {
      region: 'eu-central-1',
      account: '560017382309',
      cluster: 'vault',
      service: 'keys',
      net: 129,
      launch: 'EC2',
    },
    ill: (w) => {
      withoutBalancer(w);
      isolate(w, ['ecr.api', 'ecr.dkr', 'secretsmanager', 'ssm', 'ecs', 'ecs-agent', 'ecs-telemetry']);
      logDriverTimesOut(w);
    },
    decoysAt: {
      region: 'us-gov-west-1',
      account: '381940027310',
      cluster: 'bureau',
      service: 'forms',
      net: 130,
      count: 2,
      launch: 'EC2',
      mode: 'awsvpc',
    },
    again: (w) => {
      // The endpoints let the tasks in and forgot the hosts.
      isolate(w);
      for (const name of ['ecs', 'ecs-agent', 'ecs-telemetry']) addInterfaceEndpoint(w, name);
      theNetwork(w).group('endpoints').IpPermissions = [
        tcpFrom(443, w.id('sg', 'app'), w.id('sg', 'worker')),
      ];
      tasksLetOutTheDatabaseOnly(w);
      secretTimesOut(w);
    },
    decoys: [workerOutOfMemory, oldOutOfMemory, oddSettings],
  }),
  cause('s3-path-blocked', {
    kind,
    denied: ['ec2:DescribeVpcEndpoints', 'ec2:DescribeSecurityGroups'],
    at: {
      region: 'us-east-1',
      account: '732210984311',
      cluster: 'quay',
      service: 'unloader',
      net: 131,
      launch: 'EC2',
      mode: 'awsvpc',
    },
    ill: (w) => {
      isolate(w);
      theNetwork(w).group('hosts').IpPermissionsEgress = [tcpFrom(443, w.id('sg', 'endpoints'))];
      layersTimeOut(w);
    },
    decoysAt: {
      region: 'ap-northeast-1',
      account: '664018273312',
      cluster: 'depato',
      service: 'zaiko',
      net: 132,
      launch: 'EC2',
    },
    again: (w) => {
      withoutBalancer(w);
      isolate(w);
      theNetwork(w).endpoint('s3').RouteTableIds = [w.id('rtb', 'legacy')];
      for (const zone of zones) {
        const table = theNetwork(w).table(`private-${zone}`);
        table.Routes = (table.Routes ?? []).filter((route) => route.DestinationPrefixListId === undefined);
      }
      layersTimeOut(w);
    },
    decoys: [deadRouteElsewhere, scaryLines, clumsyPeople],
  }),
  cause('vpc-dns-misconfig', {
    kind,
    denied: ['ec2:DescribeVpcAttribute'],
    at: {
      region: 'eu-west-2',
      account: '290117745313',
      cluster: 'mail',
      service: 'sorter',
      net: 133,
      launch: 'EC2',
    },
    ill: (w) => {
      withoutBalancer(w);
      isolate(w);
      w.snapshot.ec2.VpcAttributes[w.id('vpc', 'main')] = {
        enableDnsSupport: false,
        enableDnsHostnames: false,
      };
      registryUnresolved(w);
    },
    decoysAt: {
      region: 'us-west-1',
      account: '482290113314',
      cluster: 'post',
      service: 'stamps',
      net: 134,
      count: 2,
      launch: 'EC2',
      mode: 'awsvpc',
    },
    again: (w) => {
      w.snapshot.ec2.VpcAttributes[w.id('vpc', 'main')] = {
        enableDnsSupport: false,
        enableDnsHostnames: true,
      };
      tasksLetOutTheDatabaseOnly(w);
      const host = `secretsmanager.${w.place.region}.amazonaws.com`;
      secretTimesOut(w, {
        reason: `Fetching secret data from AWS Secrets Manager in region us-west-1: secret ${w.arn('secretsmanager', 'secret:post/database-Ab3dE9')}: RequestError: send request failed caused by: Post "https://${host}/": dial tcp: lookup ${host} on 10.134.0.2:53: no such host`,
      });
    },
    decoys: [deadRouteElsewhere, workerOutOfMemory, everydayStops],
  }),
];
