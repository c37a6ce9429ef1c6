// ec2_describe_route_tables: route tables, their routes and subnets.

import type { Route, RouteTable } from '@aws-sdk/client-ec2';
import { z } from 'zod';
import { defineReadTool } from '../../src/contract/tool.ts';
import { listOf, routeTableIdField, subnetIdField, vpcIdField } from '../fields.ts';
import { collectPages } from '../pagination.ts';
import { counted, moreLine, textOf } from '../text-lines.ts';
import { filtersOf, listOutput, named, nameTag, pageOf, RESOURCES_MAX } from './description.ts';

const routeTable = z.object({
  id: z.string(),
  name: z.string().nullable(),
  vpc: z.string(),
  main: z.boolean(),
  subnets: z.array(z.string()),
  routes: z.array(z.object({ destination: z.string(), target: z.string(), state: z.string() })),
});
type RouteTableFacts = z.infer<typeof routeTable>;

export const ec2DescribeRouteTables = defineReadTool({
  name: 'ec2_describe_route_tables',
  summary:
    'Describes route tables: every route with target and state (blackhole means the target is gone) and the subnets that use the table. Find them by id, VPC or subnet; a subnet without a table of its own uses the main table of its VPC.',
  risk: 'read',
  actions: ['ec2:DescribeRouteTables'],
  input: z.strictObject({
    ids: listOf(routeTableIdField, 100, 'Ids of the route tables; leave out to search.').optional(),
    vpc_id: vpcIdField.optional(),
    subnet_id: subnetIdField.optional(),
  }),
  output: listOutput(routeTable),
  target: ({ ids, vpc_id, subnet_id }) => ({
    resources: [
      ...(ids ?? []),
      ...(vpc_id === undefined ? [] : [vpc_id]),
      ...(subnet_id === undefined ? [] : [subnet_id]),
    ],
  }),
  run: async ({ ids, vpc_id, subnet_id }, aws) => {
    const filters = filtersOf({ 'vpc-id': vpc_id, 'association.subnet-id': subnet_id });
    const { items, more, evidence } = await collectPages(RESOURCES_MAX, async (token) => {
      const { output, evidence } = await aws.call('ec2:DescribeRouteTables', {
        ...(ids === undefined ? {} : { RouteTableIds: ids }),
        ...pageOf(ids, filters, token),
      });
      return { items: output.RouteTables ?? [], next: output.NextToken, evidence };
    });
    return { items: items.map(factsOf), more, evidence };
  },
  text: ({ items, more, evidence }) =>
    textOf(
      [`${counted(items.length, 'route table')}.`, ...items.flatMap(linesOf), ...moreLine(more)],
      evidence,
    ),
});

function factsOf(found: RouteTable): RouteTableFacts {
  return {
    id: found.RouteTableId ?? '',
    name: nameTag(found.Tags),
    vpc: found.VpcId ?? '',
    main: (found.Associations ?? []).some(({ Main }) => Main === true),
    subnets: (found.Associations ?? []).flatMap(({ SubnetId }) => (SubnetId === undefined ? [] : [SubnetId])),
    routes: (found.Routes ?? []).map((route) => ({
      destination:
        route.DestinationCidrBlock ?? route.DestinationIpv6CidrBlock ?? route.DestinationPrefixListId ?? '',
      target: targetOfRoute(route),
      state: route.State ?? '',
    })),
  };
}

function linesOf(one: RouteTableFacts): string[] {
  return [
    `${named(one.id, one.name)} in ${one.vpc}${one.main ? ', main table' : ''}; subnets ${one.subnets.join(', ') || 'none of their own'}`,
    ...one.routes.map(({ destination, target, state }) => `  ${destination} → ${target} ${state}`),
  ];
}

/** A route has exactly one of these targets. */
function targetOfRoute(route: Route): string {
  return (
    route.NatGatewayId ??
    route.TransitGatewayId ??
    route.VpcPeeringConnectionId ??
    route.EgressOnlyInternetGatewayId ??
    route.LocalGatewayId ??
    route.CarrierGatewayId ??
    route.CoreNetworkArn ??
    route.InstanceId ??
    route.NetworkInterfaceId ??
    route.GatewayId ??
    'unknown'
  );
}
