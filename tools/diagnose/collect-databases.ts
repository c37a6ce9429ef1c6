// Where the databases are that tasks name as hosts: RDS says which security groups stand in front of an endpoint. A name that is
// none of RDS's own is not asked about; whoever answers to it is found by its interface or its group.

import type * as Rds from '@aws-sdk/client-rds';
import type { Aws } from '../../src/contract/aws.ts';
import type { DatabasePlace, NetworkEvidence, Seen } from '../../src/diagnosis/evidence.ts';
import { joined, readList } from './reading.ts';

export const databaseActions = ['rds:DescribeDBInstances', 'rds:DescribeDBClusters'] as const;

const HOSTS_MAX = 3;
/**
 * `orders.c9akciq32.eu-west-1.rds.amazonaws.com` is an instance, `orders.cluster-ro-c9akciq32.…` a cluster.
 * https://docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/Aurora.Overview.Endpoints.html
 */
const ENDPOINT =
  /^([a-z][a-z0-9-]{0,62})\.(cluster-(?:ro-|custom-)?)?[a-z0-9]+\.[a-z0-9-]+\.rds\.amazonaws\.com$/i;

/** Asks about those of `hosts` that RDS knows and that `network` does not tell of yet; undefined when there is none. */
export async function readDatabases(
  aws: Aws,
  hosts: readonly string[],
  network: NetworkEvidence,
): Promise<Seen<DatabasePlace> | undefined> {
  const wanted = unknownDatabases(hosts, network);
  return wanted.length === 0
    ? undefined
    : joined(await Promise.all(wanted.map((host) => readDatabase(aws, host))));
}

/** Whether `readDatabases` would ask about any of `hosts`. */
export function hasUnknownDatabases(hosts: readonly string[], network: NetworkEvidence): boolean {
  return unknownDatabases(hosts, network).length > 0;
}

/** Whether a host is an endpoint of RDS, going by its name. */
export function isDatabaseHost(host: string): boolean {
  return ENDPOINT.test(host);
}

/** Nothing is asked again after an answer that was refused. */
function unknownDatabases(hosts: readonly string[], { databases }: NetworkEvidence): string[] {
  if (databases !== undefined && databases.gaps.length > 0) return [];
  return [...new Set(hosts.map((host) => host.toLowerCase()))]
    .filter(
      (host) => isDatabaseHost(host) && databases?.items.some(({ value }) => value.host === host) !== true,
    )
    .slice(0, HOSTS_MAX);
}

async function readDatabase(aws: Aws, host: string): Promise<Seen<DatabasePlace>> {
  const [, id = '', cluster] = ENDPOINT.exec(host) ?? [];
  const what = `the database behind ${host}`;
  if (cluster === undefined) {
    const found = await readList(aws, {
      action: 'rds:DescribeDBInstances',
      input: { DBInstanceIdentifier: id },
      what,
      path: '$.DBInstances',
      items: (output) => output.DBInstances,
    });
    return placesOf(found, host, (one) => ({ groups: one.VpcSecurityGroups, status: one.DBInstanceStatus }));
  }
  const found = await readList(aws, {
    action: 'rds:DescribeDBClusters',
    input: { DBClusterIdentifier: id },
    what,
    path: '$.DBClusters',
    items: (output) => output.DBClusters,
  });
  return placesOf(found, host, (one) => ({ groups: one.VpcSecurityGroups, status: one.Status }));
}

interface DatabaseState {
  readonly groups: readonly Rds.VpcSecurityGroupMembership[] | undefined;
  readonly status: string | undefined;
}

function placesOf<T>(found: Seen<T>, host: string, stateOf: (one: T) => DatabaseState): Seen<DatabasePlace> {
  return {
    gaps: found.gaps,
    items: found.items.map(({ value, at }) => {
      const { groups = [], status } = stateOf(value);
      return {
        at,
        value: {
          host,
          groups: groups.flatMap(({ VpcSecurityGroupId: id }) => (id === undefined ? [] : [id])),
          ...(status === undefined ? {} : { status }),
        },
      };
    }),
  };
}
