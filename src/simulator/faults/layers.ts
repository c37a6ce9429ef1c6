// Faults of the way to Amazon S3, where ECR keeps the layers of images: the endpoint refuses them, or nothing lets tasks go there.

import { endpointGroupId, prefixListId } from '../accounts/names.ts';
import { permission } from '../accounts/permission.ts';
import type { Fault } from './fault.ts';
import { deployAgain, recordChange } from './people.ts';

export const layerFaults: readonly Fault[] = [
  {
    name: 's3-endpoint-narrowed',
    class: 's3-path-blocked',
    about: "the policy of the S3 gateway endpoint was narrowed to the company's own buckets",
    fits: () => true,
    touchesOthers: true,
    mendable: false,
    inject: (site) => {
      const endpoint = site.account.state.ec2.VpcEndpoints.find((one) => one.VpcEndpointType === 'Gateway');
      const vpcEndpointId = endpoint?.VpcEndpointId ?? '';
      const policyDocument = JSON.stringify({
        Version: '2012-10-17',
        Statement: [
          {
            Effect: 'Allow',
            Principal: '*',
            Action: 's3:*',
            Resource: [
              `arn:aws:s3:::${site.plan.cluster}-assets`,
              `arn:aws:s3:::${site.plan.cluster}-assets/*`,
            ],
          },
        ],
      });
      if (endpoint !== undefined) endpoint.PolicyDocument = policyDocument;
      recordChange(
        site,
        'ec2:ModifyVpcEndpoint',
        { vpcEndpointId, policyDocument },
        { type: 'AWS::EC2::VPCEndpoint', name: vpcEndpointId },
      );
      deployAgain(site);
      return [vpcEndpointId];
    },
  },
  {
    name: 'egress-to-endpoints-only',
    class: 's3-path-blocked',
    about: 'the outbound rules were narrowed to the interface endpoints, and S3 is not one of them',
    fits: (plan, service) => plan.wayOut === 'endpoints' && service.launchType === 'FARGATE',
    mendable: true,
    inject: (site) => {
      const { group } = site.service;
      const found = site.account.state.ec2.SecurityGroups.find((one) => one.GroupId === group);
      if (found !== undefined)
        found.IpPermissionsEgress = [
          ...(found.IpPermissionsEgress ?? []).filter((rule) => rule.FromPort !== 443),
          permission(443, { group: endpointGroupId(site.plan) }),
        ];
      for (const operation of ['RevokeSecurityGroupEgress', 'AuthorizeSecurityGroupEgress'])
        recordChange(
          site,
          `ec2:${operation}`,
          { groupId: group },
          { type: 'AWS::EC2::SecurityGroup', name: group },
        );
      deployAgain(site);
      return [group, prefixListId(site.plan)];
    },
  },
];
