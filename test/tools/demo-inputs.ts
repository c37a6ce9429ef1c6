// For every tool an input that makes sense in the demo account. Used wherever all tools are run.

import type { Snapshot } from '../../src/contract/snapshot.ts';
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
import { evidence } from '../support/evidence-account.ts';
import { NOW_MS } from '../support/simulated-aws.ts';
import { addSurroundings } from '../support/surroundings.ts';

export const CLUSTER = 'production-cluster';
export const SERVICE = 'my-web-service';
export const LOG_GROUP = '/ecs/my-web-service';

const snapshot = demoSnapshot(NOW_MS);

const INSTANCE = 'ab12cd34'.repeat(4);
export const HOSTS = 'production-hosts';

/** The demo account with what it has none of and some tools change: a host, and a group of them. */
export function toolAccount(): Snapshot {
  const account = demoSnapshot(NOW_MS);
  account.ecs.containerInstances.push({
    containerInstanceArn: `arn:aws:ecs:us-east-1:123456789012:container-instance/${CLUSTER}/${INSTANCE}`,
    status: 'ACTIVE',
    agentConnected: true,
    runningTasksCount: 3,
  });
  account.autoscaling.AutoScalingGroups.push({
    AutoScalingGroupName: HOSTS,
    MinSize: 1,
    MaxSize: 3,
    DesiredCapacity: 2,
    DefaultCooldown: 300,
    AvailabilityZones: ['us-east-1a'],
    HealthCheckType: 'EC2',
    CreatedTime: '2026-01-02T03:04:05Z',
    Tags: [{ Key: 'managed-by', Value: 'terraform' }],
  });
  addSurroundings(account);
  return account;
}

/** Ids of the tasks of the service that run. */
export const runningTaskIds: readonly string[] = snapshot.ecs.tasks
  .filter((task) => task.group === `service:${SERVICE}` && task.lastStatus === 'RUNNING')
  .map((task) => task.taskArn?.split('/').at(-1) ?? '');

