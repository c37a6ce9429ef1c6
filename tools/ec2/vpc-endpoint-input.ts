// The input of a new VPC endpoint. A gateway endpoint lives in route tables, an interface endpoint in subnets behind security groups.

import { z } from 'zod';
import {
  healsField,
  listOf,
  routeTableIdField,
  securityGroupIdField,
  subnetIdField,
  vpcIdField,
} from '../fields.ts';

export const vpcEndpointInput = z
  .strictObject({
    vpc_id: vpcIdField,
    service: z
      .string()
      .regex(/^[a-z][a-z0-9]*(?:[.-][a-z0-9]+){0,5}$/)
      .max(64)
      .describe(
        'The AWS service without its com.amazonaws.<region> part, such as secretsmanager, ecr.dkr or s3.',
      ),
    type: z
      .enum(['Interface', 'Gateway'])
      .describe('Gateway for s3 and dynamodb, which costs nothing; Interface for all others.'),
    subnet_ids: listOf(subnetIdField, 16, 'Interface: subnets that get an address of it.').optional(),
    security_group_ids: listOf(securityGroupIdField, 5, 'Interface: groups that guard it.').optional(),
    route_table_ids: listOf(routeTableIdField, 50, 'Gateway: route tables that get its route.').optional(),
    heals: healsField.optional(),
  })
  .superRefine((input, context) => {
    const issue = (path: string, message: string) =>
      context.addIssue({ code: 'custom', path: [path], message });
    const gateway = input.type === 'Gateway';
    if (gateway && !/^(?:s3|dynamodb)$/.test(input.service))
      issue('type', 'only s3 and dynamodb have gateways');
    if (gateway && input.route_table_ids === undefined)
      issue('route_table_ids', 'a gateway needs route tables');
    if (gateway && (input.subnet_ids ?? input.security_group_ids) !== undefined)
      issue('subnet_ids', 'a gateway has no subnets and no groups');
    if (!gateway && input.subnet_ids === undefined)
      issue('subnet_ids', 'an interface endpoint needs subnets');
    if (!gateway && input.security_group_ids === undefined)
      issue('security_group_ids', 'without groups it would get the default group of the VPC');
    if (!gateway && input.route_table_ids !== undefined)
      issue('route_table_ids', 'an interface endpoint has no route tables');
  });
export type VpcEndpointInput = z.infer<typeof vpcEndpointInput>;
