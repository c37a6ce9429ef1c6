// For every tool an input that makes sense in the demo account. Used wherever all tools are run.

import {
  BALANCER_ARN,
  groups,
  LISTENER_ARN,
  S3_PREFIX_LIST,
  subnets,
  targetGroupArn,
  VPC,
} from '../../src/simulator/demo/names.ts';
import { demoSnapshot } from '../../src/simulator/demo-account.ts';
import { NOW_MS } from '../support/simulated-aws.ts';

export const CLUSTER = 'production-cluster';
export const SERVICE = 'my-web-service';
export const LOG_GROUP = '/ecs/my-web-service';

const snapshot = demoSnapshot(NOW_MS);

/** Ids of the tasks of the service that run. */
export const runningTaskIds: readonly string[] = snapshot.ecs.tasks
  .filter((task) => task.group === `service:${SERVICE}` && task.lastStatus === 'RUNNING')
  .map((task) => task.taskArn?.split('/').at(-1) ?? '');

const [taskId = ''] = runningTaskIds;
const [networkInterface] = snapshot.ec2.NetworkInterfaces;

/** The rule the demo's service lacks. */
export const missingRule = {
  group_id: groups.app,
  protocol: 'tcp',
  from_port: 5432,
  to_port: 5432,
  peer: { group_id: groups.database },
  description: 'PostgreSQL to the database',
  heals: { cluster: CLUSTER, service: SERVICE },
};

