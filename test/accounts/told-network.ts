// Closed ways: which tables, which endpoint that is there and of no use, and what a narrow rule does let through.

import { type World, type Zone, zones } from './base.ts';
import { tcpFrom, theNetwork } from './base-network.ts';
import { databaseHost } from './base-platform.ts';
import { changed, type ToldCase } from './case.ts';
import { isolate } from './endpoints.ts';
import { essentialExited, exited, failedToStart, failing } from './incident.ts';
import { theContainer } from './workload.ts';

const at = {
  region: 'us-west-2',
  account: '330044550111',
  cluster: 'dock',
  service: 'ferry',
  net: 144,
} as const;

const registrySilent = (w: World, address: string) =>
  `ResourceInitializationError: unable to pull secrets or registry auth: The task cannot pull registry auth from Amazon ECR: There is a connection issue between the task and Amazon ECR. Check your task network configuration. operation error ECR: GetAuthorizationToken, exceeded maximum number of attempts, 3, https response error StatusCode: 0, RequestID: , request send failed, Post "https://api.ecr.${w.place.region}.amazonaws.com/": dial tcp ${address}:443: i/o timeout`;

const layersSilent = (w: World) =>
  `CannotPullContainerError: ref pull has been retried 5 time(s): failed to copy: httpReadSeeker: failed open: failed to do request: Get "https://prod-${w.place.region}-starport-layer-bucket.s3.${w.place.region}.amazonaws.com/4a7b-${w.place.account}-5c2e/8d1f": dial tcp 52.92.131.9:443: i/o timeout`;

const startFails = (w: World, text: string, more: object = {}) =>
  failing(w, { code: failedToStart, reason: text, count: 6, ...more });

const programFails = (w: World, log: readonly string[]) =>
  failing(w, { code: exited, reason: essentialExited, lived: 20, exit: 1, log });

function withoutDefaultRoutes(w: World): void {
  for (const zone of zones) {
    const table = theNetwork(w).table(`private-${zone}`);
    table.Routes = (table.Routes ?? []).filter((route) => route.DestinationCidrBlock !== '0.0.0.0/0');
  }
  startFails(w, registrySilent(w, '52.119.160.7'));
}

function natDeletedInB(w: World): void {
  w.snapshot.ec2.NatGateways = w.snapshot.ec2.NatGateways.filter(
    ({ NatGatewayId }) => NatGatewayId !== w.id('nat', 'b'),
  );
  for (const route of theNetwork(w).table('private-b').Routes ?? [])
    if (route.NatGatewayId !== undefined) route.State = 'blackhole';
  startFails(w, registrySilent(w, '52.119.160.7'), { zones: ['b'] });
}

function rulesForOthers(w: World): void {
  isolate(w);
  theNetwork(w).group('app').IpPermissionsEgress = [
    { IpProtocol: 'tcp', FromPort: 443, ToPort: 443, PrefixListIds: [{ PrefixListId: w.id('pl', 's3') }] },
    tcpFrom(443, w.id('sg', 'cache')),
  ];
  startFails(w, registrySilent(w, `10.${w.place.net}.16.21`));
}

function endpointWithoutName(w: World): void {
  isolate(w);
  theNetwork(w).endpoint('secretsmanager').PrivateDnsEnabled = false;
  const arn = w.arn('secretsmanager', 'secret:dock/database-Ab3dE9');
  theContainer(w).secrets = [{ name: 'DSN', valueFrom: arn }];
  startFails(
    w,
    `ResourceInitializationError: unable to pull secrets or registry auth: unable to retrieve secret from asm: There is a connection issue between the task and AWS Secrets Manager. Check your task network configuration. failed to fetch secret ${arn} from secrets manager: operation error Secrets Manager: GetSecretValue, https response error StatusCode: 0, RequestID: , canceled, context deadline exceeded`,
  );
}

function hostnamesOff(w: World): void {
  isolate(w);
  w.snapshot.ec2.VpcAttributes[w.id('vpc', 'main')] = { enableDnsSupport: true, enableDnsHostnames: false };
  startFails(w, registrySilent(w, '52.119.160.7'));
}

