// Causes that keep a task from starting or from reaching what it needs: network, permissions, images, configuration, storage.

import type { GuideRow } from './cause-guide.ts';

const network = {
  'no-egress-route': [
    'The task’s subnet has no working way out: no default route, a route into nothing, or a NAT gateway that itself cannot get out.',
    'Time-outs at the start (ResourceInitializationError, dial tcp … i/o timeout) or in the log; sometimes in one zone only.',
    'The route table in force for the subnet (the main one where none is associated), and the state and subnet of the NAT gateway it leads to.',
    'Add or repair the default route of that table, or move the service to subnets that have one.',
  ],
  'public-subnet-no-public-ip': [
    'The subnet leads to an internet gateway, but the task has no public address, so nothing comes back.',
    'The same time-outs as without a route; the subnet looks fine because other machines in it have public addresses.',
    'A default route to an internet gateway together with `assignPublicIp` DISABLED (tasks on EC2 never get a public address).',
    '`assignPublicIp: ENABLED`, or subnets behind a NAT gateway.',
  ],
  'task-sg-egress-blocked': [
    'The task’s own security group has no outbound rule for what it needs.',
    'Connection time-outs, never refusals: to a database, an API, or the registry at the start.',
    'The outbound rules of all groups of the task, none of which covers destination and port, while the rest of the path is open.',
    'One outbound rule, to the group or range of the destination and its port only.',
  ],
  'nacl-blocked': [
    'A network ACL drops the request or its reply; unlike a security group it does not remember connections.',
    'Time-outs although the security groups are right; often replies on ports 1024–65535.',
    'The entries of the ACL in force, in the order of their numbers, in both directions, on both subnets.',
    'An allow entry before the one that denies; for replies the ephemeral ports.',
  ],
  'missing-vpc-endpoint': [
    'A subnet without a way to the internet lacks the interface endpoint of an AWS service, or the endpoint itself refuses.',
    'Time-outs on `api.ecr`, `dkr.ecr`, `logs`, `secretsmanager`, `ssm` at the start; or an explicit denial that names an endpoint policy.',
    'No default route and no endpoint of that service in the VPC, or one whose group, DNS setting, state or policy keeps the task out.',
    'Create the endpoint, let the tasks’ group in on 443, or widen its policy. Private ECR needs `ecr.api`, `ecr.dkr` and the S3 gateway.',
  ],
  's3-path-blocked': [
    'Amazon S3, where image layers and environment files are, cannot be reached, although the registry answers.',
    'The pull stops at a layer: a time-out on a name with `s3` or `starport-layer-bucket` in it.',
    'The S3 gateway endpoint’s route tables and policy, and the outbound rules against the prefix list of S3.',
    'Associate the gateway endpoint with the subnet’s table, or allow 443 to the S3 prefix list.',
  ],
  'vpc-dns-misconfig': [
    'Names cannot be resolved inside the VPC.',
    '`no such host`, `Temporary failure in name resolution`, EFS “failed to resolve”, Cloud Map names that are not found.',
    'The VPC attributes `enableDnsSupport` and `enableDnsHostnames`, private DNS of endpoints, the namespace of the service.',
    'Turn both attributes on, or private DNS of the endpoint.',
  ],
  'dependency-unreachable': [
    'The application cannot reach a database or a peer, for a reason at the other end.',
    'Time-outs or refusals to one host and port in the application’s log.',
    'The path from task to destination with a closed gate at the destination: its inbound rules, its ACL, its address. With every gate open the verdict is “unknown”, never a guess.',
    'One inbound rule at the destination for the tasks’ group and the port.',
  ],
  'subnet-ip-exhaustion': [
    'The subnet has no free private addresses.',
    'InsufficientFreeAddressesInSubnet; tasks stay in PROVISIONING. Not the same as missing Fargate capacity.',
    '`AvailableIpAddressCount` of the service’s subnets.',
    'Add subnets to the service, or free addresses.',
  ],
  'eni-allocation-failure': [
    'A network interface for the task could not be made or attached.',
    'RESOURCE:ENI in events, “network interface provisioning” time-outs, unused device index.',
    'The interfaces the host has against the limit of its type, and whether it has a trunk interface.',
    'Hosts launched with `awsvpcTrunking` on, larger hosts, or draining the one host that fails.',
  ],
} satisfies Record<string, GuideRow>;

