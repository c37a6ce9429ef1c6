// ec2_create_vpc_endpoint: proposes an endpoint of an AWS service inside a VPC, for subnets without a way out.

import type { Aws } from '../../src/contract/aws.ts';
import { defineChangeTool } from '../../src/contract/tool.ts';
import { serviceUseActions } from '../ecs/service-use.ts';
import { prepareEndpoint, type VpcEndpointState, vpcEndpointState } from './vpc-endpoint-change.ts';
import { type VpcEndpointInput, vpcEndpointInput } from './vpc-endpoint-input.ts';

export const ec2CreateVpcEndpoint = defineChangeTool({
  name: 'ec2_create_vpc_endpoint',
  summary:
    'Proposes a VPC endpoint of an AWS service, so that subnets without a way to the internet reach it: an interface endpoint (with its private name) or a gateway endpoint (s3, dynamodb). A person approves it before anything changes.',
  risk: 'change',
  actions: [
    'ec2:CreateVpcEndpoint',
    'ec2:DescribeVpcEndpoints',
    'ec2:DescribeVpcAttribute',
    ...serviceUseActions,
  ],
  input: vpcEndpointInput,
  target: ({ vpc_id, subnet_ids, security_group_ids, route_table_ids }) => ({
    resources: [vpc_id, ...(subnet_ids ?? []), ...(security_group_ids ?? []), ...(route_table_ids ?? [])],
  }),
  observe: (input, aws) => observeEndpoints(input, aws),
  prepare: (input, state, aws, { nowMs }) =>
    prepareEndpoint({ input, state: vpcEndpointState.parse(state), nowMs }, aws),
});

async function observeEndpoints(
  { vpc_id: VpcId, service }: VpcEndpointInput,
  aws: Aws,
): Promise<VpcEndpointState> {
  const attribute = (Attribute: 'enableDnsSupport' | 'enableDnsHostnames') =>
    aws.call('ec2:DescribeVpcAttribute', { VpcId, Attribute });
  const [present, support, hostnames] = await Promise.all([
    aws.call('ec2:DescribeVpcEndpoints', {
      Filters: [
        { Name: 'vpc-id', Values: [VpcId] },
        { Name: 'service-name', Values: [`com.amazonaws.${aws.region}.${service}`] },
      ],
    }),
    attribute('enableDnsSupport'),
    attribute('enableDnsHostnames'),
  ]);
  return {
    vpc: VpcId,
    privateNames:
      support.output.EnableDnsSupport?.Value === true && hostnames.output.EnableDnsHostnames?.Value === true,
    present: (present.output.VpcEndpoints ?? []).map((one) => ({
      id: one.VpcEndpointId ?? '',
      type: one.VpcEndpointType ?? 'Gateway',
      privateName: one.PrivateDnsEnabled ?? false,
      routeTables: [...(one.RouteTableIds ?? [])].sort(),
    })),
  };
}
