// Every tool of this product. A tool that is not in this list does not exist: the planner is not offered it, policy has
// no action for it and a node refuses it.

import type { Tool } from '../src/contract/tool.ts';
import { applicationAutoscalingDescribeActivities } from './application-autoscaling/describe-activities.ts';
import { applicationAutoscalingDescribePolicies } from './application-autoscaling/describe-policies.ts';
import { applicationAutoscalingDescribeTargets } from './application-autoscaling/describe-targets.ts';
import { applicationAutoscalingPutScalingPolicy } from './application-autoscaling/put-scaling-policy.ts';
import { applicationAutoscalingRegisterScalableTarget } from './application-autoscaling/register-scalable-target.ts';
import { autoscalingDescribeActivities } from './autoscaling/describe-activities.ts';
import { autoscalingDescribeGroups } from './autoscaling/describe-groups.ts';
import { autoscalingUpdateGroup } from './autoscaling/update-group.ts';
import { cloudtrailLookupEvents } from './cloudtrail/lookup-events.ts';
import { cloudwatchDescribeAlarms } from './cloudwatch/describe-alarms.ts';
import { cloudwatchGetMetricData } from './cloudwatch/get-metric-data.ts';
import { codedeployListDeployments } from './codedeploy/list-deployments.ts';
import { serviceCost } from './cost/service-cost.ts';
import { checkNetworkPath } from './diagnose/check-network-path.ts';
import { compareService } from './diagnose/compare-service.ts';
import { diagnoseCluster } from './diagnose/diagnose-cluster.ts';
import { diagnoseContainerInstance } from './diagnose/diagnose-container-instance.ts';
import { diagnoseFamily } from './diagnose/diagnose-family.ts';
import { diagnoseSchedule } from './diagnose/diagnose-schedule.ts';
import { diagnoseService } from './diagnose/diagnose-service.ts';
import { diagnoseTask } from './diagnose/diagnose-task.ts';
import { serviceSteadiness } from './diagnose/service-steadiness.ts';
import { ec2AuthorizeSecurityGroupEgress } from './ec2/authorize-security-group-egress.ts';
import { ec2AuthorizeSecurityGroupIngress } from './ec2/authorize-security-group-ingress.ts';
import { ec2CreateNetworkAclEntry } from './ec2/create-network-acl-entry.ts';
import { ec2CreateVpcEndpoint } from './ec2/create-vpc-endpoint.ts';
import { ec2DeleteNetworkAclEntry } from './ec2/delete-network-acl-entry.ts';
import { ec2DescribeInstanceTypes } from './ec2/describe-instance-types.ts';
import { ec2DescribeInstances } from './ec2/describe-instances.ts';
import { ec2DescribeInternetGateways } from './ec2/describe-internet-gateways.ts';
import { ec2DescribeManagedPrefixLists } from './ec2/describe-managed-prefix-lists.ts';
import { ec2DescribeNatGateways } from './ec2/describe-nat-gateways.ts';
import { ec2DescribeNetworkAcls } from './ec2/describe-network-acls.ts';
import { ec2DescribeNetworkInterfaces } from './ec2/describe-network-interfaces.ts';
import { ec2DescribeRouteTables } from './ec2/describe-route-tables.ts';
import { ec2DescribeSecurityGroups } from './ec2/describe-security-groups.ts';
import { ec2DescribeSubnets } from './ec2/describe-subnets.ts';
import { ec2DescribeVpcAttribute } from './ec2/describe-vpc-attribute.ts';
import { ec2DescribeVpcEndpoints } from './ec2/describe-vpc-endpoints.ts';
import { ec2ModifyVpcAttribute } from './ec2/modify-vpc-attribute.ts';
import { ec2RevokeSecurityGroupEgress } from './ec2/revoke-security-group-egress.ts';
import { ec2RevokeSecurityGroupIngress } from './ec2/revoke-security-group-ingress.ts';
import { ecrDescribeImages } from './ecr/describe-images.ts';
import { ecrDescribeScanFindings } from './ecr/describe-scan-findings.ts';
import { ecrGetRepositoryPolicy } from './ecr/get-repository-policy.ts';
import { ecsDescribeCapacityProviders } from './ecs/describe-capacity-providers.ts';
import { ecsDescribeClusters } from './ecs/describe-clusters.ts';
import { ecsDescribeContainerInstances } from './ecs/describe-container-instances.ts';
import { ecsDescribeServiceDeployments } from './ecs/describe-service-deployments.ts';
import { ecsDescribeServiceRevisions } from './ecs/describe-service-revisions.ts';
import { ecsDescribeServices } from './ecs/describe-services.ts';
import { ecsDescribeTaskDefinition } from './ecs/describe-task-definition.ts';
import { ecsDescribeTasks } from './ecs/describe-tasks.ts';
import { ecsGetTaskProtection } from './ecs/get-task-protection.ts';
import { ecsListAccountSettings } from './ecs/list-account-settings.ts';
import { ecsListAttributes } from './ecs/list-attributes.ts';
import { ecsListClusters } from './ecs/list-clusters.ts';
import { ecsListServices } from './ecs/list-services.ts';
import { ecsListTaskDefinitions } from './ecs/list-task-definitions.ts';
import { ecsListTasks } from './ecs/list-tasks.ts';
import { ecsRegisterTaskDefinition } from './ecs/register-task-definition.ts';
import { ecsStopServiceDeployment } from './ecs/stop-service-deployment.ts';
import { ecsStopTask } from './ecs/stop-task.ts';
import { ecsUpdateContainerInstancesState } from './ecs/update-container-instances-state.ts';
import { ecsUpdateService } from './ecs/update-service.ts';
import { ecsUpdateTaskProtection } from './ecs/update-task-protection.ts';
import { efsDescribeFileSystem } from './efs/describe-file-system.ts';
import { elbv2DescribeListeners } from './elbv2/describe-listeners.ts';
import { elbv2DescribeLoadBalancerAttributes } from './elbv2/describe-load-balancer-attributes.ts';
import { elbv2DescribeLoadBalancers } from './elbv2/describe-load-balancers.ts';
import { elbv2DescribeRules } from './elbv2/describe-rules.ts';
import { elbv2DescribeTargetGroupAttributes } from './elbv2/describe-target-group-attributes.ts';
import { elbv2DescribeTargetGroups } from './elbv2/describe-target-groups.ts';
import { elbv2DescribeTargetHealth } from './elbv2/describe-target-health.ts';
import { elbv2ModifyTargetGroup } from './elbv2/modify-target-group.ts';
import { elbv2ModifyTargetGroupAttributes } from './elbv2/modify-target-group-attributes.ts';
import { eventsListRules } from './events/list-rules.ts';
import { iamGetRole } from './iam/get-role.ts';
import { iamSimulatePolicy } from './iam/simulate-policy.ts';
import { kmsDescribeKey } from './kms/describe-key.ts';
import { logsCreateLogGroup } from './logs/create-log-group.ts';
import { logsDescribeGroups } from './logs/describe-groups.ts';
import { logsDescribeStreams } from './logs/describe-streams.ts';
import { logsFilterEvents } from './logs/filter-events.ts';
import { logsGetEvents } from './logs/get-events.ts';
import { logsPutRetentionPolicy } from './logs/put-retention-policy.ts';
import { logsQuery } from './logs/query.ts';
import { taskLogs } from './logs/task-logs.ts';
import { withinOwnAccount } from './own-account.ts';
import { rdsDescribeDatabases } from './rds/describe-databases.ts';
import { secretsmanagerDescribeSecret } from './secretsmanager/describe-secret.ts';
import { servicediscoveryListInstances } from './servicediscovery/list-instances.ts';
import { servicediscoveryListServices } from './servicediscovery/list-services.ts';
import { servicequotasListQuotas } from './servicequotas/list-quotas.ts';
import { ssmDescribeParameters } from './ssm/describe-parameters.ts';
import { stsGetCallerIdentity } from './sts/get-caller-identity.ts';

