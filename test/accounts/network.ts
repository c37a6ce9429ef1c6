// Network causes on the way out: routes, public addresses, security groups, network ACLs.

import { type World, zones } from './base.ts';
import { subnetId, tcpTo, theNetwork } from './base-network.ts';
import { cause } from './case.ts';
import {
  clumsyPeople,
  deadRouteElsewhere,
  everydayStops,
  oddSettings,
  oldOutOfMemory,
  oldPullTimeouts,
  scaryLines,
  storefrontSharesGroup,
  storefrontWithoutImage,
  workerOutOfMemory,
  workerShutIn,
} from './decoys.ts';
import { breakerTripped, failedToStart, failing } from './incident.ts';
import { imageOf, theService } from './workload.ts';

const secretTimeout = (w: World) =>
  `ResourceInitializationError: unable to pull secrets or registry auth: execution resource retrieval failed: unable to retrieve secret from asm: service call has been retried 5 time(s): failed to fetch secret ${w.arn('secretsmanager', `secret:${w.place.cluster}/database-Ab3dE9`)} from secrets manager: RequestCanceled: request context canceled caused by: context deadline exceeded. Please check your task network configuration.`;

const registryTimeout = (w: World) =>
  `ResourceInitializationError: unable to pull secrets or registry auth: The task cannot pull registry auth from Amazon ECR: There is a connection issue between the task and Amazon ECR. Check your task network configuration. RequestError: send request failed caused by: Post "https://api.ecr.${w.place.region}.amazonaws.com/": dial tcp 44.213.79.86:443: i/o timeout`;

function inPublicSubnets(w: World, assignPublicIp: 'ENABLED' | 'DISABLED'): void {
  const awsvpc = theService(w).networkConfiguration?.awsvpcConfiguration;
  Object.assign(awsvpc ?? {}, { subnets: zones.map((zone) => subnetId(w, 'public', zone)), assignPublicIp });
}

/** The interfaces of the stopped tasks were in the public subnets. */
function tasksWereInPublicSubnets(w: World): void {
  for (const task of w.snapshot.ecs.tasks) {
    if (task.group !== `service:${w.place.service}` || task.lastStatus !== 'STOPPED') continue;
    const zone = zones.find((one) => task.availabilityZone?.endsWith(one)) ?? 'a';
    for (const detail of task.attachments?.[0]?.details ?? [])
      if (detail.name === 'subnetId') detail.value = subnetId(w, 'public', zone);
  }
}

