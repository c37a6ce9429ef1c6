// Corners of the way to another network: peering and transit gateways, whose far side is not seen, and routes that lead nowhere.

import type { CauseClass } from '../../src/contract/finding.ts';
import { type World, zones } from './base.ts';
import { theNetwork } from './base-network.ts';
import { type Corner, corner } from './corner.ts';
import { essentialExited, exited, failing } from './incident.ts';
import { theContainer } from './workload.ts';

const PEER = '10.200.0.0/16';
const DATABASE = '10.200.33.40';

type Route = NonNullable<World['snapshot']['ec2']['RouteTables'][number]['Routes']>[number];

const networkClasses: readonly CauseClass[] = [
  'no-egress-route',
  'task-sg-egress-blocked',
  'nacl-blocked',
  'missing-vpc-endpoint',
  'vpc-dns-misconfig',
];

/** The database is in another network, and does not answer. */
function databaseAbroad(w: World, route: Route | undefined): void {
  const database = theContainer(w).environment?.find(({ name }) => name === 'DATABASE_HOST');
  if (database !== undefined) database.value = DATABASE;
  if (route !== undefined)
    for (const zone of zones)
      theNetwork(w)
        .table(`private-${zone}`)
        .Routes?.push({ DestinationCidrBlock: PEER, Origin: 'CreateRoute', ...route });
  failing(w, {
    code: exited,
    reason: essentialExited,
    lived: 34,
    exit: 1,
    log: [
      'info: starting (production)',
      `Error: connect ETIMEDOUT ${DATABASE}:5432`,
      "  errno: -110, code: 'ETIMEDOUT', syscall: 'connect'",
    ],
  });
}

export const wayCorners: readonly Corner[] = [
  corner('a database behind a peering connection that is in order', {
    // What stands behind is not seen, and nothing here is shut.
    class: 'unknown',
    verdicts: ['unknown'],
    says: /pcx-0abc/,
    never: [...networkClasses, 'dependency-unreachable', 'app-config-error'],
    ill: (w) => databaseAbroad(w, { VpcPeeringConnectionId: 'pcx-0abc1234def567890', State: 'active' }),
  }),
  corner('a database behind a transit gateway', {
    class: 'unknown',
    verdicts: ['unknown'],
    says: /tgw-0abc/,
    never: [...networkClasses, 'dependency-unreachable', 'app-config-error'],
    ill: (w) => databaseAbroad(w, { TransitGatewayId: 'tgw-0abc1234def567890', State: 'active' }),
  }),
  corner('a database behind a peering connection that was deleted', {
    class: 'dependency-unreachable',
    verdicts: ['proven'],
    says: /blackhole/,
    never: networkClasses,
    ill: (w) => databaseAbroad(w, { VpcPeeringConnectionId: 'pcx-0abc1234def567890', State: 'blackhole' }),
  }),
  corner('a database behind a transit gateway whose attachment is gone', {
    class: 'dependency-unreachable',
    verdicts: ['proven'],
    says: /blackhole/,
    never: networkClasses,
    ill: (w) => databaseAbroad(w, { TransitGatewayId: 'tgw-0abc1234def567890', State: 'blackhole' }),
  }),
  corner('a database in a network that no route leads to', {
    class: 'dependency-unreachable',
    verdicts: ['proven'],
    says: /private address/,
    never: networkClasses,
    ill: (w) => databaseAbroad(w, undefined),
  }),
  corner('a group that lets nothing out to a peered network', {
    class: 'task-sg-egress-blocked',
    verdicts: ['proven'],
    says: /5432/,
    never: ['dependency-unreachable'],
    ill: (w) => {
      databaseAbroad(w, { VpcPeeringConnectionId: 'pcx-0abc1234def567890', State: 'active' });
      theNetwork(w).group('app').IpPermissionsEgress = [
        { IpProtocol: 'tcp', FromPort: 443, ToPort: 443, IpRanges: [{ CidrIp: '0.0.0.0/0' }] },
      ];
    },
  }),
];
