// Works out a new VPC endpoint against those the VPC has: what changes for every host of the VPC, not only for the one service.

import { z } from 'zod';
import type { Aws } from '../../src/contract/aws.ts';
import { fail } from '../../src/contract/errors.ts';
import type { AwsRequest, PreparedChange } from '../../src/contract/tool.ts';
import { canonicalJson, sha256Hex } from '../../src/kernel/canonical-json.ts';
import { steadySuccess } from '../ecs/steady-success.ts';
import type { VpcEndpointInput } from './vpc-endpoint-input.ts';

export const vpcEndpointState = z.strictObject({
  vpc: z.string(),
  /** Whether the VPC can give an endpoint the service's own name: DNS support and host names are on. */
  privateNames: z.boolean(),
  /** The endpoints of this service in the VPC. */
  present: z.array(
    z.strictObject({
      id: z.string(),
      type: z.string(),
      privateName: z.boolean(),
      routeTables: z.array(z.string()),
    }),
  ),
});
export type VpcEndpointState = z.infer<typeof vpcEndpointState>;

/** AWS takes at most 64 characters. */
const TOKEN_CHARS = 32;

/** Throws `change-unneeded` and `change-unsafe`. */
export async function prepareEndpoint(
  asked: { input: VpcEndpointInput; state: VpcEndpointState; nowMs: number },
  aws: Aws,
): Promise<PreparedChange> {
  const { input, state } = asked;
  requireRoom(input, state);
  const gateway = input.type === 'Gateway';
  const where = gateway ? (input.route_table_ids ?? []) : (input.subnet_ids ?? []);
  const noun = gateway ? 'route table' : 'subnet';
  return {
    title: `Create ${gateway ? 'a gateway' : 'an interface'} endpoint for ${input.service} in ${state.vpc}`,
    call: requestOf(asked, aws.region),
    targets: [state.vpc, ...where],
    diff: {
      caption: `Endpoints for ${input.service} in ${state.vpc}`,
      rows: [
        ...state.present.map((one) => ({ sign: ' ' as const, cells: [one.id, one.type, ''] })),
        ...where.map((id) => ({
          sign: '+' as const,
          cells: [`${input.type} endpoint`, `in ${noun} ${id}`, ''],
        })),
        ...(input.security_group_ids ?? []).map((id) => ({
          sign: '+' as const,
          cells: ['guarded by', id, ''],
        })),
      ],
    },
    blastRadius: {
      summary: gateway
        ? `Every host behind ${where.length === 1 ? 'this route table' : `these ${where.length} route tables`} goes to ${input.service} through it.`
        : `Every host of ${state.vpc} gets its addresses for the name of ${input.service}, also those that went another way until now.`,
      items: where,
    },
    opens: [
      gateway
        ? `${input.service} becomes reachable from the subnets of ${where.length === 1 ? 'this route table' : 'these route tables'}, as far as security groups let them.`
        : `${input.service} becomes reachable on tcp/443 for whom ${(input.security_group_ids ?? []).join(', ')} lets in.`,
      'Its policy is the default one: it lets every request through that IAM allows.',
    ],
    inverse: {
      none: 'Its id is known only once it exists; deleting that endpoint (aws ec2 delete-vpc-endpoints) removes it and nothing else.',
    },
    success: await steadySuccess(input.heals, aws),
    warnings: gateway
      ? ['Connections to it that are open while the route changes are cut.']
      : [
          'Hosts that its security groups do not let in lose the service: its name leads to the endpoint for all of the VPC.',
          `It costs by the hour in each of ${where.length === 1 ? 'its zones (1)' : `its ${where.length} zones`} and by the gigabyte.`,
        ],
    idempotency: 'token',
  };
}

function requireRoom(input: VpcEndpointInput, state: VpcEndpointState): void {
  const same = state.present.find((one) => one.type === input.type);
  if (input.type === 'Gateway') {
    if (same === undefined) return;
    if ((input.route_table_ids ?? []).every((id) => same.routeTables.includes(id)))
      throw fail('change-unneeded', { detail: `${same.id} serves these route tables already` });
    throw fail('change-unsafe', {
      detail: `${state.vpc} has the gateway endpoint ${same.id} for ${input.service} already`,
      advice: 'Add the route tables to that endpoint instead of making another one.',
    });
  }
  const named = state.present.find((one) => one.privateName);
  if (named !== undefined)
    throw fail('change-unneeded', {
      detail: `${named.id} has the private name of ${input.service} in ${state.vpc} already`,
    });
  if (!state.privateNames)
    throw fail('change-unsafe', {
      detail: `${state.vpc} has DNS support or DNS host names off, so the endpoint could not have the name of ${input.service}`,
      advice: 'Turn both on first (ec2_modify_vpc_attribute).',
    });
}

function requestOf(
  { input, state, nowMs }: { input: VpcEndpointInput; state: VpcEndpointState; nowMs: number },
  region: string,
): AwsRequest {
  const { heals: _, ...asked } = input;
  return {
    action: 'ec2:CreateVpcEndpoint',
    input: {
      VpcId: state.vpc,
      ServiceName: `com.amazonaws.${region}.${input.service}`,
      VpcEndpointType: input.type,
      ...(input.type === 'Gateway'
        ? { RouteTableIds: input.route_table_ids }
        : {
            SubnetIds: input.subnet_ids,
            SecurityGroupIds: input.security_group_ids,
            PrivateDnsEnabled: true,
          }),
      ClientToken: sha256Hex(canonicalJson({ asked, state, nowMs })).slice(0, TOKEN_CHARS),
    },
  };
}