function gatewayForOthers(w: World): void {
  isolate(w);
  const gateway = theNetwork(w).endpoint('s3');
  const table = theNetwork(w).table('private-c');
  gateway.RouteTableIds = (gateway.RouteTableIds ?? []).filter((id) => id !== table.RouteTableId);
  table.Routes = (table.Routes ?? []).filter(
    ({ DestinationPrefixListId }) => DestinationPrefixListId === undefined,
  );
  startFails(w, layersSilent(w), { zones: ['c'], why: layersSilent(w) });
}

export const toldNetwork: readonly ToldCase[] = [
  {
    name: 'no way out in any zone, with every table that lacks it',
    class: 'no-egress-route',
    verdicts: ['proven'],
    says: (w) => zones.map((zone) => w.id('rtb', `private-${zone}`)),
    account: () => changed(at, [withoutDefaultRoutes]),
  },
  {
    name: 'a NAT gateway that is gone, by its name and by that of the table',
    class: 'no-egress-route',
    verdicts: ['proven'],
    says: (w) => [w.id('nat', 'b'), w.id('rtb', 'private-b')],
    account: () => changed(at, [natDeletedInB]),
  },
  {
    name: 'outbound rules for other peers, told with those peers',
    class: 'task-sg-egress-blocked',
    verdicts: ['proven'],
    says: (w) => [w.id('pl', 's3'), w.id('sg', 'cache')],
    never: [/lets? tcp\/443 out, and nothing else/],
    fix: 'ec2_authorize_security_group_egress',
    account: () => changed(at, [rulesForOthers]),
  },
  {
    name: 'an endpoint that is there and has no private name',
    class: 'missing-vpc-endpoint',
    verdicts: ['proven'],
    says: (w) => [w.id('vpce', 'secretsmanager'), /private DNS/],
    never: [/nor an endpoint/],
    fix: null,
    account: () => changed(at, [endpointWithoutName]),
  },
  {
    name: 'endpoints whose private names need the host names of the VPC, which are off',
    class: 'vpc-dns-misconfig',
    verdicts: ['proven'],
    says: (w) => [w.id('vpc', 'main'), w.id('vpce', 'ecr.api'), /DNS host ?names/],
    fix: 'ec2_modify_vpc_attribute',
    account: () => changed(at, [hostnamesOff]),
  },
  {
    name: 'a gateway for S3 that the table of one zone does not use',
    class: 's3-path-blocked',
    verdicts: ['proven'],
    says: (w) => [w.id('vpce', 's3'), w.id('rtb', 'private-c')],
    account: () => changed(at, [gatewayForOthers]),
  },
  {
    name: 'a namespace for calls of its API, whose names are in no DNS',
    class: 'vpc-dns-misconfig',
    verdicts: ['proven'],
    says: () => ['dock.internal', /type HTTP/],
    fix: null,
    account: () =>
      changed(at, [
        (w) => {
          w.snapshot.servicediscovery.namespaces.push({
            Id: 'ns-abc123def4567890',
            Arn: w.arn('servicediscovery', 'namespace/ns-abc123def4567890'),
            Name: 'dock.internal',
            Type: 'HTTP',
            Properties: { HttpProperties: { HttpName: 'dock.internal' } },
          });
          theContainer(w).environment?.push({
            name: 'CRANES_URL',
            value: 'http://cranes.dock.internal:9000',
          });
          programFails(w, [
            'starting ferry',
            'Error: getaddrinfo ENOTFOUND cranes.dock.internal',
            "    at GetAddrInfoReqWrap.onlookup [as oncomplete] (node:dns:107:26) { code: 'ENOTFOUND', hostname: 'cranes.dock.internal' }",
          ]);
        },
      ]),
  },
  {
    name: 'a group that is only called like the database, while the database may not be looked at',
    class: 'dependency-unreachable',
    verdicts: ['likely', 'possible'],
    missing: 'rds:DescribeDBInstances',
    account: () =>
      changed(at, [
        (w) => {
          theNetwork(w).group('database').IpPermissions = [];
          programFails(w, [
            `psycopg2.OperationalError: connection to server at "${databaseHost(w)}", port 5432 failed: Connection timed out`,
          ]);
          w.snapshot.denied.push(
            'rds:DescribeDBInstances',
            'rds:DescribeDBClusters',
            'ec2:DescribeNetworkInterfaces',
          );
        },
      ]),
  },
  {
    name: 'replies let in on fewer ports than Linux uses, in the one subnet in which tasks fail',
    class: 'nacl-blocked',
    verdicts: ['likely'],
    says: (w) => [w.id('acl', 'narrow'), /32768-60999/],
    account: () => changed(at, [(w) => narrowAcl(w, fewPorts, ['b'])]),
  },
  {
    name: 'the same narrow ports, while tasks fail in every subnet',
    class: 'unknown',
    verdicts: ['unknown'],
    account: () => changed(at, [(w) => narrowAcl(w, fewPorts, ['a', 'b', 'c'])]),
  },
  {
    name: 'a denied range that holds the very address the error names',
    class: 'nacl-blocked',
    verdicts: ['proven'],
    says: (w) => [w.id('acl', 'narrow')],
    account: () => changed(at, [(w) => narrowAcl(w, deniedRange('52.112.0.0/12'), ['b'])]),
  },
  {
    name: 'a denied range that does not hold the address the error names',
    class: 'unknown',
    verdicts: ['unknown'],
    neverClass: ['nacl-blocked'],
    account: () => changed(at, [(w) => narrowAcl(w, deniedRange('18.0.0.0/8'), ['b'])]),
  },
  {
    name: 'a look-up that the resolver of a network without DNS never answers',
    class: 'vpc-dns-misconfig',
    verdicts: ['proven'],
    account: () => changed(at, [(w) => unheardLookup(w, false)]),
  },
  {
    name: 'the same look-up where DNS is on',
    class: 'unknown',
    verdicts: ['unknown'],
    neverClass: ['vpc-dns-misconfig'],
    account: () => changed(at, [(w) => unheardLookup(w, true)]),
  },
];