const iam = {
  'exec-role-secret-denied': [
    'The execution role may not read the secret, the parameter, the environment file, or use its key.',
    'AccessDenied for secretsmanager:GetSecretValue, ssm:GetParameters, s3:GetObject or kms:Decrypt at the start: AWS answered, so it is not the network.',
    'The policies of the role in the message (and of the secret and the key) judged for that action and resource; the state of the key, which opens nothing while it is disabled or waits for its deletion.',
    'Allow the named action on the named resource. Described only; IAM is never changed from here.',
  ],
  'exec-role-ecr-denied': [
    'Whoever pulls the image has no permission on the repository.',
    '403, “pull access denied”, not authorized to perform ecr:…. A vanished digest also answers 403.',
    'The policies of the role named in the message and the repository’s own policy, when the image itself exists.',
    'Allow the pull actions on the repository, for another account also in the repository’s policy.',
  ],
  'exec-role-logs-denied': [
    'The execution role may not create the log stream or the log group.',
    'The logging driver could not be initialised, AccessDenied on logs:CreateLogStream or CreateLogGroup. The application logs nothing because it never ran.',
    'The role’s policies for that action on that group; the AWS managed policy lacks CreateLogGroup.',
    'Create the group, or allow the action.',
  ],
  'role-assume-failed': [
    'ECS cannot assume a role: it does not exist, or does not trust ECS.',
    '“ECS was unable to assume the role”; no task appears at all.',
    'The role’s trust policy, or IAM’s answer that there is no such role. In the first minutes of a new role it can pass by itself.',
    'Trust `ecs-tasks.amazonaws.com` (task, execution) or `ecs.amazonaws.com` (service), or name the right role.',
  ],
  'passrole-denied': [
    'The caller may not hand the role to ECS.',
    'iam:PassRole in the error of RegisterTaskDefinition, RunTask, CreateService or of a schedule; the service itself runs on.',
    'Not provable from the service: the refused request is only in CloudTrail.',
    'Allow iam:PassRole on exactly that role to the caller.',
  ],
  'task-role-denied': [
    'The application calls an AWS service and its task role is missing or too narrow.',
    'AccessDenied in the application’s own log, with the session of the task role, or of the host where there is no task role.',
    'The policies of the task role judged for the action and resource in the log line, or the absence of a task role.',
    'Allow the action on the resource to the task role, or set one.',
  ],
  'task-credentials-unavailable': [
    'The container cannot get the credentials of its role from the endpoint of ECS.',
    '“Could not load credentials”, time-outs on 169.254.170.2; often a proxy without an exception for that address.',
    'Not provable: what a container can reach inside its host is in no API.',
    'Except 169.254.170.2 from proxies and firewalls of the container; on EC2 look at the agent.',
  ],
} satisfies Record<string, GuideRow>;

const image = {
  'image-not-found': [
    'The repository, tag or digest does not exist.',
    '“not found”, “manifest unknown”, 404; 403 for a digest that is gone. ECS keeps the digest a deployment began with, so an overwritten tag fails weeks later.',
    'ECR’s list of images by tag and by digest.',
    'Name an image that exists; for a vanished digest start a new deployment.',
  ],
  'private-registry-auth': [
    'The registry wants credentials that were not given or are wrong.',
    '401, “no basic auth credentials”, for a registry outside ECR.',
    'Not provable: the registry is not part of the account. Missing `repositoryCredentials` make it likely.',
    'Give `repositoryCredentials` with a secret the execution role can read.',
  ],
  'registry-rate-limit': [
    'The registry refuses because too much is pulled.',
    '429, “toomanyrequests”, “Rate exceeded”, often many tasks behind one NAT address.',
    'Not provable: what a registry counts is not in the account.',
    'Wait; then a pull-through cache or credentials.',
  ],
  'platform-mismatch': [
    'The image is made for another processor or operating system.',
    '“exec format error” in the log with exit code 1, “no descriptor for platform”, Windows builds that do not match.',
    'The platforms in the image’s manifest against `runtimePlatform` of the task definition.',
    'Build the image for the platform, or set the platform to that of the image.',
  ],
} satisfies Record<string, GuideRow>;

const configuration = {
  'secret-reference-invalid': [
    'A secret or parameter reference leads nowhere, or to something else.',
    'ResourceNotFound, “invalid parameters”, a JSON key that is not there, another account or region in `valueFrom`.',
    'Secrets Manager’s or Parameter Store’s own answer about that name. Values are never read.',
    'Correct the reference, or create what it names.',
  ],
  'log-group-missing': [
    'The log group does not exist in the configured region.',
    '“The specified log group does not exist” when the container starts; there are no logs then.',
    'CloudWatch Logs’ answer about that group in that region.',
    'Create the group, or correct its name or region.',
  ],
  'log-pipeline-failure': [
    'The log driver or router holds the application up or takes the task down with it.',
    'A FireLens container that ends first, a full log buffer in blocking mode.',
    'Not provable: what a router does inside its task is only in its own lines.',
    'Repair the router’s configuration, make it non-essential, or use non-blocking mode.',
  ],
  'invalid-task-definition': [
    'A task definition was refused, or holds what its platform does not support.',
    'ClientException, InvalidParameterException at registration; the service runs the old revision on.',
    'The fields of the revision, of which no task ever ran; or of the request that ECS refused, which CloudTrail keeps: sizes Fargate does not have, what Fargate cannot do, what awsvpc needs, references inside the definition that lead nowhere.',
    'Correct the field that is named in a new revision.',
  ],
} satisfies Record<string, GuideRow>;

const storage = {
  'disk-full': [
    'The disk of the host or of the Fargate task is full.',
    '“no space left on device” while pulling or running.',
    'Not provable everywhere: how full a disk is, is in no API that everybody has.',
    'On Fargate a larger `ephemeralStorage`; on EC2 clean or replace the host.',
  ],
  'efs-unreachable': [
    'The file system’s mount target is missing in the zone, not ready, or closed on port 2049.',
    '“Failed to resolve”, mount time-outs. The id is usually right.',
    'The mount targets by zone and their groups, and the DNS attributes of the VPC.',
    'Add the mount target, or let the tasks’ group in on 2049.',
  ],
  'efs-access-denied': [
    'The file system refuses: its policy, the access point, the directory or the user.',
    '“access denied by server”, “No such file or directory” for a root directory that nobody created, permission denied after mounting.',
    'The file system policy, the task role’s policies and the access point.',
    'Allow ClientMount, create the directory, or correct the access point’s user.',
  ],
} satisfies Record<string, GuideRow>;

export const startCauses = { network, iam, image, configuration, storage };