export const network = [
  cause('no-egress-route', {
    denied: ['ec2:DescribeRouteTables'],
    at: {
      region: 'eu-west-1',
      account: '318400117208',
      cluster: 'orders-prod',
      service: 'checkout',
      net: 14,
    },
    ill: (w) => {
      for (const zone of zones) {
        const table = theNetwork(w).table(`private-${zone}`);
        table.Routes = (table.Routes ?? []).filter((route) => route.DestinationCidrBlock !== '0.0.0.0/0');
      }
      w.snapshot.ec2.NatGateways = [];
      failing(w, { code: failedToStart, reason: secretTimeout(w), count: 6 });
    },
    decoysAt: {
      region: 'us-east-2',
      account: '640881295517',
      cluster: 'mobile',
      service: 'push-gateway',
      net: 77,
      count: 4,
    },
    again: (w) => {
      const nat = theNetwork(w).nat('b');
      nat.State = 'deleted';
      nat.DeleteTime = w.ago(2_000);
      for (const route of theNetwork(w).table('private-b').Routes ?? [])
        if (route.NatGatewayId !== undefined) route.State = 'blackhole';
      failing(w, {
        code: failedToStart,
        reason: `${registryTimeout(w).slice(0, 252)}...`,
        zones: ['b'],
        count: 5,
      });
    },
    decoys: [
      deadRouteElsewhere,
      workerShutIn,
      storefrontSharesGroup,
      oldOutOfMemory,
      scaryLines,
      oddSettings,
    ],
  }),
  cause('public-subnet-no-public-ip', {
    denied: ['ec2:DescribeRouteTables'],
    at: {
      region: 'us-west-2',
      account: '771530042961',
      cluster: 'hello',
      service: 'web',
      net: 31,
      count: 1,
      port: 80,
    },
    ill: (w) => {
      inPublicSubnets(w, 'DISABLED');
      failing(w, { code: failedToStart, reason: registryTimeout(w), count: 3 });
      tasksWereInPublicSubnets(w);
    },
    decoysAt: {
      region: 'ap-southeast-2',
      account: '509912837465',
      cluster: 'edge',
      service: 'geo-api',
      net: 52,
      count: 2,
    },
    again: (w) => {
      inPublicSubnets(w, 'DISABLED');
      const text = `CannotPullContainerError: pull image manifest has been retried 5 time(s): failed to resolve ref ${imageOf(w, w.place.service, '2.14.0')}: failed to do request: Head "https://${w.place.account}.dkr.ecr.${w.place.region}.amazonaws.com/v2/geo-api/manifests/2.14.0": dial tcp 13.54.63.41:443: i/o timeout`;
      failing(w, { code: failedToStart, reason: text, why: text });
      tasksWereInPublicSubnets(w);
      breakerTripped(w);
    },
    decoys: [workerOutOfMemory, deadRouteElsewhere, clumsyPeople, oddSettings],
  }),
  cause('task-sg-egress-blocked', {
    denied: ['ec2:DescribeSecurityGroups'],
    at: {
      region: 'us-east-1',
      account: '925601774310',
      cluster: 'core',
      service: 'identity',
      net: 8,
      count: 2,
    },
    ill: (w) => {
      theNetwork(w).group('app').IpPermissionsEgress = [];
      failing(w, { code: failedToStart, reason: secretTimeout(w) });
    },
    decoysAt: {
      region: 'eu-north-1',
      account: '203377519846',
      cluster: 'pay',
      service: 'card-vault',
      net: 120,
      count: 3,
    },
    again: (w) => {
      theNetwork(w).group('app').IpPermissionsEgress = [
        tcpTo(80, '0.0.0.0/0'),
        tcpTo(443, '10.200.0.0/16'),
        {
          IpProtocol: 'tcp',
          FromPort: 5432,
          ToPort: 5432,
          UserIdGroupPairs: [{ GroupId: w.id('sg', 'database') }],
        },
      ];
      failing(w, { code: failedToStart, reason: `${registryTimeout(w).slice(0, 252)}...` });
      breakerTripped(w);
    },
    decoys: [storefrontWithoutImage, deadRouteElsewhere, oldPullTimeouts, everydayStops, scaryLines],
  }),
  cause('nacl-blocked', {
    denied: ['ec2:DescribeNetworkAcls'],
    at: { region: 'ca-central-1', account: '447290018365', cluster: 'reports', service: 'pdf', net: 66 },
    ill: (w) => {
      // Return traffic of every connection that goes out arrives on an ephemeral port.
      const acl = theNetwork(w).acl();
      acl.Entries = [
        { Egress: true, RuleNumber: 100, RuleAction: 'allow', Protocol: '-1', CidrBlock: '0.0.0.0/0' },
        { Egress: true, RuleNumber: 32767, RuleAction: 'deny', Protocol: '-1', CidrBlock: '0.0.0.0/0' },
        {
          Egress: false,
          RuleNumber: 100,
          RuleAction: 'allow',
          Protocol: '6',
          PortRange: { From: 443, To: 443 },
          CidrBlock: '0.0.0.0/0',
        },
        {
          Egress: false,
          RuleNumber: 110,
          RuleAction: 'allow',
          Protocol: '6',
          PortRange: { From: 8080, To: 8080 },
          CidrBlock: '0.0.0.0/0',
        },
        { Egress: false, RuleNumber: 32767, RuleAction: 'deny', Protocol: '-1', CidrBlock: '0.0.0.0/0' },
      ];
      failing(w, { code: failedToStart, reason: registryTimeout(w) });
    },
    decoysAt: { region: 'sa-east-1', account: '118275530094', cluster: 'loja', service: 'catalogo', net: 90 },
    again: (w) => {
      const { acl, subnet } = theNetwork(w);
      const NetworkAclId = w.id('acl', 'private');
      const ids = zones.map((zone) => subnet('private', zone).SubnetId);
      const main = acl();
      main.Associations = (main.Associations ?? []).filter((one) => !ids.includes(one.SubnetId ?? ''));
      w.snapshot.ec2.NetworkAcls.push({
        NetworkAclId,
        VpcId: w.id('vpc', 'main'),
        IsDefault: false,
        Associations: ids.map((SubnetId) => ({
          NetworkAclId,
          SubnetId,
          NetworkAclAssociationId: w.id('aclassoc', `p${SubnetId}`),
        })),
        Entries: [
          {
            Egress: true,
            RuleNumber: 90,
            RuleAction: 'deny',
            Protocol: '6',
            PortRange: { From: 443, To: 443 },
            CidrBlock: '0.0.0.0/0',
          },
          { Egress: true, RuleNumber: 100, RuleAction: 'allow', Protocol: '-1', CidrBlock: '0.0.0.0/0' },
          { Egress: false, RuleNumber: 100, RuleAction: 'allow', Protocol: '-1', CidrBlock: '0.0.0.0/0' },
        ],
      });
      failing(w, { code: failedToStart, reason: secretTimeout(w) });
    },
    decoys: [workerOutOfMemory, oddSettings, deadRouteElsewhere, oldOutOfMemory],
  }),
];
