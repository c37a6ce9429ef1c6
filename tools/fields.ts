// The input fields that tools share. Each takes names and ids in AWS's own spelling and nothing else: no option, URL, path,
// wildcard, white space or control character gets through. Descriptions are read by a model.

import { z } from 'zod';

const ACCOUNT = '\\d{12}';
const PARTITION_REGION = (service: string) => `arn:aws[a-z-]*:${service}:[a-z0-9-]{1,32}:${ACCOUNT}`;
const ECS_NAME = '[A-Za-z0-9_][A-Za-z0-9_-]{0,254}';

/** A field for text that matches `pattern` as a whole. */
function matching(pattern: string, description: string) {
  return z
    .string()
    .max(2_048)
    .regex(new RegExp(`^(?:${pattern})$`), { error: 'not a name, an id or an ARN of this kind' })
    .describe(description);
}

export const clusterField = matching(
  `${ECS_NAME}|${PARTITION_REGION('ecs')}:cluster/${ECS_NAME}`,
  'Name of the ECS cluster, such as production-cluster.',
);

export const serviceField = matching(
  `${ECS_NAME}|${PARTITION_REGION('ecs')}:service/(?:${ECS_NAME}/)?${ECS_NAME}`,
  'Name of the ECS service, such as my-web-service.',
);

export const taskField = matching(
  `[0-9a-f]{32}|[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}|${PARTITION_REGION('ecs')}:task/(?:${ECS_NAME}/)?[0-9a-f-]{32,36}`,
  'Id (32 hexadecimal digits) or ARN of the task.',
);

export const taskDefinitionField = matching(
  `${ECS_NAME}(?::\\d{1,9})?|${PARTITION_REGION('ecs')}:task-definition/${ECS_NAME}:\\d{1,9}`,
  'Task definition as family, family:revision or ARN. A family alone means its newest active revision.',
);

export const taskFamilyField = matching(ECS_NAME, 'Family of the task definition, such as my-web-service.');

export const targetGroupArnField = matching(
  `${PARTITION_REGION('elasticloadbalancing')}:targetgroup/[A-Za-z0-9-]{1,32}/[0-9a-f]{1,32}`,
  'ARN of the target group.',
);

export const loadBalancerArnField = matching(
  `${PARTITION_REGION('elasticloadbalancing')}:loadbalancer/(?:app|net|gwy)/[A-Za-z0-9-]{1,32}/[0-9a-f]{1,32}`,
  'ARN of the load balancer.',
);

export const listenerArnField = matching(
  `${PARTITION_REGION('elasticloadbalancing')}:listener/(?:app|net|gwy)/[A-Za-z0-9-]{1,32}/[0-9a-f]{1,32}/[0-9a-f]{1,32}`,
  'ARN of the listener.',
);

export const containerInstanceField = matching(
  `[0-9a-f]{32}|[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}|${PARTITION_REGION('ecs')}:container-instance/(?:${ECS_NAME}/)?[0-9a-f-]{32,36}`,
  'Id (32 hexadecimal digits) or ARN of the container instance.',
);

export const capacityProviderField = matching(ECS_NAME, 'Name of the capacity provider, such as FARGATE.');

export const autoScalingGroupField = matching(
  // AWS allows more; what is left out here begins options, paths or patterns elsewhere.
  '[A-Za-z0-9_][A-Za-z0-9_./-]{0,254}',
  'Name of the EC2 Auto Scaling group.',
);

export const ruleNameField = matching(
  '[A-Za-z0-9_.][A-Za-z0-9_.-]{0,63}',
  'Name of the EventBridge rule, such as nightly-report.',
);

/** An EC2 id: a known prefix and hexadecimal digits. */
function ec2Id(prefix: string, description: string) {
  return matching(`${prefix}-[0-9a-f]{8,17}`, description);
}

export const securityGroupIdField = ec2Id('sg', 'Id of the security group, such as sg-0a1b2c3d4e5f67890.');
export const subnetIdField = ec2Id('subnet', 'Id of the subnet.');
export const vpcIdField = ec2Id('vpc', 'Id of the VPC.');
export const networkInterfaceIdField = ec2Id('eni', 'Id of the network interface.');
export const routeTableIdField = ec2Id('rtb', 'Id of the route table.');
export const networkAclIdField = ec2Id('acl', 'Id of the network ACL.');
export const vpcEndpointIdField = ec2Id('vpce', 'Id of the VPC endpoint.');
export const natGatewayIdField = ec2Id('nat', 'Id of the NAT gateway.');
export const instanceIdField = ec2Id('i', 'Id of the EC2 instance.');
export const prefixListIdField = ec2Id('pl', 'Id of the managed prefix list.');

export const logGroupField = matching(
  '[A-Za-z0-9_/.#][A-Za-z0-9_/.#-]{0,511}',
  'Name of the CloudWatch Logs log group, such as /ecs/my-web-service.',
);

export const logStreamField = matching(
  // Printable ASCII but `:` and `*`, which CloudWatch Logs forbids, and no leading dash or white space.
  '[!-)+,./0-9;-~][ -)+-9;-~]{0,511}',
  'Name of the log stream; for a task of ECS: prefix/container/task id.',
);

/** Text that people write and AWS stores as the description of a rule (EC2 IpRange.Description allows exactly these). */
export const ruleDescriptionField = matching(
  '[A-Za-z0-9 ._:/()#,@\\[\\]+=&;{}!$*-]{1,255}',
  'Description that is stored with the rule: why it exists. ASCII letters, digits, spaces and ._-:/()#,@[]+=&;{}!$*',
);