export const demoInputs: Readonly<Record<string, readonly Readonly<Record<string, unknown>>[]>> = {
  diagnose_cluster: [{ cluster: CLUSTER, deep: 1 }],
  diagnose_family: [{ family: SERVICE, cluster: CLUSTER }],
  diagnose_task: [{ cluster: CLUSTER, task: taskId }],
  ecs_list_clusters: [{}],
  ecs_describe_clusters: [{}, { clusters: [CLUSTER] }],
  ecs_list_services: [{ cluster: CLUSTER }],
  ecs_describe_services: [{ cluster: CLUSTER, services: [SERVICE, 'checkout'] }],
  ecs_list_tasks: [
    { cluster: CLUSTER, service: SERVICE },
    { cluster: CLUSTER, family: SERVICE, desired_status: 'STOPPED' },
  ],
  ecs_describe_tasks: [{ cluster: CLUSTER, tasks: [...runningTaskIds] }],
  ecs_list_task_definitions: [{ family: SERVICE }],
  ecs_describe_task_definition: [{ task_definition: SERVICE }, { task_definition: `${SERVICE}:41` }],
  logs_filter_events: [
    { log_group: LOG_GROUP, pattern: '"Database connection timeout"', limit: 20 },
    { log_group: LOG_GROUP, pattern: '-INFO', since: '2026-11-20T09:00:00Z', until: '2026-11-20T10:00:00Z' },
    { log_group: LOG_GROUP, log_streams: [`ecs/web/${taskId}`] },
  ],
  logs_get_events: [{ log_group: LOG_GROUP, log_stream: `ecs/web/${taskId}`, limit: 10 }],
  logs_describe_streams: [{ log_group: LOG_GROUP }, { log_group: LOG_GROUP, prefix: 'ecs/web/' }],
  ec2_describe_network_interfaces: [
    { ids: [networkInterface?.NetworkInterfaceId ?? ''] },
    { security_group_id: groups.database, private_ip: '10.0.20.15' },
  ],
  ec2_describe_security_groups: [{ ids: [groups.app, groups.database] }, { vpc_id: VPC }],
  ec2_describe_subnets: [{ ids: [...subnets.private] }, { vpc_id: VPC }],
  ec2_describe_route_tables: [{ vpc_id: VPC }, { subnet_id: subnets.private[0] }],
  ec2_describe_network_acls: [{ vpc_id: VPC }, { subnet_id: subnets.private[0] }],
  ec2_describe_vpc_endpoints: [{ vpc_id: VPC }],
  ec2_describe_nat_gateways: [{ vpc_id: VPC }, {}],
  ec2_describe_instances: [{ vpc_id: VPC }],
  ec2_describe_vpc_attribute: [{ vpc_id: VPC }],
  ec2_describe_managed_prefix_lists: [{}, { ids: [S3_PREFIX_LIST] }],
  ecs_describe_container_instances: [
    { cluster: CLUSTER },
    { cluster: CLUSTER, ids: ['0123456789abcdef'.repeat(2)] },
  ],
  ecs_describe_capacity_providers: [{}, { names: ['FARGATE'] }],
  ecs_describe_service_deployments: [{ cluster: CLUSTER, service: SERVICE }],
  elbv2_describe_load_balancers: [{}, { arns: [BALANCER_ARN] }],
  elbv2_describe_listeners: [{ load_balancer_arn: BALANCER_ARN }],
  elbv2_describe_rules: [{ listener_arn: LISTENER_ARN }],
  elbv2_describe_target_group_attributes: [{ target_group_arn: targetGroupArn(SERVICE) }],
  application_autoscaling_describe_targets: [{ cluster: CLUSTER, service: SERVICE }],
  application_autoscaling_describe_policies: [{ cluster: CLUSTER, service: SERVICE }],
  application_autoscaling_describe_activities: [{ cluster: CLUSTER, service: SERVICE }],
  autoscaling_describe_groups: [{}, { names: ['production-hosts'] }],
  autoscaling_describe_activities: [{}],
  elbv2_describe_target_groups: [{}, { arns: [targetGroupArn(SERVICE)] }],
  elbv2_describe_target_health: [{ target_group_arn: targetGroupArn(SERVICE) }],
  diagnose_service: [{ cluster: CLUSTER, service: SERVICE }],
  task_logs: [{ cluster: CLUSTER, service: SERVICE, task: taskId, container: 'web' }],
  check_network_path: [
    { cluster: CLUSTER, service: SERVICE, port: 5432, group_id: groups.database },
    { cluster: CLUSTER, service: SERVICE, port: 443, host: 'api.example.com' },
  ],
  service_steadiness: [{ cluster: CLUSTER, service: SERVICE }],
  sts_get_caller_identity: [{}],
  ec2_authorize_security_group_egress: [
    missingRule,
    { group_id: groups.app, protocol: 'udp', from_port: 53, peer: { cidr: '10.0.0.2/32' } },
    {
      group_id: groups.app,
      protocol: 'all',
      peer: { cidr: '2001:db8::/32' },
      description: 'all; [v6] {x}=$y',
    },
    { group_id: groups.app, protocol: 'tcp', from_port: 443, peer: { prefix_list_id: S3_PREFIX_LIST } },
  ],
  ec2_authorize_security_group_ingress: [
    { group_id: groups.database, protocol: 'tcp', from_port: 5432, peer: { group_id: groups.worker } },
    { group_id: groups.app, protocol: 'icmp', peer: { cidr: '10.0.0.0/16' } },
  ],
  ec2_revoke_security_group_egress: [
    { group_id: groups.app, protocol: 'tcp', from_port: 6379, peer: { group_id: groups.cache } },
    { group_id: groups.database, protocol: 'all', peer: { cidr: '0.0.0.0/0' } },
  ],
  ec2_revoke_security_group_ingress: [
    { group_id: groups.database, protocol: 'tcp', from_port: 5432, peer: { group_id: groups.app } },
  ],
  ecs_update_service: [
    { cluster: CLUSTER, service: SERVICE, desired_count: 6 },
    { cluster: CLUSTER, service: SERVICE, task_definition: `${SERVICE}:41`, force_new_deployment: true },
    { cluster: CLUSTER, service: SERVICE, health_check_grace_seconds: 300 },
  ],
  ecs_stop_task: [{ cluster: CLUSTER, task: taskId, reason: 'It\'s hung: $(date) `id` "quoted" \\ end' }],
};
