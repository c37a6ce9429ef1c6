// EC2 changes of a VPC: its DNS attributes, and endpoints of AWS services inside it.

import type * as Ec2 from '@aws-sdk/client-ec2';
import type { Snapshot } from '../../contract/snapshot.ts';
import { isoTime } from '../../kernel/clock.ts';
import type { SimulatedAccount } from '../account.ts';
import { AwsFault } from '../wire/aws-fault.ts';
import { dryRun } from './ec2-dry-run.ts';
import type { Handler } from './handler.ts';

type Endpoint = Snapshot['ec2']['VpcEndpoints'][number];

// EC2 answers this word in lower case, although the SDK's enumeration spells it differently.
const AVAILABLE = 'available' as 'Available';
/** Services of gateway endpoints; all others have interface endpoints. S3 and DynamoDB have both. */
const GATEWAY = /\.(?:s3|dynamodb)$/;

/** Sets one attribute. Throws InvalidVpcID.NotFound and InvalidParameterCombination. */
export const modifyVpcAttribute: Handler<
  Ec2.ModifyVpcAttributeCommandInput,
  Ec2.ModifyVpcAttributeCommandOutput
> = (input, account) => {
  const id = vpcNamed(account, input.VpcId);
  const support = input.EnableDnsSupport?.Value;
  const hostnames = input.EnableDnsHostnames?.Value;
  if ((support === undefined) === (hostnames === undefined))
    throw new AwsFault(
      'InvalidParameterCombination',
      'Fields for multiple attribute types specified: exactly one attribute can be modified.',
    );
  const before = account.state.ec2.VpcAttributes[id] ?? {};
  if (hostnames === true && before.enableDnsSupport === false)
    throw new AwsFault(
      'InvalidParameterValue',
      'DNS hostnames can only be enabled when DNS support is enabled.',
    );
  account.state.ec2.VpcAttributes[id] = {
    ...before,
    ...(support === undefined ? {} : { enableDnsSupport: support }),
    ...(hostnames === undefined ? {} : { enableDnsHostnames: hostnames }),
  };
  account.changed({
    service: 'ec2',
    operation: 'ModifyVpcAttribute',
    input: { ...input },
    resources: [{ ResourceType: 'AWS::EC2::VPC', ResourceName: id }],
  });
  return {};
};

/**
 * Creates an endpoint. The same client token again answers the same endpoint. Throws InvalidVpcID.NotFound,
 * InvalidServiceName, RouteAlreadyExists, InvalidParameter and the errors of ids that do not exist.
 */
export const createVpcEndpoint: Handler<
  Ec2.CreateVpcEndpointCommandInput,
  Ec2.CreateVpcEndpointCommandOutput
> = (input, account) => {
  const { ec2 } = account.state;
  const vpc = vpcNamed(account, input.VpcId);
  const known = ec2.VpcEndpoints.find(
    (one) => input.ClientToken !== undefined && tokens.get(one) === input.ClientToken,
  );
  if (known !== undefined) return { VpcEndpoint: known, ClientToken: input.ClientToken };
  const type = input.VpcEndpointType ?? 'Gateway';
  const service = input.ServiceName ?? '';
  if (
    !service.startsWith(`com.amazonaws.${account.region}.`) ||
    (type === 'Gateway' && !GATEWAY.test(service))
  )
    throw new AwsFault('InvalidServiceName', `The Vpc Endpoint Service '${service}' does not exist`);
  const endpoint = {
    VpcEndpointId: `vpce-0${account.newHex(16)}`,
    VpcEndpointType: type,
    VpcId: vpc,
    ServiceName: service,
    State: AVAILABLE,
    OwnerId: account.id,
    CreationTimestamp: isoTime(account.now()),
    ...(type === 'Gateway' ? gateway(account, input) : privateLink(account, input)),
  };
  if (input.DryRun === true) throw dryRun();
  if (type === 'Gateway') addRoutes(account, endpoint);
  ec2.VpcEndpoints.push(endpoint);
  if (input.ClientToken !== undefined) tokens.set(endpoint, input.ClientToken);
  account.changed({
    service: 'ec2',
    operation: 'CreateVpcEndpoint',
    input: { ...input },
    resources: [{ ResourceType: 'AWS::EC2::VPCEndpoint', ResourceName: endpoint.VpcEndpointId }],
  });
  return {
    VpcEndpoint: endpoint,
    ...(input.ClientToken === undefined ? {} : { ClientToken: input.ClientToken }),
  };
};