export const serviceRevisionField = matching(
  `[0-9]{1,32}|${PARTITION_REGION('ecs')}:service-revision/${ECS_NAME}/${ECS_NAME}/[0-9]{1,32}`,
  'Id or ARN of the service revision, as ecs_describe_service_deployments names it.',
);

export const attributeNameField = matching(
  '[A-Za-z0-9_][A-Za-z0-9_./-]{0,127}',
  'Name of the attribute, such as ecs.instance-type.',
);

export const instanceTypeField = matching(
  '[a-z0-9][a-z0-9-]{0,31}\\.[a-z0-9][a-z0-9-]{0,31}',
  'EC2 instance type, such as m5.large.',
);

export const metricNameField = matching(
  '[A-Za-z0-9_][A-Za-z0-9_./ -]{0,254}',
  'Name as CloudWatch spells it, such as AWS/ECS, CPUUtilization or ClusterName.',
);

export const alarmNameField = matching(
  '[A-Za-z0-9_][A-Za-z0-9_./ ()-]{0,254}',
  'Name of the CloudWatch alarm.',
);

export const repositoryField = matching(
  '(?=.{2,256}$)[a-z0-9]+(?:[._/-]+[a-z0-9]+)*',
  'Name of the ECR repository without its registry, such as shop/api.',
);

export const registryField = matching(
  '\\d{12}',
  'Account that owns the registry, when it is not the own one: the number the image address begins with.',
);

export const imageField = matching(
  '[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}|sha256:[0-9a-f]{64}',
  'Tag of the image, such as v42, or its digest, sha256:….',
);

export const roleNameField = matching(
  // AWS allows more to begin with; what is left out here begins options.
  '[A-Za-z0-9_][A-Za-z0-9_+=,.@-]{0,63}',
  'Name of the IAM role without path: what follows the last slash of its ARN.',
);

export const iamActionField = matching(
  '[a-z0-9][a-z0-9-]{1,40}:[A-Za-z0-9]{2,80}',
  'IAM action, such as secretsmanager:GetSecretValue.',
);

export const resourceArnField = matching(
  'arn:aws[a-z-]*:[a-z0-9-]{1,40}:[a-z0-9-]{0,32}:(?:\\d{12})?:[A-Za-z0-9_./:=+@,-]{1,512}',
  'ARN of one resource, without wildcards.',
);

export const contextKeyField = matching(
  '[a-z0-9-]{1,40}:[A-Za-z0-9_/.-]{1,120}',
  'Condition key, such as aws:SourceVpc.',
);

export const secretField = matching(
  `(?!.*\\.\\.)[A-Za-z0-9_/][A-Za-z0-9_/+=.@-]{0,511}|${PARTITION_REGION('secretsmanager')}:secret:[A-Za-z0-9_/+=.@-]{1,512}`,
  'Name or ARN of the secret; without the JSON key and version that a task definition may add.',
);

export const parameterField = matching(
  '(?!.*\\.\\.)/?[A-Za-z0-9_][A-Za-z0-9_/.-]{0,1010}',
  'Name of the Systems Manager parameter, such as /prod/api/url; what follows :parameter in its ARN.',
);

export const kmsKeyField = matching(
  `(?:mrk-[0-9a-f]{32}|[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})|alias/[A-Za-z0-9_/-]{1,250}|${PARTITION_REGION('kms')}:(?:key/[a-z0-9-]{1,64}|alias/[A-Za-z0-9_/-]{1,250})`,
  'Id, alias or ARN of the KMS key.',
);

export const fileSystemField = ec2Id('fs', 'Id of the EFS file system.');

export const changedResourceField = matching(
  `(?!.*\\.\\.)[A-Za-z0-9_][A-Za-z0-9_./@+=,-]{0,254}|arn:aws[a-z-]*:[a-z0-9-]{1,40}:[a-z0-9-]{0,32}:(?:\\d{12})?:[A-Za-z0-9_./:=+@,-]{1,512}`,
  'Name, id or ARN of the resource exactly as CloudTrail records it, such as sg-0a1b2c3d4e5f67890 or my-role.',
);

export const eventNameField = matching('[A-Z][A-Za-z0-9]{2,80}', 'API operation, such as UpdateService.');

export const namespaceIdField = matching('ns-[a-z0-9]{8,64}', 'Id of the Cloud Map namespace.');
export const discoveryServiceIdField = matching('srv-[a-z0-9]{8,64}', 'Id of the Cloud Map service.');

export const deploymentNameField = matching(
  '[A-Za-z0-9_][A-Za-z0-9_+=,.@-]{0,99}',
  'Name of the CodeDeploy application or deployment group.',
);

export const serviceCodeField = matching(
  '[a-z][a-z0-9-]{0,62}',
  'Service code of Service Quotas, such as fargate, ecs, ec2, vpc or elasticloadbalancing.',
);

export const quotaCodeField = matching('L-[0-9A-F]{8}', 'Code of the quota, such as L-3032A538.');

export const databaseField = matching(
  '[A-Za-z](?:-?[A-Za-z0-9]){0,62}',
  'Identifier of the RDS instance or cluster.',
);

/** `field` as a list of 1 to `max` values. */
export function listOf<T extends z.ZodType>(field: T, max: number, description: string) {
  return z.array(field).min(1).max(max).describe(description);
}

/** The service a change is meant to heal: it is watched until it is steady. */
export const healsField = z
  .strictObject({ cluster: clusterField, service: serviceField })
  .describe('The service this change is meant to repair; it is watched afterwards until it is steady.');

/** A number of seconds, or of anything else that is counted, between two bounds of AWS. */
export function countField(min: number, max: number, description: string) {
  return z.number().int().min(min).max(max).describe(description);
}
