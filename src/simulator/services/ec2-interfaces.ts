// EC2 reads about network interfaces, security groups with their rules, and instances.

import type * as Ec2 from '@aws-sdk/client-ec2';
import type { Snapshot, Stored } from '../../contract/snapshot.ts';
import { AwsFault } from '../wire/aws-fault.ts';
import { describe, type FilterTable } from './ec2-filter.ts';
import type { Handler } from './handler.ts';
import { withoutMarks } from './marks.ts';
import { rulesOf, type SecurityGroupRule } from './security-group-rules.ts';

type Section = Snapshot['ec2'];
type Group = Section['SecurityGroups'][number];
type Permission = NonNullable<Group['IpPermissions']>[number];

const interfaceFilters: FilterTable<Section['NetworkInterfaces'][number]> = {
  'network-interface-id': (eni) => [eni.NetworkInterfaceId],
  'vpc-id': (eni) => [eni.VpcId],
  'subnet-id': (eni) => [eni.SubnetId],
  'group-id': (eni) => (eni.Groups ?? []).map((group) => group.GroupId),
  'group-name': (eni) => (eni.Groups ?? []).map((group) => group.GroupName),
  'availability-zone': (eni) => [eni.AvailabilityZone],
  'private-ip-address': (eni) => [eni.PrivateIpAddress],
  'addresses.private-ip-address': (eni) => [
    eni.PrivateIpAddress,
    ...(eni.PrivateIpAddresses ?? []).map((one) => one.PrivateIpAddress),
  ],
  'private-dns-name': (eni) => [eni.PrivateDnsName],
  'association.public-ip': (eni) => [eni.Association?.PublicIp],
  'attachment.instance-id': (eni) => [eni.Attachment?.InstanceId],
  'attachment.attachment-id': (eni) => [eni.Attachment?.AttachmentId],
  'attachment.status': (eni) => [eni.Attachment?.Status],
  description: (eni) => [eni.Description],
  'interface-type': (eni) => [eni.InterfaceType],
  'requester-id': (eni) => [eni.RequesterId],
  'requester-managed': (eni) => [String(eni.RequesterManaged ?? false)],
  'owner-id': (eni) => [eni.OwnerId],
  status: (eni) => [eni.Status],
};

/** Interfaces by id and filter; ids exclude a page size. Throws InvalidNetworkInterfaceID.NotFound. */
export const describeNetworkInterfaces: Handler<
  Ec2.DescribeNetworkInterfacesCommandInput,
  Ec2.DescribeNetworkInterfacesCommandOutput
> = (input, { state }) => {
  const { items, token } = describe({
    action: 'DescribeNetworkInterfaces',
    idsExcludePages: 'networkInterfaceIds',
    items: state.ec2.NetworkInterfaces,
    idOf: (eni) => eni.NetworkInterfaceId,
    ids: input.NetworkInterfaceIds,
    notFound: { code: 'InvalidNetworkInterfaceID.NotFound', noun: 'networkInterface ID' },
    filters: input.Filters,
    table: interfaceFilters,
    maxResults: input.MaxResults,
    nextToken: input.NextToken,
  });
  // The wire calls an interface's tags TagSet; a snapshot may spell them like those of every other object.
  return { NetworkInterfaces: items.map((eni) => ({ ...eni, TagSet: eni.TagSet ?? [] })), ...token };
};

const groupFilters: FilterTable<Group> = {
  'group-id': (group) => [group.GroupId],
  'group-name': (group) => [group.GroupName],
  'vpc-id': (group) => [group.VpcId],
  'owner-id': (group) => [group.OwnerId],
  description: (group) => [group.Description],
  ...permissionFilters('ip-permission', (group) => group.IpPermissions ?? []),
  ...permissionFilters('egress.ip-permission', (group) => group.IpPermissionsEgress ?? []),
};

/** Groups by id, name and filter. Throws InvalidGroup.NotFound and InvalidGroupId.Malformed. */
export const describeSecurityGroups: Handler<
  Ec2.DescribeSecurityGroupsCommandInput,
  Ec2.DescribeSecurityGroupsCommandOutput
> = (input, { state }) => {
  refuseUnknownGroups(state, input.GroupIds);
  const named =
    input.GroupNames === undefined
      ? state.ec2.SecurityGroups
      : state.ec2.SecurityGroups.filter((group) => input.GroupNames?.includes(group.GroupName ?? ''));
  const { items, token } = describe({
    action: 'DescribeSecurityGroups',
    items: named,
    idOf: (group) => group.GroupId,
    ids: input.GroupIds,
    notFound: { code: 'InvalidGroup.NotFound', noun: 'security group' },
    filters: input.Filters,
    table: groupFilters,
    maxResults: input.MaxResults,
    nextToken: input.NextToken,
  });
  return { SecurityGroups: items, ...token };
};

const ruleFilters: FilterTable<SecurityGroupRule> = {
  'group-id': (rule) => [rule.GroupId],
  'security-group-rule-id': (rule) => [rule.SecurityGroupRuleId],
};

/** Rules, one per peer, by id, group and tag. Throws InvalidSecurityGroupRuleId.NotFound. */
export const describeSecurityGroupRules: Handler<
  Ec2.DescribeSecurityGroupRulesCommandInput,
  Ec2.DescribeSecurityGroupRulesCommandOutput