/** The client tokens endpoints were made with; AWS keeps them, too, without showing them. */
const tokens = new WeakMap<Endpoint, string>();

function gateway(account: SimulatedAccount, input: Ec2.CreateVpcEndpointCommandInput): Partial<Endpoint> {
  const { RouteTables } = account.state.ec2;
  const list = prefixListOf(account, input.ServiceName ?? '');
  for (const id of input.RouteTableIds ?? []) {
    const table = RouteTables.find((one) => one.RouteTableId === id);
    if (table === undefined)
      throw new AwsFault('InvalidRouteTableId.NotFound', `The routeTable ID '${id}' does not exist`);
    if ((table.Routes ?? []).some((route) => route.DestinationPrefixListId === list))
      throw new AwsFault(
        'RouteAlreadyExists',
        `route table ${id} already has a route with destination-prefix-list-id ${list}`,
      );
  }
  return {
    RouteTableIds: [...(input.RouteTableIds ?? [])],
    SubnetIds: [],
    Groups: [],
    NetworkInterfaceIds: [],
  };
}

function addRoutes(account: SimulatedAccount, endpoint: Endpoint): void {
  for (const table of account.state.ec2.RouteTables) {
    if (!endpoint.RouteTableIds?.includes(table.RouteTableId)) continue;
    table.Routes = [
      ...(table.Routes ?? []),
      {
        DestinationPrefixListId: prefixListOf(account, endpoint.ServiceName ?? ''),
        GatewayId: endpoint.VpcEndpointId,
        Origin: 'CreateRoute',
        State: 'active',
      },
    ];
  }
}

function prefixListOf(account: SimulatedAccount, service: string): string {
  const list = account.state.ec2.ManagedPrefixLists.find((one) => one.PrefixListName === service);
  if (list === undefined)
    throw new AwsFault('InvalidServiceName', `The Vpc Endpoint Service '${service}' does not exist`);
  return list.PrefixListId;
}

/** An interface endpoint has an interface in each of its subnets, all with its groups. */
function privateLink(account: SimulatedAccount, input: Ec2.CreateVpcEndpointCommandInput): Partial<Endpoint> {
  const { ec2 } = account.state;
  for (const id of input.SubnetIds ?? [])
    if (!ec2.Subnets.some((one) => one.SubnetId === id))
      throw new AwsFault('InvalidSubnetId.NotFound', `The subnet ID '${id}' does not exist`);
  const groups = (input.SecurityGroupIds ?? []).map((id) => {
    const group = ec2.SecurityGroups.find((one) => one.GroupId === id);
    if (group === undefined)
      throw new AwsFault(
        'InvalidSecurityGroupId.NotFound',
        `The security group '${id}' does not exist in VPC '${input.VpcId ?? ''}'`,
      );
    return { GroupId: id, GroupName: group.GroupName ?? id };
  });
  const taken = ec2.VpcEndpoints.some(
    (one) =>
      one.VpcId === input.VpcId && one.ServiceName === input.ServiceName && one.PrivateDnsEnabled === true,
  );
  if (taken && input.PrivateDnsEnabled !== false)
    throw new AwsFault(
      'InvalidParameter',
      `private-dns-enabled cannot be set because there is already a conflicting DNS domain for ${input.ServiceName ?? ''} in the VPC ${input.VpcId ?? ''}`,
    );
  return {
    SubnetIds: [...(input.SubnetIds ?? [])],
    Groups: groups,
    RouteTableIds: [],
    PrivateDnsEnabled: input.PrivateDnsEnabled ?? true,
    NetworkInterfaceIds: [],
  };
}

function vpcNamed(account: SimulatedAccount, id: string | undefined): string {
  const { Vpcs, Subnets } = account.state.ec2;
  // A small snapshot may name its VPC only in its subnets.
  if (id !== undefined && (Vpcs.some((one) => one.VpcId === id) || Subnets.some((one) => one.VpcId === id)))
    return id;
  throw new AwsFault('InvalidVpcID.NotFound', `The vpc ID '${id ?? ''}' does not exist`);
}
