// rds_describe_databases: where RDS databases listen, in which state they are, and which security groups guard them.

import type { DBCluster, DBInstance } from '@aws-sdk/client-rds';
import { z } from 'zod';
import { defineReadTool } from '../../src/contract/tool.ts';
import { databaseField } from '../fields.ts';
import { type Collected, collectPages } from '../pagination.ts';
import { counted, evidenceField, moreField, moreLine, textOf } from '../text-lines.ts';
import { createSideReads, orAbsent, unverifiedField, unverifiedLines } from '../unverified-reads.ts';

const ITEMS_MAX = 200;

const database = z.object({
  kind: z.enum(['instance', 'cluster']),
  id: z.string(),
  cluster: z.string().nullable(),
  status: z.string(),
  engine: z.string(),
  address: z.string().nullable(),
  port: z.number().nullable(),
  vpc: z.string().nullable(),
  groups: z.array(z.string()),
  public: z.boolean().nullable(),
});

export const rdsDescribeDatabases = defineReadTool({
  name: 'rds_describe_databases',
  summary:
    'Describes RDS instances and Aurora clusters: status, engine, endpoint, port, VPC and security groups. Use it to find the database behind a host name and the group a service must be able to reach. With id: the instance and the cluster of that name.',
  risk: 'read',
  actions: ['rds:DescribeDBInstances', 'rds:DescribeDBClusters'],
  input: z.strictObject({ id: databaseField.optional() }),
  output: z.object({
    items: z.array(database).max(2 * ITEMS_MAX),
    unverified: unverifiedField,
    more: moreField,
    evidence: evidenceField,
  }),
  target: ({ id }) => ({ resources: id === undefined ? [] : [id] }),
  run: async ({ id }, aws) => {
    const instances = await listedOrNone('DBInstanceNotFoundFault', async (Marker) => {
      const { output, evidence } = await aws.call('rds:DescribeDBInstances', {
        ...(id === undefined ? {} : { DBInstanceIdentifier: id }),
        ...(Marker === undefined ? {} : { Marker }),
      });
      return { items: (output.DBInstances ?? []).map(instanceFacts), next: output.Marker, evidence };
    });
    const side = createSideReads();
    const clusters = await side.read(() =>
      listedOrNone('DBClusterNotFoundFault', async (Marker) => {
        const { output, evidence } = await aws.call('rds:DescribeDBClusters', {
          ...(id === undefined ? {} : { DBClusterIdentifier: id }),
          ...(Marker === undefined ? {} : { Marker }),
        });
        return { items: (output.DBClusters ?? []).map(clusterFacts), next: output.Marker, evidence };
      }),
    );
    return {
      items: [...(clusters?.items ?? []), ...instances.items],
      unverified: side.unverified,
      more: clusters?.more === true || instances.more,
      evidence: [...(clusters?.evidence ?? []), ...instances.evidence],
    };
  },
  text: ({ items, unverified, more, evidence }) =>
    textOf(
      [
        `${counted(items.length, 'database')}.`,
        ...items.map(
          (one) =>
            `${one.kind} ${one.id}${one.cluster === null ? '' : ` of ${one.cluster}`}: ${one.status}, ${one.engine} at ${one.address ?? 'no address yet'}:${one.port ?? '?'}, ${one.vpc ?? 'VPC unknown'}, groups ${one.groups.join(', ') || 'none'}`,
        ),
        ...unverifiedLines(unverified),
        ...moreLine(more),
      ],
      evidence,
    ),
});

type Database = z.infer<typeof database>;

/** Everything on the pages; nothing when AWS says that what was asked for by name is not there. */
async function listedOrNone(
  absent: string,
  page: Parameters<typeof collectPages<Database>>[1],
): Promise<Collected<Database>> {
  const read = await orAbsent([absent], () => collectPages(ITEMS_MAX, page));
  return read ?? { items: [], more: false, evidence: [] };
}

function instanceFacts(found: DBInstance): Database {
  return {
    kind: 'instance',
    id: found.DBInstanceIdentifier ?? '',
    cluster: found.DBClusterIdentifier ?? null,
    status: found.DBInstanceStatus ?? 'unknown',
    engine: found.Engine ?? 'unknown',
    address: found.Endpoint?.Address ?? null,
    port: found.Endpoint?.Port ?? null,
    vpc: found.DBSubnetGroup?.VpcId ?? null,
    groups: groupsIn(found.VpcSecurityGroups),
    public: found.PubliclyAccessible ?? null,
  };
}

function clusterFacts(found: DBCluster): Database {
  return {
    kind: 'cluster',
    id: found.DBClusterIdentifier ?? '',
    cluster: null,
    status: found.Status ?? 'unknown',
    engine: found.Engine ?? 'unknown',
    address: found.Endpoint ?? null,
    port: found.Port ?? null,
    vpc: null,
    groups: groupsIn(found.VpcSecurityGroups),
    public: found.PubliclyAccessible ?? null,
  };
}

function groupsIn(groups: DBInstance['VpcSecurityGroups']): string[] {
  return (groups ?? []).flatMap((one) => one.VpcSecurityGroupId ?? []);
}