> = (input, account) => {
  const asked = (input.Filters ?? [])
    .filter((filter) => filter.Name === 'group-id')
    .flatMap((filter) => filter.Values ?? []);
  refuseUnknownGroups(
    account.state,
    asked.filter((id) => !/[*?]/.test(id)),
  );
  const { items, token } = describe({
    action: 'DescribeSecurityGroupRules',
    items: account.state.ec2.SecurityGroups.flatMap((group) => rulesOf(group, account.id)),
    idOf: (rule) => rule.SecurityGroupRuleId,
    ids: input.SecurityGroupRuleIds,
    notFound: { code: 'InvalidSecurityGroupRuleId.NotFound', noun: 'security group rule ID' },
    filters: input.Filters,
    table: ruleFilters,
    maxResults: input.MaxResults,
    nextToken: input.NextToken,
  });
  return { SecurityGroupRules: items, ...token };
};

const instanceFilters: FilterTable<Section['Instances'][number]> = {
  'instance-id': (instance) => [instance.InstanceId],
  'vpc-id': (instance) => [instance.VpcId],
  'subnet-id': (instance) => [instance.SubnetId],
  'instance-type': (instance) => [instance.InstanceType],
  'instance-state-name': (instance) => [instance.State?.Name],
  'private-ip-address': (instance) => [instance.PrivateIpAddress],
  'instance.group-id': (instance) => (instance.SecurityGroups ?? []).map((group) => group.GroupId),
  'availability-zone': (instance) => [instance.Placement?.AvailabilityZone],
};

/** Instances by id and filter, each in a reservation of its own. Throws InvalidInstanceID.NotFound. */
export const describeInstances: Handler<
  Ec2.DescribeInstancesCommandInput,
  Ec2.DescribeInstancesCommandOutput
> = (input, account) => {
  const { items, token } = describe({
    action: 'DescribeInstances',
    idsExcludePages: 'instanceIds',
    items: withoutMarks(account.state.ec2.Instances),
    idOf: (instance) => instance.InstanceId,
    ids: input.InstanceIds,
    notFound: { code: 'InvalidInstanceID.NotFound', noun: 'instance ID' },
    filters: input.Filters,
    table: instanceFilters,
    maxResults: input.MaxResults,
    nextToken: input.NextToken,
  });
  const Reservations = items.map((instance) => ({
    ReservationId: `r-${instance.InstanceId.slice(2)}`,
    OwnerId: account.id,
    Groups: [],
    Instances: [instance],
  }));
  return { Reservations, ...token };
};

type Association = Stored<Ec2.IamInstanceProfileAssociation>;

const associationFilters: FilterTable<Association> = {
  'instance-id': ({ InstanceId }) => [InstanceId],
  state: ({ State }) => [State],
};

/** Which instance profile each machine has. Throws what every Describe action throws. */
export const describeIamInstanceProfileAssociations: Handler<
  Ec2.DescribeIamInstanceProfileAssociationsCommandInput,
  Ec2.DescribeIamInstanceProfileAssociationsCommandOutput
> = (input, account) => {
  const { items, token } = describe<Association>({
    action: 'DescribeIamInstanceProfileAssociations',
    items: account.state.ec2.Instances.flatMap(({ InstanceId, IamInstanceProfile: profile }) =>
      profile === undefined
        ? []
        : [
            {
              AssociationId: `iip-assoc-${InstanceId.slice(2)}`,
              InstanceId,
              IamInstanceProfile: profile,
              State: 'associated',
            },
          ],
    ),
    idOf: ({ AssociationId = '' }) => AssociationId,
    ids: input.AssociationIds,
    notFound: { code: 'InvalidAssociationID.NotFound', noun: 'association ID' },
    filters: input.Filters,
    table: associationFilters,
    maxResults: input.MaxResults,
    nextToken: input.NextToken,
  });
  return { IamInstanceProfileAssociations: items, ...token };
};

/** The filters over a group's permissions in one direction, under their documented prefix. */
function permissionFilters(
  prefix: string,
  read: (group: Group) => readonly Permission[],
): FilterTable<Group> {
  return {
    [`${prefix}.cidr`]: (group) =>
      read(group).flatMap((one) => (one.IpRanges ?? []).map((range) => range.CidrIp)),
    [`${prefix}.group-id`]: (group) =>
      read(group).flatMap((one) => (one.UserIdGroupPairs ?? []).map((pair) => pair.GroupId)),
    [`${prefix}.from-port`]: (group) =>
      read(group).map((one) => (one.FromPort === undefined ? undefined : String(one.FromPort))),
    [`${prefix}.to-port`]: (group) =>
      read(group).map((one) => (one.ToPort === undefined ? undefined : String(one.ToPort))),
    [`${prefix}.protocol`]: (group) => read(group).map((one) => one.IpProtocol),
    [`${prefix}.prefix-list-id`]: (group) =>
      read(group).flatMap((one) => (one.PrefixListIds ?? []).map((list) => list.PrefixListId)),
  };
}

function refuseUnknownGroups(state: Snapshot, ids: readonly string[] | undefined): void {
  for (const id of ids ?? []) {
    if (!/^sg-[0-9a-z-]+$/.test(id))
      throw new AwsFault('InvalidGroupId.Malformed', `Invalid id: "${id}" (expecting "sg-...")`);
    if (!state.ec2.SecurityGroups.some((group) => group.GroupId === id)) {
      throw new AwsFault('InvalidGroup.NotFound', `The security group '${id}' does not exist`);
    }
  }
}