const tools: readonly Tool[] = [
  applicationAutoscalingDescribeActivities,
  applicationAutoscalingDescribePolicies,
  applicationAutoscalingDescribeTargets,
  applicationAutoscalingPutScalingPolicy,
  applicationAutoscalingRegisterScalableTarget,
  autoscalingDescribeActivities,
  autoscalingDescribeGroups,
  autoscalingUpdateGroup,
  checkNetworkPath,
  cloudtrailLookupEvents,
  cloudwatchDescribeAlarms,
  cloudwatchGetMetricData,
  codedeployListDeployments,
  compareService,
  diagnoseCluster,
  diagnoseContainerInstance,
  diagnoseFamily,
  diagnoseSchedule,
  diagnoseService,
  diagnoseTask,
  ec2AuthorizeSecurityGroupEgress,
  ec2AuthorizeSecurityGroupIngress,
  ec2CreateNetworkAclEntry,
  ec2CreateVpcEndpoint,
  ec2DeleteNetworkAclEntry,
  ec2DescribeInstanceTypes,
  ec2DescribeInstances,
  ec2DescribeInternetGateways,
  ec2DescribeManagedPrefixLists,
  ec2DescribeNatGateways,
  ec2DescribeNetworkAcls,
  ec2DescribeNetworkInterfaces,
  ec2DescribeRouteTables,
  ec2DescribeSecurityGroups,
  ec2DescribeSubnets,
  ec2DescribeVpcAttribute,
  ec2DescribeVpcEndpoints,
  ec2ModifyVpcAttribute,
  ec2RevokeSecurityGroupEgress,
  ec2RevokeSecurityGroupIngress,
  ecrDescribeImages,
  ecrDescribeScanFindings,
  ecrGetRepositoryPolicy,
  ecsDescribeCapacityProviders,
  ecsDescribeClusters,
  ecsDescribeContainerInstances,
  ecsDescribeServiceDeployments,
  ecsDescribeServiceRevisions,
  ecsDescribeServices,
  ecsDescribeTaskDefinition,
  ecsDescribeTasks,
  ecsGetTaskProtection,
  ecsListAccountSettings,
  ecsListAttributes,
  ecsListClusters,
  ecsListServices,
  ecsListTaskDefinitions,
  ecsListTasks,
  ecsRegisterTaskDefinition,
  ecsStopServiceDeployment,
  ecsStopTask,
  ecsUpdateContainerInstancesState,
  ecsUpdateService,
  ecsUpdateTaskProtection,
  efsDescribeFileSystem,
  elbv2DescribeListeners,
  elbv2DescribeLoadBalancerAttributes,
  elbv2DescribeLoadBalancers,
  elbv2DescribeRules,
  elbv2DescribeTargetGroupAttributes,
  elbv2DescribeTargetGroups,
  elbv2DescribeTargetHealth,
  elbv2ModifyTargetGroup,
  elbv2ModifyTargetGroupAttributes,
  eventsListRules,
  iamGetRole,
  iamSimulatePolicy,
  kmsDescribeKey,
  logsCreateLogGroup,
  logsDescribeGroups,
  logsDescribeStreams,
  logsFilterEvents,
  logsGetEvents,
  logsPutRetentionPolicy,
  logsQuery,
  rdsDescribeDatabases,
  secretsmanagerDescribeSecret,
  serviceCost,
  serviceSteadiness,
  servicediscoveryListInstances,
  servicediscoveryListServices,
  servicequotasListQuotas,
  ssmDescribeParameters,
  stsGetCallerIdentity,
  taskLogs,
];

export const allTools: readonly Tool[] = tools.map(withinOwnAccount);
