// Every cause as a noun, and the state that decides it: an API and its field, for a person or a planner to look at next.

import type { CauseClass } from '../../contract/finding.ts';

export interface CauseNote {
  /** Reads on after "points to". */
  readonly noun: string;
  readonly confirmWith: readonly string[];
}

export const causeNotes: Readonly<Record<CauseClass, CauseNote>> = {
  'no-egress-route': note('a subnet without a working default route', [
    'ec2:DescribeRouteTables Routes[] of every task subnet (the VPC main table where none is associated): 0.0.0.0/0 to a NAT gateway, state active',
    'ec2:DescribeNatGateways State, and the routes of the NAT gateway’s own subnet',
  ]),
  'public-subnet-no-public-ip': note('a task in a public subnet without a public address', [
    'ecs:DescribeServices networkConfiguration.awsvpcConfiguration.assignPublicIp',
    'ec2:DescribeRouteTables Routes[]: is the default route an igw-…?',
    'ec2:DescribeNetworkInterfaces Association.PublicIp of the task’s interface',
  ]),
  'task-sg-egress-blocked': note('a missing outbound rule of the task security group', [
    'ec2:DescribeSecurityGroups IpPermissionsEgress of the service’s groups, for the destination’s port',
    'tool check_network_path: hop security-group-egress',
  ]),
  'nacl-blocked': note('a network ACL that drops requests or replies', [
    'ec2:DescribeNetworkAcls Entries[] of the task subnet: outbound port, and inbound 1024-65535 for replies',
  ]),
  'missing-vpc-endpoint': note('a VPC endpoint that is missing or refuses', [
    'ec2:DescribeVpcEndpoints ServiceName, State, PrivateDnsEnabled, SubnetIds, PolicyDocument',
    'ec2:DescribeSecurityGroups IpPermissions of the endpoint’s groups: 443 from the task',
  ]),
  's3-path-blocked': note('a closed way to Amazon S3 (image layers, environment files)', [
    'ec2:DescribeVpcEndpoints RouteTableIds and PolicyDocument of the S3 gateway endpoint',
    'ec2:DescribeSecurityGroups IpPermissionsEgress[].PrefixListIds: the S3 prefix list on 443',
  ]),
  'vpc-dns-misconfig': note('names that the VPC cannot resolve', [
    'ec2:DescribeVpcAttribute EnableDnsSupport and EnableDnsHostnames',
    'ec2:DescribeVpcEndpoints PrivateDnsEnabled; the Cloud Map namespace of serviceRegistries',
  ]),
  'dependency-unreachable': note('a database or peer that the application cannot reach', [
    'tool check_network_path from the task to the destination’s port',
    'ec2:DescribeSecurityGroups IpPermissions of the destination and IpPermissionsEgress of the task',
  ]),
  'subnet-ip-exhaustion': note('a subnet without free addresses', [
    'ec2:DescribeSubnets AvailableIpAddressCount of every subnet of the service',
  ]),
  'eni-allocation-failure': note('a network interface that could not be made or attached', [
    'ecs:DescribeTasks attachments[].status and details',
    'ec2:DescribeInstances NetworkInterfaces[] against the type’s limit; ecs:DescribeContainerInstances attribute ecs.awsvpc-trunk-id',
  ]),
  'exec-role-secret-denied': note('an execution role that may not read the secret, parameter, file or key', [
    'ecs:DescribeTaskDefinition executionRoleArn, containerDefinitions[].secrets and environmentFiles',
    'iam:SimulatePrincipalPolicy for secretsmanager:GetSecretValue, ssm:GetParameters, s3:GetObject, kms:Decrypt; the key policy',
  ]),
  'exec-role-ecr-denied': note('a pulling role without permission on the repository', [
    'iam:SimulatePrincipalPolicy for ecr:BatchGetImage, ecr:GetDownloadUrlForLayer, ecr:GetAuthorizationToken on the role the message names',
    'ecr:GetRepositoryPolicy when the registry is another account’s',
  ]),
  'exec-role-logs-denied': note('an execution role that may not create the log stream or group', [
    'iam:SimulatePrincipalPolicy for logs:CreateLogStream, logs:CreateLogGroup, logs:PutLogEvents',
    'ecs:DescribeTaskDefinition logConfiguration.options awslogs-create-group',
  ]),
  'role-assume-failed': note('a role that ECS cannot assume', [
    'iam:GetRole AssumeRolePolicyDocument: ecs-tasks.amazonaws.com (task) or ecs.amazonaws.com (service); CreateDate',
    'ecs:DescribeTaskDefinition taskRoleArn and executionRoleArn',
  ]),
  'passrole-denied': note('a caller that may not pass the role', [
    'iam:SimulatePrincipalPolicy for iam:PassRole of the caller on the role the message names',
    'cloudtrail:LookupEvents errorCode of RunTask, CreateService or RegisterTaskDefinition',
  ]),
  'task-role-denied': note('a task role that is missing or too narrow for the application’s call', [
    'ecs:DescribeTaskDefinition taskRoleArn (absent: no task role in effect)',
    'iam:SimulatePrincipalPolicy for the action and resource the message names',
  ]),
  'task-credentials-unavailable': note('role credentials that the container cannot obtain', [
    'ecs:DescribeTaskDefinition taskRoleArn; environment for AWS_ACCESS_KEY_ID or a proxy without NO_PROXY=169.254.170.2',
    'ecs:DescribeContainerInstances agentConnected and versionInfo, on EC2',
  ]),
  'image-not-found': note('an image, tag, digest or repository that does not exist', [
    'ecr:DescribeImages by tag and by digest; ecr:DescribeRepositories',
    'ecs:DescribeTaskDefinition containerDefinitions[].image',
  ]),
  'private-registry-auth': note('a registry that wants credentials', [
    'ecs:DescribeTaskDefinition containerDefinitions[].repositoryCredentials',
    'secretsmanager:DescribeSecret of those credentials',
  ]),
  'registry-rate-limit': note('a registry that limits pulls', [
    'ecs:DescribeTaskDefinition containerDefinitions[].image (registry) and repositoryCredentials',
    'ecs:DescribeServices events[]: how many tasks started at the same time behind one NAT address',
  ]),
  'platform-mismatch': note('an image for another processor or operating system', [
    'ecs:DescribeTaskDefinition runtimePlatform',
    'ecr:BatchGetImage imageManifest: the platforms of the image',
  ]),
  'secret-reference-invalid': note('a secret or parameter reference that leads nowhere', [
    'ecs:DescribeTaskDefinition containerDefinitions[].secrets[].valueFrom: account, region, key, version',
    'secretsmanager:DescribeSecret DeletedDate; ssm:DescribeParameters Name',
  ]),
  'log-group-missing': note('a log group that does not exist in the configured region', [
    'ecs:DescribeTaskDefinition logConfiguration.options awslogs-group and awslogs-region',
    'logs:DescribeLogGroups logGroupName in that region',
  ]),
  'log-pipeline-failure': note('a log driver or router that fails or holds the task up', [
    'ecs:DescribeTaskDefinition logConfiguration (driver, mode, max-buffer-size) and firelensConfiguration',
    'ecs:DescribeTasks containers[] exitCode of the log router; its own log stream',
  ]),
  'invalid-task-definition': note('a task definition that is invalid or unsupported', [
    'ecs:DescribeTaskDefinition cpu, memory, networkMode, requiresCompatibilities and the field the message names',
    'cloudtrail:LookupEvents requestParameters of the rejected call',
  ]),
  'entrypoint-invalid': note('a command that cannot be run', [
    'ecs:DescribeTaskDefinition containerDefinitions[] entryPoint, command, workingDirectory, mountPoints',
    'ecs:DescribeTasks containers[] exitCode (126, 127) and reason',
  ]),
  'app-config-error': note('an application that ends for its own configuration', [
    'tool task_logs: last lines of the container that failed first',
    'ecs:DescribeTaskDefinition environment and secrets against the previous revision',
  ]),
  'app-clean-exit': note('a main process that ended by itself', [
    'ecs:DescribeTasks containers[] exitCode 0, with reason empty',
    'tool task_logs: does the log end normally?',
  ]),
  'oom-killed': note('a container that ran out of memory', [
    'ecs:DescribeTasks containers[] reason (OutOfMemory) and exitCode',
    'ecs:DescribeTaskDefinition memory of container and task; cloudwatch:GetMetricData MemoryUtilization',
  ]),
  'native-crash': note('a crash in native code', [
    'ecs:DescribeTasks containers[] exitCode 139 or 134',
    'tool task_logs: last lines; ecs:DescribeServices deployments[]: since which revision',
  ]),
  'container-dependency-failed': note('a container that another one waits for in vain', [
    'ecs:DescribeTaskDefinition containerDefinitions[].dependsOn, startTimeout, healthCheck',
    'ecs:DescribeTasks containers[] lastStatus, exitCode, healthStatus of the one waited for',
  ]),
  'lb-sg-ingress-missing': note('a load balancer that may not reach the task’s port', [
    'ec2:DescribeSecurityGroups IpPermissions of the task: traffic and health port from the load balancer’s group',
    'elbv2:DescribeTargetHealth TargetHealth.Reason Target.Timeout',
  ]),
  'lb-healthcheck-misconfig': note('a target health check with the wrong path, codes, protocol or timing', [
    'elbv2:DescribeTargetGroups HealthCheckPath, Matcher, HealthCheckProtocol, HealthCheckPort, HealthCheckTimeoutSeconds',
    'elbv2:DescribeTargetHealth TargetHealth.Reason and Description (the code that came back)',
  ]),
  'slow-start-grace': note('an application that starts slower than the checks allow', [
    'ecs:DescribeServices healthCheckGracePeriodSeconds against startedAt and the first success in the log',
    'ecs:DescribeTaskDefinition healthCheck.startPeriod; elbv2:DescribeTargetGroups interval × UnhealthyThresholdCount',
  ]),
  'app-bind-address': note('an application that listens on the wrong address', [
    'tool task_logs: the line that says where it listens (0.0.0.0 or 127.0.0.1)',
    'ecs:DescribeTaskDefinition portMappings[].containerPort; elbv2:DescribeTargetHealth Reason Target.FailedHealthChecks',
  ]),
  'container-healthcheck-invalid': note('a container health check that cannot succeed', [
    'ecs:DescribeTaskDefinition healthCheck.command (CMD-SHELL, is the tool in the image, localhost or ::1)',
    'ecs:DescribeTasks containers[].healthStatus',
  ]),
  'graceful-shutdown-gap': note('a stop that does not end in time or drops requests', [
    'ecs:DescribeTasks stopCode, stoppingAt → stoppedAt against stopTimeout',
    'elbv2:DescribeTargetGroupAttributes deregistration_delay.timeout_seconds',
  ]),
  'insufficient-cluster-resources': note('hosts without enough free CPU or memory', [
    'ecs:DescribeContainerInstances remainingResources of all hosts against the task definition’s cpu and memory',
  ]),
  'host-port-conflict': note('a host port that is taken', [
    'ecs:DescribeTaskDefinition portMappings[].hostPort (not 0)',
    'ecs:DescribeContainerInstances remainingResources PORTS; deploymentConfiguration.minimumHealthyPercent',
  ]),
  'instance-registration-failed': note('an instance that runs but did not join the cluster', [
    'ec2:DescribeInstances running, against ecs:ListContainerInstances',
    'user data ECS_CLUSTER, instance profile, and the way to ecs, ecs-agent, ecs-telemetry on 443',
  ]),
  'asg-capacity-failure': note('an Auto Scaling group that cannot supply instances', [
    'autoscaling:DescribeScalingActivities StatusMessage',
    'autoscaling:DescribeAutoScalingGroups MaxSize, DesiredCapacity; ecs:DescribeCapacityProviders managedScaling',
  ]),
  'agent-disconnected': note('an ECS agent or Docker daemon that does not answer', [
    'ecs:DescribeContainerInstances agentConnected, status, versionInfo',
    'ec2:DescribeInstanceStatus; the agent’s log on the host',
  ]),
  'placement-constraint-unmet': note('a host attribute or placement constraint that is not met', [
    'ecs:DescribeTaskDefinition requiresAttributes and placementConstraints against ecs:DescribeContainerInstances attributes',
    'ecs:DescribeServices placementConstraints',
  ]),
  'fargate-capacity-unavailable': note('an Availability Zone without Fargate capacity', [
    'ec2:DescribeSubnets AvailabilityZone of the service’s subnets (all in one?)',
    'ecs:DescribeServices capacityProviderStrategy, events[]',
  ]),
  'fargate-quota': note('a quota on running tasks or vCPUs', [
    'servicequotas:GetServiceQuota Fargate vCPUs against cloudwatch AWS/Usage ResourceCount',
    'ecs:DescribeServices deploymentConfiguration.maximumPercent',
  ]),
  'api-throttling': note('calls that come faster than AWS allows', [
    'cloudtrail:LookupEvents errorCode ThrottlingException: which caller',
    'ecs:DescribeServices events[]: does it pass by itself?',
  ]),
  'infrastructure-interruption': note(
    'a host, Spot capacity or scaling that ended the task, often harmlessly',
    [
      'ecs:DescribeTasks stopCode (SpotInterruption, TerminationNotice, ServiceSchedulerInitiated, UserInitiated)',
      'ec2:DescribeInstances StateReason; ecs:DescribeServices runningCount against desiredCount',
    ],
  ),
  'deployment-settings': note(
    'settings that hold the deployment up, or a breaker that only reports failing tasks',
    [
      'ecs:DescribeServices deployments[] rolloutState, failedTasks; deploymentConfiguration',
      'ecs:DescribeTasks stoppedReason of the tasks the PRIMARY deployment started: the cause behind the breaker',
    ],
  ),
  'deployment-controller-mismatch': note('an action that the deployment controller does not allow', [
    'ecs:DescribeServices deploymentController.type',
  ]),
  'lb-attachment-invalid': note('a target group, listener and container that do not fit together', [
    'elbv2:DescribeTargetGroups LoadBalancerArns (empty: no listener), VpcId, TargetType',
    'ecs:DescribeServices loadBalancers[] containerName and containerPort against the task definition',
  ]),
  'network-mode-mismatch': note('a network mode that contradicts the target type or network configuration', [
    'ecs:DescribeTaskDefinition networkMode; ecs:DescribeServices networkConfiguration',
    'elbv2:DescribeTargetGroups TargetType (ip for awsvpc)',
  ]),
  'stale-or-wrong-reference': note('a reference that is inactive or belongs elsewhere', [
    'ecs:DescribeTaskDefinition status; ecs:DescribeClusters status; failures[].reason MISSING',
    'sts:GetCallerIdentity Account, and the region that was asked',
  ]),
  'service-lifecycle-conflict': note('an earlier service of the same name', [
    'ecs:DescribeServices status (DRAINING, INACTIVE, ACTIVE) of that name',
  ]),
  'autoscaling-conflict': note('a desired count that scaling and deployments fight over', [
    'application-autoscaling:DescribeScalingActivities and DescribeScalableTargets MinCapacity, MaxCapacity',
    'cloudtrail:LookupEvents UpdateService desiredCount: which identity',
  ]),
  'disk-full': note('a full disk', [
    'ecs:DescribeTaskDefinition ephemeralStorage.sizeInGiB against the image’s size',
    'ecs:DescribeTasks containerInstanceArn: the same host each time? then its volumes',
  ]),
  'efs-unreachable': note('an EFS mount target that is missing or closed', [
    'efs:DescribeMountTargets AvailabilityZoneId, LifeCycleState for every zone of the service',
    'ec2:DescribeSecurityGroups IpPermissions of the mount target: tcp 2049 from the task',
    'ec2:DescribeVpcAttribute EnableDnsSupport and EnableDnsHostnames',
  ]),
  'efs-access-denied': note('an EFS policy, path, access point or user that refuses', [
    'efs:DescribeFileSystemPolicy; iam:SimulatePrincipalPolicy elasticfilesystem:ClientMount of the task role',
    'ecs:DescribeTaskDefinition volumes[].efsVolumeConfiguration rootDirectory, authorizationConfig; efs:DescribeAccessPoints PosixUser',
  ]),
  'container-runtime-failure': note('a container runtime, GPU hook or agent that fails or is overloaded', [
    'ecs:DescribeTasks containerInstanceArn of the failures: the same host?',
    'cloudwatch:GetMetricData BurstBalance and VolumeQueueLength of the host’s disk; ecs:DescribeContainerInstances versionInfo',
  ]),
  'ecs-exec-unavailable': note('ECS Exec that is not enabled or not connected', [
    'ecs:DescribeTasks enableExecuteCommand and containers[].managedAgents[].lastStatus',
    'iam:SimulatePrincipalPolicy of the task role for the four ssmmessages actions',
  ]),
  'service-connect-proxy-failure': note('a Service Connect proxy that is unhealthy or routes too early', [
    'ecs:DescribeTasks containers[] ecs-service-connect-… healthStatus, reason, exitCode',
    'ecs:DescribeServices deployments[].serviceConnectConfiguration; task memory left for the proxy',
  ]),
  'schedule-invocation-failed': note('a schedule that could not start the task', [
    'cloudwatch:GetMetricData AWS/Events FailedInvocations of the rule',
    'cloudtrail:LookupEvents RunTask errorCode by events.amazonaws.com or scheduler.amazonaws.com',
  ]),
  healthy: note('ordinary progress, nothing wrong', [
    'ecs:DescribeServices runningCount against desiredCount, deployments[] rolloutState COMPLETED',
    'elbv2:DescribeTargetHealth State healthy',
  ]),
  unknown: note('nothing known', [
    'ecs:DescribeServices events[]; ecs:DescribeTasks stopCode, stoppedReason, containers[].exitCode and reason',
    'tool diagnose_service, when the service is known',
  ]),
};

function note(noun: string, confirmWith: readonly string[]): CauseNote {
  return { noun, confirmWith };
}
