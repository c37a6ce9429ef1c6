// Relational Database Service: instances and clusters with their endpoints and security groups.

import type * as Rds from '@aws-sdk/client-rds';
import { AwsFault } from '../wire/aws-fault.ts';
import type { Handler, HandlerTable } from './handler.ts';
import { pageOf, tokenAs } from './page.ts';

type Filters = readonly {
  readonly Name?: string | undefined;
  readonly Values?: readonly string[] | undefined;
}[];
type Readers<Item> = Readonly<Record<string, (item: Item) => readonly (string | undefined)[]>>;

/** Instances by identifier or ARN and by filter. Throws DBInstanceNotFound. */
const describeInstances: Handler<
  Rds.DescribeDBInstancesCommandInput,
  Rds.DescribeDBInstancesCommandOutput
> = (input, { state }) => {
  const id = input.DBInstanceIdentifier;
  const all = state.rds.DBInstances.filter((one) =>
    isNamed([one.DBInstanceIdentifier, one.DBInstanceArn], id),
  );
  if (id !== undefined && all.length === 0)
    throw new AwsFault('DBInstanceNotFound', `DBInstance ${id} not found.`, { status: 404 });
  const wanted = filtered(all, input.Filters, {
    'db-cluster-id': (one) => [one.DBClusterIdentifier],
    'db-instance-id': (one) => [one.DBInstanceIdentifier, one.DBInstanceArn],
    'dbi-resource-id': (one) => [one.DbiResourceId],
    engine: (one) => [one.Engine],
  });
  const page = paged(wanted, input, `DescribeDBInstances ${id ?? ''}`);
  return { DBInstances: page.items, ...tokenAs('Marker', page) };
};

/** Clusters by identifier or ARN and by filter. Throws DBClusterNotFoundFault. */
const describeClusters: Handler<Rds.DescribeDBClustersCommandInput, Rds.DescribeDBClustersCommandOutput> = (
  input,
  { state },
) => {
  const id = input.DBClusterIdentifier;
  const all = state.rds.DBClusters.filter((one) => isNamed([one.DBClusterIdentifier, one.DBClusterArn], id));
  if (id !== undefined && all.length === 0)
    throw new AwsFault('DBClusterNotFoundFault', `DBCluster ${id} not found.`, { status: 404 });
  const wanted = filtered(all, input.Filters, {
    'db-cluster-id': (one) => [one.DBClusterIdentifier, one.DBClusterArn],
    'db-cluster-resource-id': (one) => [one.DbClusterResourceId],
    engine: (one) => [one.Engine],
  });
  const page = paged(wanted, input, `DescribeDBClusters ${id ?? ''}`);
  return { DBClusters: page.items, ...tokenAs('Marker', page) };
};

export const rdsHandlers: HandlerTable = {
  DescribeDBInstances: describeInstances,
  DescribeDBClusters: describeClusters,
};

/** Identifiers do not distinguish case. */
function isNamed(names: readonly (string | undefined)[], id: string | undefined): boolean {
  return id === undefined || names.some((name) => name?.toLowerCase() === id.toLowerCase());
}

function filtered<Item>(
  items: readonly Item[],
  filters: Filters | undefined,
  readers: Readers<Item>,
): Item[] {
  return items.filter((item) =>
    (filters ?? []).every(({ Name = '', Values = [] }) => {
      const read = Object.hasOwn(readers, Name) ? readers[Name] : undefined;
      if (read === undefined)
        throw new AwsFault('InvalidParameterValue', `Unrecognized filter name: ${Name}`);
      return read(item).some((value) => value !== undefined && Values.includes(value));
    }),
  );
}

function paged<Item>(
  items: readonly Item[],
  input: {
    readonly MaxRecords?: number | undefined;
    readonly Marker?: string | undefined;
    readonly Filters?: unknown;
  },
  scope: string,
) {
  const { MaxRecords: limit } = input;
  if (limit !== undefined && limit < 20)
    throw new AwsFault(
      'InvalidParameterValue',
      `Invalid value ${limit} for MaxRecords. Must be between 20 and 100`,
    );
  return pageOf(items, {
    token: input.Marker,
    limit,
    defaultLimit: 100,
    maxLimit: 100,
    rangeCode: 'InvalidParameterValue',
    scope: `${scope} ${JSON.stringify(input.Filters ?? [])}`,
    invalidToken: () => new AwsFault('InvalidParameterValue', 'Invalid marker'),
  });
}