type Entry = NonNullable<World['snapshot']['ec2']['NetworkAcls'][number]['Entries']>[number];

const letAll = { Protocol: '-1', RuleAction: 'allow', CidrBlock: '0.0.0.0/0' } as const;
const fewPorts: readonly Entry[] = [
  {
    Egress: false,
    RuleNumber: 100,
    Protocol: '6',
    RuleAction: 'allow',
    CidrBlock: '0.0.0.0/0',
    PortRange: { From: 50_000, To: 65_535 },
  },
];
const deniedRange = (CidrBlock: string): readonly Entry[] => [
  {
    Egress: false,
    RuleNumber: 80,
    Protocol: '6',
    RuleAction: 'deny',
    CidrBlock,
    PortRange: { From: 1_024, To: 65_535 },
  },
  { ...letAll, Egress: false, RuleNumber: 100 },
];

/** The private subnet of zone b is behind an ACL of its own, and tasks in `failedIn` get no answer from the registry. */
function narrowAcl(w: World, inbound: readonly Entry[], failedIn: readonly Zone[]): void {
  const NetworkAclId = w.id('acl', 'narrow');
  const { acl, subnet } = theNetwork(w);
  const { SubnetId } = subnet('private', 'b');
  const main = acl();
  main.Associations = (main.Associations ?? []).filter((one) => one.SubnetId !== SubnetId);
  w.snapshot.ec2.NetworkAcls.push({
    NetworkAclId,
    VpcId: w.id('vpc', 'main'),
    IsDefault: false,
    Associations: [{ NetworkAclId, SubnetId, NetworkAclAssociationId: w.id('aclassoc', 'narrow') }],
    Entries: [{ ...letAll, Egress: true, RuleNumber: 100 }, ...inbound],
  });
  // Without its endpoints the registry is reached over the internet.
  w.snapshot.ec2.VpcEndpoints = [];
  startFails(w, registrySilent(w, '52.119.160.7'), { zones: failedIn });
}

function unheardLookup(w: World, enableDnsSupport: boolean): void {
  const resolver = `10.${w.place.net}.0.2`;
  const api = `api.ecr.${w.place.region}.amazonaws.com`;
  w.snapshot.ec2.VpcEndpoints = [];
  w.snapshot.ec2.VpcAttributes[w.id('vpc', 'main')] = { enableDnsSupport, enableDnsHostnames: true };
  startFails(
    w,
    `ResourceInitializationError: unable to pull secrets or registry auth: execution resource retrieval failed: unable to retrieve ecr registry auth: service call has been retried 3 time(s): RequestError: send request failed caused by: Post "https://${api}/": dial tcp: lookup ${api} on ${resolver}:53: read udp 10.${w.place.net}.16.40:52011->${resolver}:53: i/o timeout. Please check your task network configuration.`,
  );
}
