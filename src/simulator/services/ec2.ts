// The EC2 operations that are simulated.

import { createNetworkAclEntry, deleteNetworkAclEntry } from './ec2-acl-changes.ts';
import {
  authorizeSecurityGroupEgress,
  authorizeSecurityGroupIngress,
  revokeSecurityGroupEgress,
  revokeSecurityGroupIngress,
} from './ec2-changes.ts';
import { describeInstanceTypes } from './ec2-instance-types.ts';
import {
  describeIamInstanceProfileAssociations,
  describeInstances,
  describeNetworkInterfaces,
  describeSecurityGroupRules,
  describeSecurityGroups,
} from './ec2-interfaces.ts';
import {
  describeInternetGateways,
  describeManagedPrefixLists,
  describeNatGateways,
  describeNetworkAcls,
  describeRouteTables,
  describeSubnets,
  describeVpcAttribute,
  describeVpcEndpoints,
  describeVpcs,
  getManagedPrefixListEntries,
} from './ec2-network.ts';
import { createVpcEndpoint, modifyVpcAttribute } from './ec2-vpc-changes.ts';
import type { HandlerTable } from './handler.ts';

export const ec2Handlers: HandlerTable = {
  DescribeVpcs: describeVpcs,
  DescribeVpcAttribute: describeVpcAttribute,
  DescribeSubnets: describeSubnets,
  DescribeRouteTables: describeRouteTables,
  DescribeNetworkAcls: describeNetworkAcls,
  DescribeVpcEndpoints: describeVpcEndpoints,
  DescribeNatGateways: describeNatGateways,
  DescribeInternetGateways: describeInternetGateways,
  DescribeManagedPrefixLists: describeManagedPrefixLists,
  GetManagedPrefixListEntries: getManagedPrefixListEntries,
  DescribeNetworkInterfaces: describeNetworkInterfaces,
  DescribeSecurityGroups: describeSecurityGroups,
  DescribeSecurityGroupRules: describeSecurityGroupRules,
  DescribeInstances: describeInstances,
  DescribeIamInstanceProfileAssociations: describeIamInstanceProfileAssociations,
  DescribeInstanceTypes: describeInstanceTypes,
  AuthorizeSecurityGroupIngress: authorizeSecurityGroupIngress,
  AuthorizeSecurityGroupEgress: authorizeSecurityGroupEgress,
  RevokeSecurityGroupIngress: revokeSecurityGroupIngress,
  RevokeSecurityGroupEgress: revokeSecurityGroupEgress,
  CreateNetworkAclEntry: createNetworkAclEntry,
  DeleteNetworkAclEntry: deleteNetworkAclEntry,
  ModifyVpcAttribute: modifyVpcAttribute,
  CreateVpcEndpoint: createVpcEndpoint,
};
