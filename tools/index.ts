// Every tool of this product. A tool that is not in this list does not exist: the planner is not offered it, policy has
// no action for it and a node refuses it.

import type { Tool } from '../src/contract/tool.ts';
import { ec2AuthorizeSecurityGroupEgress } from './ec2/authorize-security-group-egress.ts';
import { ec2AuthorizeSecurityGroupIngress } from './ec2/authorize-security-group-ingress.ts';
import { ec2RevokeSecurityGroupEgress } from './ec2/revoke-security-group-egress.ts';
import { ec2RevokeSecurityGroupIngress } from './ec2/revoke-security-group-ingress.ts';
import { ecsDescribeClusters } from './ecs/describe-clusters.ts';
import { ecsDescribeServices } from './ecs/describe-services.ts';
import { ecsDescribeTasks } from './ecs/describe-tasks.ts';
import { ecsListClusters } from './ecs/list-clusters.ts';
import { ecsListServices } from './ecs/list-services.ts';
import { ecsListTasks } from './ecs/list-tasks.ts';

export const allTools: readonly Tool[] = [
  ecsListClusters,
  ecsDescribeClusters,
  ecsListServices,
  ecsDescribeServices,
  ecsListTasks,
  ecsDescribeTasks,
  ec2AuthorizeSecurityGroupEgress,
  ec2AuthorizeSecurityGroupIngress,
  ec2RevokeSecurityGroupEgress,
  ec2RevokeSecurityGroupIngress,
];
