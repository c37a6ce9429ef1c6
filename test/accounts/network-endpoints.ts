// Network causes of closed subnets: interface endpoints, the way to S3, names.

import { type World, zones } from './base.ts';
import { everything, theNetwork } from './base-network.ts';
import { cause } from './case.ts';
import {
  clumsyPeople,
  deadRouteElsewhere,
  everydayStops,
  oddSettings,
  oldOutOfMemory,
  scaryLines,
  storefrontSharesGroup,
  workerOutOfMemory,
  workerWideOpen,
} from './decoys.ts';
import { isolate } from './endpoints.ts';
import { breakerTripped, essentialExited, exited, failedToStart, failing } from './incident.ts';
import { imageOf, theContainer } from './workload.ts';

const host = (w: World) => `${w.place.account}.dkr.ecr.${w.place.region}.amazonaws.com`;

/** Manifests arrive; the layers, which come from S3, do not. */
const layerTimeout = (w: World) =>
  `CannotPullContainerError: ref pull has been retried 5 time(s): failed to copy: httpReadSeeker: failed open: failed to do request: Get "https://prod-${w.place.region}-starport-layer-bucket.s3.${w.place.region}.amazonaws.com/6f4c1a/${w.hex('layer', 40)}?X-Amz-Security-Token=xxxx": dial tcp 52.216.38.64:443: i/o timeout`;

const openPolicy = { Effect: 'Allow', Principal: '*', Action: '*', Resource: '*' };