const [taskId = ''] = runningTaskIds;
const ACL = 'acl-0d5e7b3c91f8a2640';
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
  compare_service: [
    { cluster: CLUSTER, service: SERVICE },
    { cluster: CLUSTER, service: SERVICE, revision: `${SERVICE}:41`, task: taskId },
  ],
  service_cost: [{ cluster: CLUSTER, service: SERVICE, days: 2 }],
  task_logs: [{ cluster: CLUSTER, service: SERVICE, task: taskId, container: 'web' }],
  check_network_path: [
    { cluster: CLUSTER, service: SERVICE, port: 5432, group_id: groups.database },
    { cluster: CLUSTER, service: SERVICE, port: 443, host: 'api.example.com' },
  ],
  service_steadiness: [{ cluster: CLUSTER, service: SERVICE }],
  sts_get_caller_identity: [{}],
  cloudtrail_lookup_events: [
    {},
    { resource: groups.app, since: '2026-11-19T00:00:00Z' },
    { event_name: 'UpdateService', include_reads: true },
  ],
  cloudwatch_describe_alarms: [
    {},
    { names: ['web-cpu (high)'], state: 'ALARM' },
    { name_prefix: 'TargetTracking-' },
  ],
  cloudwatch_get_metric_data: [
    {
      namespace: 'AWS/ECS',
      metric: 'CPUUtilization',
      dimensions: [
        { name: 'ClusterName', value: CLUSTER },
        { name: 'ServiceName', value: SERVICE },
      ],
      statistic: 'Maximum',
    },
  ],
  codedeploy_list_deployments: [{}, { application: 'api-app', group: 'api-group' }],
  ec2_describe_instance_types: [{ types: ['m5.large'] }],
  ec2_describe_internet_gateways: [{}, { vpc_id: VPC }],
  ecr_describe_images: [
    { repository: 'my-web-service' },
    { repository: evidence.repository, images: ['v8', 'v9', evidence.digest] },
    { repository: 'my-web-service', registry: '123456789012' },
  ],
  ecr_describe_scan_findings: [{ repository: evidence.repository, image: 'v8' }],
  ecr_get_repository_policy: [{ repository: evidence.repository }],
  ecs_describe_service_revisions: [
    { cluster: CLUSTER, service: SERVICE },
    { cluster: CLUSTER, service: SERVICE, revisions: ['4980306466373577095'] },
  ],
  ecs_get_task_protection: [{ cluster: CLUSTER, tasks: [...runningTaskIds] }],
  ecs_list_account_settings: [{}],
  ecs_list_attributes: [{ cluster: CLUSTER }, { cluster: CLUSTER, name: 'ecs.instance-type' }],
  efs_describe_file_system: [{ file_system: evidence.fileSystem }],
  elbv2_describe_load_balancer_attributes: [{ load_balancer_arn: BALANCER_ARN }],
  events_list_rules: [{ cluster: CLUSTER }],
  iam_get_role: [{ role: 'ecsTaskExecutionRole' }],
  iam_simulate_policy: [
    { role: 'ecsTaskExecutionRole', actions: ['ecr:BatchGetImage', 'logs:CreateLogGroup'] },
    {
      role: 'ecsTaskExecutionRole',
      actions: ['s3:GetObject'],
      resources: ['arn:aws:s3:::config/app.env'],
      context: [{ key: 'aws:SourceVpc', value: VPC }],
    },
  ],
  kms_describe_key: [{ key: 'alias/api' }, { key: evidence.key }],
  logs_describe_groups: [{}, { prefix: '/ecs/' }],
  logs_query: [
    {
      log_groups: [LOG_GROUP],
      query: 'filter @message like /(?i)timeout/ | stats count(*) as n by bin(5m)',
      since: '2026-11-20T09:00:00Z',
    },
  ],
  rds_describe_databases: [{}, { id: 'production-db' }],
  secretsmanager_describe_secret: [{ secret: 'prod/api/db' }],
  servicediscovery_list_instances: [{ service_id: evidence.discovery }],
  servicediscovery_list_services: [{}, { namespace_id: evidence.namespace }],
  servicequotas_list_quotas: [{ service: 'fargate' }, { service: 'fargate', codes: [evidence.quota] }],
  ssm_describe_parameters: [{ names: ['/prod/api/url', '/prod/api/none'] }],
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
    {
      cluster: CLUSTER,
      service: SERVICE,
      assign_public_ip: true,
      subnets: [...subnets.public],
      security_groups: [groups.app, groups.worker],
    },
    {
      cluster: CLUSTER,
      service: SERVICE,
      minimum_healthy_percent: 50,
      maximum_percent: 200,
      circuit_breaker: 'roll-back',
      enable_execute_command: true,
    },
    {
      cluster: CLUSTER,
      service: SERVICE,
      capacity_providers: [
        { provider: 'FARGATE', weight: 1, base: 1 },
        { provider: 'FARGATE_SPOT', weight: 3 },
      ],
    },
  ],
  ecs_stop_task: [{ cluster: CLUSTER, task: taskId, reason: 'It\'s hung: $(date) `id` "quoted" \\ end' }],
  logs_create_log_group: [
    { log_group: '/ecs/reports', heals: { cluster: CLUSTER, service: SERVICE } },
    { log_group: 'reports.#1_a-b' },
  ],
  logs_put_retention_policy: [
    { log_group: LOG_GROUP, days: '90' },
    { log_group: LOG_GROUP, days: 'for-ever' },
  ],
  ec2_create_network_acl_entry: [
    {
      network_acl_id: ACL,
      direction: 'ingress',
      protocol: 'tcp',
      from_port: 1024,
      to_port: 65535,
      cidr: '2001:db8::/32',
      heals: { cluster: CLUSTER, service: SERVICE },
    },
    {
      network_acl_id: ACL,
      direction: 'egress',
      protocol: 'udp',
      from_port: 53,
      to_port: 53,
      cidr: '2001:db8::/64',
      rule_number: 90,
    },
  ],
  ec2_delete_network_acl_entry: [{ network_acl_id: ACL, direction: 'egress', rule_number: 100 }],
  ec2_modify_vpc_attribute: [
    { vpc_id: VPC, attribute: 'enable_dns_support', value: false },
    {
      vpc_id: VPC,
      attribute: 'enable_dns_hostnames',
      value: false,
      heals: { cluster: CLUSTER, service: SERVICE },
    },
  ],
  ec2_create_vpc_endpoint: [
    {
      vpc_id: VPC,
      service: 'secretsmanager',
      type: 'Interface',
      subnet_ids: [...subnets.private],
      security_group_ids: [groups.worker],
      heals: { cluster: CLUSTER, service: SERVICE },
    },
    { vpc_id: VPC, service: 'dynamodb', type: 'Gateway', route_table_ids: ['rtb-0c3e8d17f6a2b9054'] },
  ],
  elbv2_modify_target_group: [
    { target_group_arn: targetGroupArn(SERVICE), path: '/ready?full=1&x=%41', codes: '200-299,302' },
    {
      target_group_arn: targetGroupArn(SERVICE),
      port: '8081',
      interval_seconds: 20,
      timeout_seconds: 10,
      healthy_threshold: 3,
      unhealthy_threshold: 5,
      heals: { cluster: CLUSTER, service: SERVICE },
    },
  ],
  elbv2_modify_target_group_attributes: [
    { target_group_arn: targetGroupArn(SERVICE), deregistration_delay_seconds: 30 },
  ],
  ecs_register_task_definition: [
    {
      task_definition: SERVICE,
      memory: 4096,
      cpu: 1024,
      container: 'web',
      container_memory_reservation: 1024,
    },
    {
      task_definition: SERVICE,
      container: 'web',
      image_tag: '2.0.1',
      command: ['node', 'server.js', '--port=8080', 'it\'s "so"; $(x)'],
      health_check_command: ['CMD-SHELL', 'curl -f http://localhost:8080/ || exit 1'],
      stop_timeout_seconds: 60,
      cpu_architecture: 'ARM64',
    },
  ],
  ecs_update_container_instances_state: [
    { cluster: CLUSTER, container_instances: [INSTANCE], status: 'DRAINING' },
  ],
  ecs_update_task_protection: [{ cluster: CLUSTER, tasks: [taskId], protect: true, minutes: 30 }],
  ecs_stop_service_deployment: [{ cluster: CLUSTER, service: SERVICE }],
  application_autoscaling_register_scalable_target: [
    { cluster: CLUSTER, service: 'checkout', min_capacity: 2, max_capacity: 10 },
    { cluster: CLUSTER, service: 'checkout', pause_scale_in: true },
  ],
  application_autoscaling_put_scaling_policy: [
    {
      cluster: CLUSTER,
      service: 'checkout',
      policy: 'checkout-cpu',
      target_value: 50,
      scale_in_cooldown: 120,
    },
    {
      cluster: CLUSTER,
      service: 'checkout',
      policy: 'checkout-memory',
      metric: 'ECSServiceAverageMemoryUtilization',
      target_value: 70,
    },
  ],
  autoscaling_update_group: [{ group: HOSTS, max_size: 5, heals: { cluster: CLUSTER, service: SERVICE } }],
};