export const networkEndpoints = [
  cause('missing-vpc-endpoint', {
    denied: ['ec2:DescribeVpcEndpoints'],
    at: { region: 'eu-central-1', account: '560017382294', cluster: 'claims', service: 'intake', net: 19 },
    ill: (w) => {
      isolate(w, ['ecr.api', 'logs', 'secretsmanager', 'ssm']);
      failing(w, {
        code: failedToStart,
        reason: `CannotPullContainerError: pull image manifest has been retried 5 time(s): failed to resolve ref ${imageOf(w, 'intake', '2.14.0')}: failed to do request: Head "https://${host(w)}/v2/intake/manifests/2.14.0": dial tcp 3.120.181.40:443: i/o timeout`,
      });
    },
    decoysAt: {
      region: 'us-gov-west-1',
      account: '381940027756',
      cluster: 'records',
      service: 'archive',
      net: 44,
      count: 2,
    },
    again: (w) => {
      // The endpoint is there, but its security group admits only the network of long ago.
      isolate(w);
      w.snapshot.ec2.SecurityGroups.push({
        GroupId: w.id('sg', 'logs-endpoint'),
        GroupName: 'logs-endpoint',
        VpcId: w.id('vpc', 'main'),
        IpPermissions: [
          { IpProtocol: 'tcp', FromPort: 443, ToPort: 443, IpRanges: [{ CidrIp: '172.31.0.0/16' }] },
        ],
        IpPermissionsEgress: [everything],
      });
      const endpoint = theNetwork(w).endpoint('logs');
      const groups = [{ GroupId: w.id('sg', 'logs-endpoint'), GroupName: 'logs-endpoint' }];
      endpoint.Groups = groups;
      for (const one of w.snapshot.ec2.NetworkInterfaces)
        if (endpoint.NetworkInterfaceIds?.includes(one.NetworkInterfaceId)) one.Groups = groups;
      failing(w, {
        code: failedToStart,
        reason:
          'ResourceInitializationError: failed to validate logger args: The task cannot find the Amazon CloudWatch log group because of a connection issue between the task and Amazon CloudWatch. Check your network configuration. : signal: killed',
      });
    },
    decoys: [workerOutOfMemory, oldOutOfMemory, oddSettings, workerWideOpen],
  }),
  cause('s3-path-blocked', {
    denied: ['ec2:DescribeVpcEndpoints', 'ec2:DescribeSecurityGroups'],
    at: { region: 'us-east-1', account: '732210984455', cluster: 'guard', service: 'scanner', net: 10 },
    ill: (w) => {
      isolate(w);
      theNetwork(w).group('app').IpPermissionsEgress = [
        {
          IpProtocol: 'tcp',
          FromPort: 443,
          ToPort: 443,
          UserIdGroupPairs: [{ GroupId: w.id('sg', 'endpoints') }],
        },
        {
          IpProtocol: 'tcp',
          FromPort: 5432,
          ToPort: 5432,
          UserIdGroupPairs: [{ GroupId: w.id('sg', 'database') }],
        },
      ];
      failing(w, { code: failedToStart, reason: layerTimeout(w), why: layerTimeout(w) });
    },
    decoysAt: {
      region: 'ap-northeast-1',
      account: '664018273390',
      cluster: 'shop',
      service: 'inventory',
      net: 61,
    },
    again: (w) => {
      isolate(w);
      const { ec2 } = w.snapshot;
      const s3 = theNetwork(w).endpoint('s3');
      s3.RouteTableIds = [w.id('rtb', 'legacy')];
      for (const zone of zones) {
        const table = theNetwork(w).table(`private-${zone}`);
        table.Routes = (table.Routes ?? []).filter((route) => route.DestinationPrefixListId === undefined);
      }
      ec2.VpcEndpoints = ec2.VpcEndpoints.filter((one) => !one.ServiceName?.endsWith('.kms'));
      failing(w, { code: failedToStart, reason: `${layerTimeout(w).slice(0, 252)}...` });
      breakerTripped(w);
    },
    decoys: [deadRouteElsewhere, storefrontSharesGroup, scaryLines, clumsyPeople],
  }),
  cause('vpc-dns-misconfig', {
    denied: ['ec2:DescribeVpcAttribute'],
    at: { region: 'eu-west-2', account: '290117745563', cluster: 'ledger', service: 'settlement', net: 25 },
    ill: (w) => {
      isolate(w);
      w.snapshot.ec2.VpcAttributes[w.id('vpc', 'main')] = {
        enableDnsSupport: false,
        enableDnsHostnames: false,
      };
      failing(w, {
        code: failedToStart,
        reason: `ResourceInitializationError: unable to pull secrets or registry auth: execution resource retrieval failed: unable to retrieve ecr registry auth: service call has been retried 3 time(s): RequestError: send request failed caused by: Post "https://api.ecr.eu-west-2.amazonaws.com/": dial tcp: lookup api.ecr.eu-west-2.amazonaws.com on 10.25.0.2:53: no such host`,
      });
    },
    decoysAt: {
      region: 'us-west-1',
      account: '482290113674',
      cluster: 'yelb',
      service: 'ui',
      net: 37,
      count: 2,
    },
    again: (w) => {
      // A Cloud Map name that the application depends on does not resolve, because host names are off in the VPC.
      w.snapshot.ec2.VpcAttributes[w.id('vpc', 'main')] = {
        enableDnsSupport: true,
        enableDnsHostnames: false,
      };
      w.snapshot.servicediscovery.namespaces.push({
        Id: 'ns-7uq2vdhlr3wcd3xz',
        Name: 'yelb.local',
        Type: 'DNS_PRIVATE',
      });
      w.snapshot.servicediscovery.services.push({
        Id: 'srv-utcrh6wavdkggqtk',
        Name: 'appserver',
        NamespaceId: 'ns-7uq2vdhlr3wcd3xz',
      });
      w.snapshot.servicediscovery.instances.push({
        Id: 'a1b2',
        ServiceId: 'srv-utcrh6wavdkggqtk',
        Attributes: { AWS_INSTANCE_IPV4: '10.37.16.100', AWS_INSTANCE_PORT: '4567' },
      });
      theContainer(w).environment?.push({ name: 'APPSERVER', value: 'http://appserver.yelb.local:4567' });
      failing(w, {
        code: exited,
        reason: essentialExited,
        lived: 18,
        exit: 1,
        log: [
          'nginx: [notice] configuration loaded',
          'nginx: [emerg] host not found in upstream "appserver.yelb.local" in /etc/nginx/conf.d/default.conf:23',
        ],
      });
    },
    decoys: [deadRouteElsewhere, workerOutOfMemory, everydayStops],
  }),
];

/** A policy of the endpoint that refuses what its callers need; used where two causes meet. */
export function endpointRefusesBucket(w: World): void {
  theNetwork(w).endpoint('s3').PolicyDocument = JSON.stringify({
    Statement: [
      { ...openPolicy, Action: 's3:GetObject', Resource: `arn:aws:s3:::${w.place.cluster}-uploads/*` },
    ],
  });
}
