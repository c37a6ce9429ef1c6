// Messages as ECS, Docker, containerd, registries, load balancers, the AWS APIs and applications word them, each with the
// cause it has to name among the first three. Written for this test; ids and names are invented.

import type { CauseClass } from '../../../src/contract/finding.ts';

export type Message = readonly [CauseClass, string];

const ecr = '123456789012.dkr.ecr.eu-west-1.amazonaws.com';
const role = 'arn:aws:sts::123456789012:assumed-role';
const init = 'ResourceInitializationError:';
const pull = 'CannotPullContainerError:';
const start = 'CannotStartContainerError: Error response from daemon:';

export const messages: readonly Message[] = [
  // Network
  [
    'no-egress-route',
    `${init} unable to pull secrets or registry auth: The task cannot pull registry auth from Amazon ECR: There is a connection issue between the task and Amazon ECR. Check your task network configuration. RequestError: send request failed caused by: Post "https://api.ecr.eu-west-1.amazonaws.com/": dial tcp 52.95.1.2:443: i/o timeout`,
  ],
  [
    'no-egress-route',
    `${pull} pull image manifest has been retried 5 time(s): failed to resolve ref docker.io/library/nginx:1.25: failed to do request: Head "https://registry-1.docker.io/v2/library/nginx/manifests/1.25": dial tcp 34.205.13.154:443: i/o timeout`,
  ],
  [
    'no-egress-route',
    `${pull} Error response from daemon: Get "https://registry-1.docker.io/v2/": net/http: TLS handshake timeout`,
  ],
  [
    'no-egress-route',
    'urllib3.exceptions.ConnectTimeoutError: Connect timeout on endpoint URL: "https://sts.eu-west-1.amazonaws.com/"',
  ],
  [
    'public-subnet-no-public-ip',
    `${pull} inspect image has been retried 5 time(s): failed to resolve ref "docker.io/library/redis:7": failed to do request: Head https://registry-1.docker.io/v2/library/redis/manifests/7: dial tcp 3.216.34.172:443: i/o timeout`,
  ],
  [
    'public-subnet-no-public-ip',
    'resourceinitializationerror: UNABLE TO PULL SECRETS OR REGISTRY AUTH: pull command failed: : signal: killed',
  ],
  [
    'task-sg-egress-blocked',
    `${init} unable to retrieve secrets from ssm: service call has been retried 5 time(s): RequestCanceled: request context canceled caused by: context deadline exceeded`,
  ],
  [
    'task-sg-egress-blocked',
    `${init} unable to pull secrets or registry auth: execution resource retrieval failed: unable to retrieve ecr registry auth: service call has been retried 3 time(s): RequestError: send request failed\ncaused by: Post "https://api.ecr.us-east-1.amazonaws.com/": dial tcp 10.0.3.17:443: i/o timeout`,
  ],
  [
    'missing-vpc-endpoint',
    `${init} failed to validate logger args: create stream has been retried 5 times: failed to create Cloudwatch log stream: RequestError: send request failed caused by: Post "https://logs.us-east-1.amazonaws.com/": dial tcp 10.0.1.44:443: connect: connection timed out : exit status 1`,
  ],
  [
    'missing-vpc-endpoint',
    `AccessDeniedException: User: ${role}/exec/abc is not authorized to perform: logs:CreateLogStream because no VPC endpoint policy allows the logs:CreateLogStream action`,
  ],
  ['missing-vpc-endpoint', `${init} failed to validate logger args: : signal: killed`],
  [
    's3-path-blocked',
    `${pull} ref pull has been retried 5 time(s): failed to copy: httpReadSeeker: failed open: failed to do request: Get "https://prod-eu-west-1-starport-layer-bucket.s3.eu-west-1.amazonaws.com/9f3c2/sha256": dial tcp 52.218.0.1:443: i/o timeout`,
  ],
  [
    's3-path-blocked',
    `${init} failed to download env files: file download command: non empty error stream: RequestCanceled: request context canceled caused by: context deadline exceeded`,
  ],
  [
    's3-path-blocked',
    'error pulling image configuration: Get https://prod-us-east-1-starport-layer-bucket.s3.us-east-1.amazonaws.com/abc: net/http: request canceled while waiting for connection',
  ],
  [
    'vpc-dns-misconfig',
    `${pull} failed to resolve reference "${ecr}/api:1": dial tcp: lookup ${ecr} on 10.0.0.2:53: no such host`,
  ],
  [
    'vpc-dns-misconfig',
    'Error: getaddrinfo ENOTFOUND orders.prod.local at GetAddrInfoReqWrap.onlookup [as oncomplete] (node:dns:71:26)',
  ],
  [
    'vpc-dns-misconfig',
    'dial tcp: lookup db.internal on 10.0.0.2:53: read udp 10.0.1.7:41234->10.0.0.2:53: i/o timeout',
  ],
  ['vpc-dns-misconfig', 'java.net.UnknownHostException: inventory.svc.local: Name or service not known'],
  [
    'nacl-blocked',
    'dial tcp: lookup sqs.eu-west-1.amazonaws.com on 10.0.0.2:53: dial udp 10.0.0.2:53: i/o timeout',
  ],
  [
    'dependency-unreachable',
    'psycopg2.OperationalError: could not connect to server: Connection timed out\n\tIs the server running on host "orders.c9x.eu-west-1.rds.amazonaws.com" (10.0.3.9) and accepting TCP/IP connections on port 5432?',
  ],
  [
    'dependency-unreachable',
    'com.mysql.cj.jdbc.exceptions.CommunicationsException: Communications link failure. The last packet sent successfully to the server was 0 milliseconds ago.',
  ],
  ['dependency-unreachable', 'Error: connect ETIMEDOUT 10.0.12.31:6379'],
  ['dependency-unreachable', 'MongoServerSelectionError: Server selection timed out after 30000 ms'],
  ['dependency-unreachable', 'HikariPool-1 - Connection is not available, request timed out after 30000ms.'],
  [
    'dependency-unreachable',
    'StackExchange.Redis.RedisConnectionException: It was not possible to connect to the redis server(s). UnableToConnect on cache.abc.ng.0001.euw1.cache.amazonaws.com:6379',
  ],
  [
    'dependency-unreachable',
    'redis.exceptions.ConnectionError: Error 111 connecting to cache.internal:6379. Connection refused.',
  ],
  [
    'dependency-unreachable',
    '[Producer clientId=p1] Connection to node -1 (b-1.kafka.eu-west-1.amazonaws.com/10.0.4.2:9092) could not be established. Broker may not be available.',
  ],
  [
    'subnet-ip-exhaustion',
    `Unexpected EC2 error while attempting to Create Network Interface in subnet 'subnet-0abc1234': InsufficientFreeAddressesInSubnet`,
  ],
  [
    'subnet-ip-exhaustion',
    '(service web) was unable to place a task. Reason: The specified subnet does not have enough free addresses to satisfy the request.',
  ],
  [
    'eni-allocation-failure',
    'service web was unable to place a task because no container instance met all of its requirements. The closest matching container-instance encountered error "RESOURCE:ENI".',
  ],
  ['eni-allocation-failure', 'Network interface provision complete error timeout expired'],
  ['eni-allocation-failure', 'AttachmentLimitExceeded: Interface count 4 exceeds the limit for t3.medium'],
  // IAM
  [
    'exec-role-secret-denied',
    `${init} unable to pull secrets or registry auth: execution resource retrieval failed: unable to retrieve secrets from ssm: service call has been retried 1 time(s): AccessDeniedException: User: ${role}/ecsTaskExecutionRole/aa is not authorized to perform: ssm:GetParameters on resource: arn:aws:ssm:eu-west-1:123456789012:parameter/db because no identity-based policy allows the ssm:GetParameters action`,
  ],
  [
    'exec-role-secret-denied',
    'Fetching secret data from AWS Secrets Manager in region eu-west-1: secret arn:aws:secretsmanager:eu-west-1:123456789012:secret:db-x: AccessDeniedException: status code: 400',
  ],
  [
    'exec-role-secret-denied',
    `${init} failed to download env files: file download command: non empty error stream: AccessDenied: Access Denied status code: 403, request id: XYZ`,
  ],
  [
    'exec-role-secret-denied',
    'unable to retrieve secrets from ssm: InvalidKeyId: The ciphertext refers to a customer master key that does not exist, does not exist in this region, or you are not allowed to access. (Service: AWSKMS) AccessDeniedException',
  ],
  [
    'exec-role-ecr-denied',
    `${init} unable to pull secrets or registry auth: execution resource retrieval failed: unable to retrieve ecr registry auth: service call has been retried 1 time(s): AccessDeniedException: User: ${role}/exec/x is not authorized to perform: ecr:GetAuthorizationToken on resource: *`,
  ],
  [
    'exec-role-ecr-denied',
    `${pull} pull image manifest has been retried 1 time(s): failed to resolve ref ${ecr}/api:42: pulling from host ${ecr} failed with status code [manifests 42]: 403 Forbidden`,
  ],
  [
    'exec-role-ecr-denied',
    `${pull} Error response from daemon: Head "https://${ecr}/v2/api/manifests/1": no basic auth credentials`,
  ],
  [
    'exec-role-ecr-denied',
    `CannotPullECRContainerError: AccessDeniedException: User: ${role}/ecsInstanceRole/i-0abc is not authorized to perform: ecr:GetAuthorizationToken`,
  ],
  [
    'exec-role-logs-denied',
    `${start} failed to initialize logging driver: failed to create Cloudwatch log stream: AccessDeniedException: User: ${role}/r/i is not authorized to perform: logs:CreateLogStream`,
  ],
  [
    'exec-role-logs-denied',
    `${init} failed to validate logger args: create stream has been retried 1 times: failed to create Cloudwatch log stream: operation error CloudWatch Logs: CreateLogStream, https response error StatusCode: 400, api error AccessDeniedException: not authorized`,
  ],
  [
    'role-assume-failed',
    "ECS was unable to assume the role 'arn:aws:iam::123456789012:role/api-task' that was provided for this task. Please verify that the role being passed has the proper trust relationship and permissions and that your IAM user has permissions to pass this role.",
  ],
  [
    'role-assume-failed',
    'InvalidParameterException: Unable to assume role and validate the listeners configured on your load balancer. Please verify that the ECS service role being passed has the proper permissions.',
  ],
  [
    'role-assume-failed',
    '(service web) failed to register targets: ECS is unable to assume role arn:aws:iam::123456789012:role/ecsServiceRole',
  ],
  [
    'passrole-denied',
    'An error occurred (AccessDeniedException) when calling the RegisterTaskDefinition operation: User: arn:aws:iam::123456789012:user/ci is not authorized to perform: iam:PassRole on resource: arn:aws:iam::123456789012:role/app',
  ],
  [
    'passrole-denied',
    'ClientException: User does not have permission to pass the role arn:aws:iam::1:role/x to ecs-tasks (iam:PassRole)',
  ],
  [
    'task-role-denied',
    `software.amazon.awssdk.services.s3.model.S3Exception: Access Denied (Service: S3, Status Code: 403, Request ID: 7Q)`,
  ],
  [
    'task-role-denied',
    `AccessDenied: User: ${role}/api-task-role/0a1 is not authorized to perform: s3:GetObject on resource: "arn:aws:s3:::files/a" because no identity-based policy allows the s3:GetObject action\n    at throwDefaultError (/app/node_modules/@aws-sdk/smithy-client/dist-cjs/index.js:838:20)`,
  ],
  [
    'task-role-denied',
    'operation error DynamoDB: PutItem, https response error StatusCode: 400, RequestID: AB, api error AccessDeniedException: User is not authorized to perform: dynamodb:PutItem',
  ],
  [
    'task-role-denied',
    'Amazon.SQS.AmazonSQSException: Access to the resource https://sqs.eu-west-1.amazonaws.com/ is denied. Access denied',
  ],
  ['task-credentials-unavailable', 'botocore.exceptions.NoCredentialsError: Unable to locate credentials'],
  ['task-credentials-unavailable', 'NoCredentialProviders: no valid providers in chain. Deprecated.'],
  ['task-credentials-unavailable', 'CredentialsProviderError: Could not load credentials from any providers'],
  [
    'task-credentials-unavailable',
    'failed to refresh cached credentials, no EC2 IMDS role found, operation error ec2imds: GetMetadata, request canceled, context deadline exceeded',
  ],
  [
    'task-credentials-unavailable',
    'SdkClientException: Unable to load AWS credentials from any provider in the chain: ContainerCredentialsProvider failed',
  ],
  // Image
  [
    'image-not-found',
    `${pull} pull image manifest has been retried 1 time(s): failed to resolve ref ${ecr}/api:v9: ${ecr}/api:v9: not found`,
  ],
  [
    'image-not-found',
    `${pull} Error response from daemon: manifest for ${ecr}/api:latest not found: manifest unknown: Requested image not found`,
  ],
  [
    'image-not-found',
    `${pull} Error response from daemon: repository ${ecr}/apo not found: name unknown: The repository with name 'apo' does not exist in the registry with id '123456789012'`,
  ],
  ['image-not-found', `${pull} invalid reference format: repository name must be lowercase`],
  [
    'image-not-found',
    'rpc error: code = NotFound desc = failed to pull and unpack image "docker.io/acme/web:1.2.9": failed to resolve reference "docker.io/acme/web:1.2.9": docker.io/acme/web:1.2.9: not found',
  ],
  [
    'image-not-found',
    "pull access denied for acme/internal, repository does not exist or may require 'docker login': denied: requested access to the resource is denied",
  ],
  [
    'private-registry-auth',
    `${pull} pull image manifest has been retried 1 time(s): failed to resolve ref docker.io/acme/private:1: pull access denied, repository does not exist or may require authorization: server message: insufficient_scope: authorization failed`,
  ],
  [
    'private-registry-auth',
    `${pull} Error response from daemon: Get https://registry.gitlab.com/v2/acme/api/manifests/latest: unauthorized: HTTP Basic: Access denied`,
  ],
  [
    'private-registry-auth',
    `${pull} Error response from daemon: Head "https://quay.io/v2/acme/app/manifests/1": unauthorized: access to the requested resource is not authorized`,
  ],
  [
    'private-registry-auth',
    'Error response from daemon: Get "https://registry-1.docker.io/v2/": unauthorized: incorrect username or password while pulling image',
  ],
  [
    'registry-rate-limit',
    `${pull} inspect image has been retried 5 time(s): httpReaderSeeker: failed open: unexpected status code https://registry-1.docker.io/v2/library/nginx/manifests/sha256:aa: 429 Too Many Requests - Server message: toomanyrequests: You have reached your unauthenticated pull rate limit.`,
  ],
  [
    'registry-rate-limit',
    `${pull} Error response from daemon: toomanyrequests: Rate exceeded (public.ecr.aws)`,
  ],
  ['platform-mismatch', 'exec /usr/local/bin/docker-entrypoint.sh: exec format error'],
  ['platform-mismatch', `${pull} image Manifest does not contain descriptor matching platform 'linux/amd64'`],
  ['platform-mismatch', `${pull} no matching manifest for linux/arm64/v8 in the manifest list entries`],
  [
    'platform-mismatch',
    `${pull} a Windows version 10.0.20348-based image is incompatible with a 10.0.17763 host`,
  ],
  [
    'platform-mismatch',
    'CannotCreateContainerError: hcs::CreateComputeSystem abc: The container operating system does not match the host operating system.',
  ],
  ['platform-mismatch', "OSError: [Errno 8] Exec format error: '/app/bin/server'"],
  // Config
  [
    'secret-reference-invalid',
    `${init} unable to pull secrets or registry auth: execution resource retrieval failed: unable to retrieve secrets from ssm: service call has been retried 1 time(s): invalid parameters: /prod/db/password`,
  ],
  [
    'secret-reference-invalid',
    `${init} retrieved secret from Secrets Manager did not contain json key DB_HOST`,
  ],
  [
    'secret-reference-invalid',
    "secret arn:aws:secretsmanager:eu-west-1:1:secret:db: InvalidRequestException: You can't perform this operation on the secret because it was marked for deletion.",
  ],
  [
    'secret-reference-invalid',
    `${init} unable to retrieve secret from asm: ResourceNotFoundException: Secrets Manager can't find the specified secret value for staging label: AWSCURRENT`,
  ],
  [
    'secret-reference-invalid',
    `${init} unable to retrieve secret from asm: unexpected ARN format with parameters when trying to retrieve ASM secret`,
  ],
  [
    'log-group-missing',
    `${init} failed to validate logger args: create stream has been retried 1 times: failed to create Cloudwatch log stream: ResourceNotFoundException: The specified log group does not exist. : exit status 1`,
  ],
  [
    'log-group-missing',
    'CannotStartContainerError: failed to initialize logging driver: failed to create Cloudwatch log stream: operation error CloudWatch Logs: CreateLogStream, StatusCode: 400, ResourceNotFoundException: log group /ecs/api missing',
  ],
  [
    'log-pipeline-failure',
    '[2024/01/02 03:04:05] [error] [output:cloudwatch_logs:cloudwatch_logs.1] Failed to send log events',
  ],
  [
    'log-pipeline-failure',
    `${start} failed to initialize logging driver: dial tcp [::1]:24224: connect: connection refused`,
  ],
  [
    'log-pipeline-failure',
    "[ warn] [engine] failed to flush chunk '1-170.flb', retry in 9 seconds: task_id=3, input=forward.1 > output=datadog.0",
  ],
  [
    'log-pipeline-failure',
    'the awslogs driver blocks stdout when CloudWatch is slow and the process freezes',
  ],
  [
    'invalid-task-definition',
    "An error occurred (ClientException) when calling the RegisterTaskDefinition operation: Fargate requires that 'cpu' be defined at the task level.",
  ],
  [
    'invalid-task-definition',
    'ClientException: Fargate requires task definition to have execution role ARN to support ECR images.',
  ],
  [
    'invalid-task-definition',
    'InvalidParameterException: Task definition does not support launch_type FARGATE.',
  ],
  [
    'invalid-task-definition',
    'ClientException: When networkMode=awsvpc, the host ports and container ports in port mappings must match.',
  ],
  [
    'invalid-task-definition',
    'ClientException: Log driver awslogs requires options: awslogs-group, awslogs-region',
  ],
  ['invalid-task-definition', 'PlatformUnknownException: The specified platform does not exist.'],
  ['invalid-task-definition', "InvalidParameterException: Invalid 'cpu' setting for task"],
  // Container
  [
    'entrypoint-invalid',
    `${start} failed to create shim task: OCI runtime create failed: runc create failed: unable to start container process: exec: "npm start": executable file not found in $PATH: unknown`,
  ],
  [
    'entrypoint-invalid',
    'CannotStartContainerError: ResourceInitializationError: failed to create new container runtime task: failed to create shim: OCI runtime create failed: container_linux.go:380: starting container process caused: exec: "/app/run.sh": stat /app/run.sh: no such file or directory: unknown',
  ],
  ['entrypoint-invalid', 'standard_init_linux.go:228: exec user process caused: no such file or directory'],
  ['entrypoint-invalid', 'Essential container in task exited, exit code 127'],
  ['entrypoint-invalid', '/docker-entrypoint.sh: line 12: gunicorn: command not found'],
  ['entrypoint-invalid', 'Error: Unable to access jarfile app.jar'],
  ['app-config-error', "KeyError: 'DATABASE_URL'"],
  [
    'app-config-error',
    'Error: Missing required environment variable STRIPE_SECRET_KEY\n    at loadConfig (/app/config.js:12:11)',
  ],
  [
    'app-config-error',
    'django.core.exceptions.ImproperlyConfigured: The SECRET_KEY setting must not be empty.',
  ],
  [
    'app-config-error',
    'org.springframework.beans.factory.BeanCreationException: Could not resolve placeholder \'queue.url\' in value "${queue.url}"',
  ],
  ['app-config-error', 'nginx: [emerg] unknown directive "proxy_passs" in /etc/nginx/conf.d/default.conf:7'],
  ['app-config-error', 'FATAL: password authentication failed for user "orders"'],
  [
    'app-config-error',
    'ActiveRecord::PendingMigrationError: Migrations are pending. To resolve this issue, run: bin/rails db:migrate',
  ],
  ['app-config-error', "ModuleNotFoundError: No module named 'flask_cors'"],
  ['app-config-error', 'Error: listen EADDRINUSE: address already in use :::3000'],
  ['app-config-error', 'Essential container in task exited. Container api: exit code: 1'],
  ['app-clean-exit', 'Essential container in task exited (exitCode=0)'],
  [
    'app-clean-exit',
    '{"containers":[{"name":"job","lastStatus":"STOPPED","exitCode":0}],"stoppedReason":"Essential container in task exited"}',
  ],
  ['oom-killed', 'OutOfMemoryError: container killed due to high memory usage, exit code 137'],
  ['oom-killed', 'Exception in thread "http-nio-8080-exec-3" java.lang.OutOfMemoryError: Java heap space'],
  [
    'oom-killed',
    'FATAL ERROR: Ineffective mark-compacts near heap limit Allocation failed - JavaScript heap out of memory',
  ],
  [
    'oom-killed',
    'OCI runtime create failed: runc create failed: unable to start container process: container init was OOM-killed (memory limit too low?)',
  ],
  ['oom-killed', '[CRITICAL] WORKER TIMEOUT (pid:17) Worker was sent SIGKILL! Perhaps out of memory?'],
  ['oom-killed', 'Essential container in task exited; exit code: 137'],
  ['native-crash', 'Exited (139) 4 seconds ago'],
  ['native-crash', 'Segmentation fault (core dumped)'],
  [
    'native-crash',
    '# A fatal error has been detected by the Java Runtime Environment: SIGSEGV (0xb) at pc=0x00007f',
  ],
  ['native-crash', "terminate called after throwing an instance of 'std::runtime_error'"],
  ['native-crash', 'container exited with code 3221225477'],
  [
    'container-dependency-failed',
    'Container dependency "migrations" for container "api" did not complete successfully: exit code 1, expected SUCCESS',
  ],
  [
    'container-dependency-failed',
    'DependencyError: dependsOn condition HEALTHY of container db-proxy was never met',
  ],
  // Health
  [
    'lb-sg-ingress-missing',
    '(service web) (port 8080) is unhealthy in (target-group arn:aws:elasticloadbalancing:eu-west-1:1:targetgroup/web/ab) due to (reason Request timed out)',
  ],
  ['lb-sg-ingress-missing', 'Target.Timeout: Request timed out'],
  [
    'lb-healthcheck-misconfig',
    '(service web) (port 80) is unhealthy in (target-group web) due to (reason Health checks failed with these codes: [404])',
  ],
  ['lb-healthcheck-misconfig', 'Target.ResponseCodeMismatch Health checks failed with these codes: [301]'],
  [
    'lb-healthcheck-misconfig',
    'service web (instance i-0abc) (port 32768) is unhealthy in target-group web due to (reason Health checks failed with these codes: [401])',
  ],
  [
    'slow-start-grace',
    'Task failed ELB health checks in (target-group web) although Spring is still starting: Started Application in 94.2 seconds',
  ],
  [
    'slow-start-grace',
    'Task failed ELB health checks in (target-group arn:aws:elasticloadbalancing:us-east-1:1:targetgroup/a/b)',
  ],
  ['app-bind-address', ' * Running on http://127.0.0.1:5000'],
  ['app-bind-address', 'Server listening on localhost:3000'],
  ['app-bind-address', 'curl: (7) Failed to connect to localhost port 8080: Connection refused'],
  ['container-healthcheck-invalid', '/bin/sh: 1: curl: not found'],
  [
    'container-healthcheck-invalid',
    'OCI runtime exec failed: exec failed: unable to start container process: exec: "wget": executable file not found in $PATH',
  ],
  ['container-healthcheck-invalid', 'service web (task 0a1b) failed container health checks.'],
  ['graceful-shutdown-gap', 'received SIGTERM, waiting for in-flight requests ... Killed'],
  ['graceful-shutdown-gap', 'We see 502 Bad Gateway from the ALB during every deployment'],
  ['graceful-shutdown-gap', 'Container exited with exit code 143'],
  // Placement
  [
    'insufficient-cluster-resources',
    '(service api) was unable to place a task because no container instance met all of its requirements. The closest matching (container-instance 1a2b) has insufficient CPU units available.',
  ],
  [
    'insufficient-cluster-resources',
    '{"failures":[{"arn":"arn:aws:ecs:eu-west-1:1:container-instance/c/1a","reason":"RESOURCE:MEMORY"}]}',
  ],
  [
    'host-port-conflict',
    'The closest matching container-instance 1a is already using a port required by your task.',
  ],
  [
    'host-port-conflict',
    `${start} driver failed programming external connectivity on endpoint web: Bind for 0.0.0.0:80 failed: port is already allocated`,
  ],
  ['host-port-conflict', 'failures: [{arn: ..., reason: RESOURCE:PORTS}]'],
  [
    'instance-registration-failed',
    'service web was unable to place a task because no container instance met all of its requirements. Reason: No Container Instances were found in your cluster.',
  ],
  [
    'instance-registration-failed',
    'level=error msg="Unable to register as a container instance with ECS" error="AccessDeniedException: not authorized to perform: ecs:RegisterContainerInstance"',
  ],
  [
    'asg-capacity-failure',
    'Launching a new EC2 instance.  Status Reason: We currently do not have sufficient m5.large capacity in the Availability Zone you requested (eu-west-1a). Launching EC2 instance failed.',
  ],
  [
    'asg-capacity-failure',
    'Could not launch Spot Instances. MaxSpotInstanceCountExceeded - Max spot instance count exceeded.',
  ],
  [
    'asg-capacity-failure',
    'VcpuLimitExceeded - You have requested more vCPU capacity than your current vCPU limit of 32 allows',
  ],
  [
    'asg-capacity-failure',
    'unable to place a task. Reason: No Container Instances were found in your capacity provider.',
  ],
  ['agent-disconnected', 'The closest matching (container-instance 4a) encountered error "AGENT".'],
  [
    'agent-disconnected',
    'Cannot connect to the Docker daemon at unix:///var/run/docker.sock. Is the docker daemon running?',
  ],
  ['agent-disconnected', '{"agentConnected": false, "status": "ACTIVE"}'],
  ['placement-constraint-unmet', '{"failures":[{"reason":"ATTRIBUTE"}]}'],
  [
    'placement-constraint-unmet',
    'no container instance met all of its requirements. The closest matching container-instance 9 is missing an attribute required by your task: ecs.capability.execution-role-awslogs',
  ],
  ['placement-constraint-unmet', 'distinctInstance placement constraint unsatisfied.'],
  [
    'fargate-capacity-unavailable',
    'RunTask: Capacity is unavailable at this time. Please try again later or in a different availability zone',
  ],
  ['fargate-capacity-unavailable', 'service web was unable to place a task. Reason: Internal error.'],
  ['fargate-quota', "You've reached the limit on the number of vCPUs you can run concurrently"],
  [
    'fargate-quota',
    'LimitExceededException: You have reached the limit on the number of tasks you can run concurrently',
  ],
  ['api-throttling', 'ThrottlingException: Rate exceeded when calling the RunTask operation'],
  ['api-throttling', 'InvalidParameterException: RequestLimitExceeded: Request limit exceeded.'],
  ['infrastructure-interruption', 'Your Spot Task was interrupted.'],
  ['infrastructure-interruption', 'Scaling activity initiated by (deployment ecs-svc/1234567890123456789)'],
  [
    'infrastructure-interruption',
    'ECS is performing maintenance on the underlying infrastructure hosting the task.',
  ],
  // Deployment
  ['deployment-settings', '(service api) (deployment ecs-svc/123) deployment failed: tasks failed to start.'],
  [
    'deployment-settings',
    '(service api) was unable to stop or start tasks during a deployment because of the service deployment configuration. Update the minimumHealthyPercent or maximumPercent value and try again.',
  ],
  ['deployment-settings', 'Waiter ServicesStable failed: Max attempts exceeded'],
  ['deployment-settings', 'tasks are scale-in protected and the limit of deployments is reached'],
  [
    'deployment-controller-mismatch',
    'InvalidParameterException: Unable to update task definition on services with a CODE_DEPLOY deployment controller. Use AWS CodeDeploy to trigger a new deployment.',
  ],
  [
    'deployment-controller-mismatch',
    'InvalidParameterException: Cannot force a new deployment on services with a CODE_DEPLOY deployment controller.',
  ],
  [
    'deployment-controller-mismatch',
    'The service uses an EXTERNAL deployment controller, you cannot update desired task definition; use task sets instead',
  ],
  [
    'lb-attachment-invalid',
    'InvalidParameterException: The container web does not exist in the task definition.',
  ],
  ['lb-attachment-invalid', 'The container api did not have a container port 8080 defined.'],
  [
    'lb-attachment-invalid',
    'Target.NotInUse: Target group is not configured to receive traffic from the load balancer',
  ],
  ['lb-attachment-invalid', 'TargetGroupNotFoundException: One or more target groups not found'],
  [
    'network-mode-mismatch',
    "InvalidParameterException: Network Configuration must be provided when networkMode 'awsvpc' is specified.",
  ],
  [
    'network-mode-mismatch',
    'InvalidParameterException: The provided target group arn:x has target type instance, which is incompatible with the awsvpc network mode specified in the task definition.',
  ],
  [
    'network-mode-mismatch',
    'InvalidParameterException: Assign public IP is not supported for this launch type.',
  ],
  ['stale-or-wrong-reference', 'ClusterNotFoundException: Cluster not found.'],
  [
    'stale-or-wrong-reference',
    'An error occurred (ServiceNotActiveException) when calling the UpdateService operation: Service was not ACTIVE.',
  ],
  [
    'stale-or-wrong-reference',
    'An error occurred (ServiceNotFoundException) when calling the UpdateService operation: Service not found',
  ],
  [
    'stale-or-wrong-reference',
    '{"failures":[{"arn":"arn:aws:ecs:eu-west-1:1:service/web","reason":"MISSING"}]}',
  ],
  [
    'stale-or-wrong-reference',
    'InvalidParameterException: Invalid identifier: Identifier is for prod. Your cluster is default',
  ],
  ['service-lifecycle-conflict', 'InvalidParameterException: Creation of service was not idempotent.'],
  [
    'service-lifecycle-conflict',
    'InvalidParameterException: The service cannot be stopped while it is scaled above 0.',
  ],
  [
    'autoscaling-conflict',
    'terraform apply keeps resetting desired_count: desired count is changed back by auto scaling',
  ],
  // Storage
  ['disk-full', `${pull} failed to register layer: write /usr/lib/x.so: no space left on device`],
  [
    'disk-full',
    'CannotCreateContainerError: Error response from daemon: devmapper: Thin Pool has 1234 free data blocks which is less than minimum required',
  ],
  ['disk-full', 'ERROR: There is not enough space on the disk. (0x70)'],
  ['disk-full', 'OSError: [Errno 28] No space left on device'],
  [
    'efs-unreachable',
    `${init} failed to invoke EFS utils commands to set up EFS volumes: stderr: mount.nfs4: Connection timed out : unsuccessful EFS utils command execution; code: 32`,
  ],
  [
    'efs-unreachable',
    `${init} failed to invoke EFS utils commands to set up EFS volumes: stderr: Failed to resolve "fs-0abc1234def567890.efs.eu-west-1.amazonaws.com" - The file system mount target ip address cannot be found, please pass mount target ip address via mount options.`,
  ],
  [
    'efs-access-denied',
    `${init} failed to invoke EFS utils commands to set up EFS volumes: stderr: b'mount.nfs4: access denied by server while mounting 127.0.0.1:/'`,
  ],
  [
    'efs-access-denied',
    'mount.nfs4: mounting fs-0abc1234.efs.eu-west-1.amazonaws.com:/data failed, reason given by server: No such file or directory',
  ],
  // Runtime
  [
    'container-runtime-failure',
    'DockerTimeoutError: Could not transition to started; timed out after waiting 3m0s',
  ],
  [
    'container-runtime-failure',
    'CannotInspectContainerError: Could not transition to inspecting; timed out after waiting 30s',
  ],
  ['container-runtime-failure', 'could not select device driver "nvidia" with capabilities: [[gpu]]'],
  [
    'container-runtime-failure',
    'CannotStopContainerError: context deadline exceeded, docker is stuck; timed out after waiting 2m',
  ],
  [
    'ecs-exec-unavailable',
    'An error occurred (InvalidParameterException) when calling the ExecuteCommand operation: The execute command failed because execute command was not enabled when the task was run or the execute command agent isn’t running.',
  ],
  ['ecs-exec-unavailable', 'SessionManagerPlugin is not found. Please refer to SessionManager Documentation'],
  [
    'service-connect-proxy-failure',
    'upstream connect error or disconnect/reset before headers. reset reason: connection failure',
  ],
  ['service-connect-proxy-failure', 'Essential container ecs-service-connect-Ab12 is UNHEALTHY'],
  [
    'schedule-invocation-failed',
    'Amazon EventBridge Scheduler could not invoke the target: AccessDeniedException, event sent to the dead-letter queue',
  ],
  ['healthy', '(service web) has reached a steady state.'],
  ['healthy', '(service web) (deployment ecs-svc/123) deployment completed.'],
  ['healthy', '(service web) registered 2 targets in (target-group web)'],
  ['healthy', 'Successfully set desired count to 4. Waiting for change to be fulfilled by ecs.'],
];

/** The same causes in shorter, looser and rarer words. */
export const moreMessages: readonly Message[] = [
  [
    'no-egress-route',
    'CannotPullContainerError: Error response from daemon: Get "https://ghcr.io/v2/": dial tcp 140.82.121.34:443: connect: network is unreachable',
  ],
  [
    'no-egress-route',
    "The task cannot pull '123.dkr.ecr.us-east-1.amazonaws.com/app:1' from Amazon ECR. There is a connection issue between the task and the registry. Check your task network configuration. failed to copy: ...",
  ],
  ['no-egress-route', 'fetch failed: connect ETIMEDOUT 104.18.6.192:443 (api.stripe.com)'],
  [
    'task-sg-egress-blocked',
    'ResourceInitializationError: unable to pull secrets or registry auth: unable to retrieve secret from asm: There is a connection issue between the task and AWS Secrets Manager. Check your task network configuration. failed to fetch secret db from secrets manager: operation error Secrets Manager: GetSecretValue, exceeded maximum number of attempts, 3, https response error StatusCode: 0, canceled, context deadline exceeded',
  ],
  [
    'missing-vpc-endpoint',
    'ResourceInitializationError: failed to validate logger args: The task cannot find or reach the Amazon CloudWatch log group: There is a connection issue between the task and Amazon CloudWatch. Check your network configuration. signal: killed',
  ],
  [
    's3-path-blocked',
    'CannotPullContainerError: ref pull has been retried 1 time(s): failed to unpack image on snapshotter overlayfs: failed to extract layer sha256:aa: failed to get reader from content store: context canceled; Get "https://prod-us-west-2-starport-layer-bucket.s3.us-west-2.amazonaws.com/": EOF',
  ],
  [
    's3-path-blocked',
    'CannotPullContainerError: failed to copy: httpReadSeeker: failed open: unexpected status code https://prod-eu-starport-layer-bucket.s3.eu-central-1.amazonaws.com/...: 403 Forbidden',
  ],
  [
    'vpc-dns-misconfig',
    'could not translate host name "orders.cluster-x.eu-west-1.rds.amazonaws.com" to address: Temporary failure in name resolution',
  ],
  ['vpc-dns-misconfig', 'psycopg.OperationalError: [Errno -2] Name or service not known'],
  [
    'vpc-dns-misconfig',
    'Post "https://api.ecr.us-east-1.amazonaws.com/": dial tcp: lookup api.ecr.us-east-1.amazonaws.com on 169.254.169.253:53: server misbehaving',
  ],
  ['dependency-unreachable', 'SequelizeConnectionError: connect ETIMEDOUT'],
  [
    'dependency-unreachable',
    'failed to connect to `host=orders-db user=app database=orders`: dial error (dial tcp 10.0.2.15:5432: connect: connection timed out)',
  ],
  ['dependency-unreachable', 'SQLSTATE[HY000] [2002] Connection timed out'],
  [
    'dependency-unreachable',
    "pymysql.err.OperationalError: (2003, \"Can't connect to MySQL server on 'db' (timed out)\")",
  ],
  ['dependency-unreachable', 'System.Net.Sockets.SocketException (110): Connection timed out 10.0.4.4:1433'],
  ['dependency-unreachable', 'waiting for postgres at orders-db:5432... timeout'],
  [
    'dependency-unreachable',
    'rpc error: code = Unavailable desc = connection error: desc = "transport: Error while dialing dial tcp 10.0.5.5:50051: i/o timeout"',
  ],
  [
    'dependency-unreachable',
    'org.postgresql.util.PSQLException: Connection to 10.0.3.4:5432 refused. Check that the hostname and port are correct and that the postmaster is accepting TCP/IP connections.',
  ],
  [
    'dependency-unreachable',
    'kombu.exceptions.OperationalError: [Errno 110] Connection timed out amqps://b-1.mq.eu-west-1.amazonaws.com:5671',
  ],
  [
    'dependency-unreachable',
    "Error: P1001: Can't reach database server at `orders.rds.amazonaws.com`:`5432`",
  ],
  ['subnet-ip-exhaustion', 'service app: Could not launch task: subnet-0f has no available IP addresses'],
  [
    'subnet-ip-exhaustion',
    'ENI creation failed. InsufficientFreeAddressesInSubnet: The specified subnet does not have enough free addresses',
  ],
  ['eni-allocation-failure', 'ecs-agent: failed to setup CNI: could not attach ENI: timeout'],
  [
    'eni-allocation-failure',
    'Failed to attach network interface: eni-0a1 timed out while waiting for acknowledgement',
  ],
  [
    'exec-role-secret-denied',
    'The task cannot pull the secret from Secrets Manager. The execution role lacks secretsmanager:GetSecretValue. AccessDeniedException',
  ],
  [
    'exec-role-secret-denied',
    'kms:Decrypt AccessDeniedException: The ciphertext refers to a customer master key that you are not allowed to access, unable to retrieve secret from asm',
  ],
  [
    'exec-role-secret-denied',
    'ResourceInitializationError: unable to pull secrets or registry auth: execution resource retrieval failed: unable to retrieve secret from asm: service call has been retried 1 time(s): failed to fetch secret arn:aws:secretsmanager:us-east-1:1:secret:x from secrets manager: AccessDeniedException: User: arn:aws:sts::1:assumed-role/...',
  ],
  [
    'exec-role-ecr-denied',
    'pull access denied for 123456789012.dkr.ecr.eu-west-1.amazonaws.com/api, repository does not exist or may require authorization: authorization failed: no basic auth credentials',
  ],
  [
    'exec-role-ecr-denied',
    'denied: User: arn:aws:sts::1:assumed-role/x/y is not authorized to perform: ecr:BatchGetImage on resource: arn:aws:ecr:us-east-1:2:repository/z because no resource-based policy allows the ecr:BatchGetImage action',
  ],
  [
    'exec-role-logs-denied',
    'failed to create Cloudwatch log group: AccessDeniedException: not authorized to perform: logs:CreateLogGroup',
  ],
  [
    'role-assume-failed',
    'ECS was unable to assume role for infrastructure: arn:aws:iam::1:role/ecsInfrastructureRole while managing EBS volume',
  ],
  [
    'role-assume-failed',
    'AccessDenied: ecs-tasks.amazonaws.com is not authorized to perform: sts:AssumeRole on role/api',
  ],
  [
    'passrole-denied',
    '(AccessDenied) codebuild role cannot pass role arn:aws:iam::1:role/taskrole; missing iam:PassRole',
  ],
  [
    'task-role-denied',
    'Error: SSM GetParameter failed: AccessDeniedException at Request.extractError (/app/node_modules/aws-sdk/lib/protocol/json.js:52:27)',
  ],
  ['task-role-denied', 'AccessDenied (client): S3 403 Forbidden when calling the HeadObject operation'],
  [
    'task-role-denied',
    'aws: error: An error occurred (AccessDenied) when calling the PutObject operation: Access Denied',
  ],
  [
    'task-role-denied',
    'NotAuthorized: User arn:aws:sts::1:assumed-role/ecsTaskRole/1 is not authorized to perform: sns:Publish on resource: arn:aws:sns:us-east-1:1:orders',
  ],
  [
    'task-credentials-unavailable',
    'Error retrieving credentials from container-role: Connect timeout on endpoint URL http://169.254.170.2/v2/credentials/...',
  ],
  ['task-credentials-unavailable', 'EC2MetadataError: failed to make EC2Metadata request'],
  [
    'task-credentials-unavailable',
    'Unable to get IAM security credentials from EC2 Instance Metadata Service.',
  ],
  [
    'task-credentials-unavailable',
    'ExpiredTokenException: The security token included in the request is expired',
  ],
  ['image-not-found', 'CannotPullContainerError: The specified image does not exist in the ECR repository'],
  [
    'image-not-found',
    "ImageNotFoundException: The image with imageId {imageDigest:'null', imageTag:'prod-7'} does not exist within the repository with name 'api'",
  ],
  ['image-not-found', 'CannotPullImageManifestError: Error response from daemon: manifest unknown'],
  ['image-not-found', 'failed to resolve ref 1.dkr.ecr.us-east-1.amazonaws.com/x@sha256:beef: not found'],
  ['private-registry-auth', 'unable to pull image registry.example.com/team/app:1: 401 Unauthorized'],
  [
    'private-registry-auth',
    'repositoryCredentials are wrong: docker login failed for registry.acme.io, authentication required',
  ],
  [
    'registry-rate-limit',
    'You have reached your pull rate limit. You may increase the limit by authenticating and upgrading: https://www.docker.com/increase-rate-limit',
  ],
  ['registry-rate-limit', 'CannotPullContainerError: pull QPS exceeded / too many requests from docker hub'],
  ['platform-mismatch', '/bin/sh: /app/server: cannot execute binary file: Exec format error'],
  [
    'platform-mismatch',
    'image with reference app:1 was found but does not match the specified platform: wanted linux/amd64, actual: linux/arm64',
  ],
  ['platform-mismatch', 'we built the image on an M1 mac and the Fargate task exits at once'],
  ['platform-mismatch', 'standard_init_linux.go:219: exec user process caused: exec format error'],
  ['secret-reference-invalid', 'ParameterNotFound: /prod/api/key'],
  [
    'secret-reference-invalid',
    'ValidationException: Invalid name. Must be a valid name containing alphanumeric characters; secret arn:aws:secretsmanager:...',
  ],
  ['secret-reference-invalid', 'unable to retrieve secret from asm: unexpected end of JSON input'],
  [
    'secret-reference-invalid',
    'retrieving secret failed: secret arn:aws:secretsmanager:us-west-2:1:secret:foo-abc is scheduled for deletion',
  ],
  [
    'log-group-missing',
    'logs ResourceNotFoundException: The specified log group does not exist: /ecs/web (region us-east-1)',
  ],
  [
    'log-pipeline-failure',
    "[error] [filter:parser:parser.0] requested parser 'json2' not found; fluent-bit exits",
  ],
  ['log-pipeline-failure', 'Essential container log_router exited (fluent-bit)'],
  [
    'log-pipeline-failure',
    'failed to initialize logging driver: splunk: failed to verify HTTP Event Collector token',
  ],
  [
    'invalid-task-definition',
    "ClientException: Invalid setting for container 'web'. At least one of 'memory' or 'memoryReservation' must be specified.",
  ],
  ['invalid-task-definition', 'ClientException: Container.image should not be null or empty.'],
  ['invalid-task-definition', 'ClientException: Tmpfs is not supported on Fargate'],
  [
    'invalid-task-definition',
    'Parameter validation failed: Invalid type for parameter containerDefinitions[0].cpu',
  ],
  ['invalid-task-definition', "ClientException: Unknown volume 'data' referenced by container"],
  ['invalid-task-definition', "ClientException: Cannot specify 'ephemeralStorage' for Windows"],
  ['entrypoint-invalid', 'exec: "python3 app.py": executable file not found in $PATH'],
  ['entrypoint-invalid', 'OCI runtime create failed: exec: "./start.sh": permission denied'],
  ['entrypoint-invalid', 'exec /entrypoint.sh: no such file or directory'],
  ['entrypoint-invalid', '/bin/bash^M: bad interpreter: No such file or directory'],
  ['entrypoint-invalid', "python: can't open file '/app/main.py': [Errno 2] No such file or directory"],
  [
    'entrypoint-invalid',
    'failed to create containerd task: failed to create shim task: hcs::System::CreateProcess web: The system cannot find the file specified.: unknown',
  ],
  ['entrypoint-invalid', 'Error: Could not find or load main class com.acme.App'],
  ['app-config-error', 'panic: required key DB_URL missing value'],
  ['app-config-error', "Error: Cannot find module '/app/dist/main.js'"],
  ['app-config-error', 'java.lang.IllegalStateException: Failed to load ApplicationContext'],
  [
    'app-config-error',
    'pydantic_core._pydantic_core.ValidationError: 1 validation error for Settings redis_url Field required',
  ],
  ['app-config-error', 'config.yaml: yaml: line 12: mapping values are not allowed in this context'],
  ['app-config-error', "ArgumentError: Missing `secret_key_base` for 'production' environment"],
  ['app-config-error', 'FATAL:  database "orders" does not exist'],
  [
    'app-config-error',
    'sqlalchemy.exc.ProgrammingError: (psycopg2.errors.UndefinedTable) relation "users" does not exist',
  ],
  [
    'app-config-error',
    "Unhandled exception. System.ArgumentNullException: Value cannot be null. (Parameter 'connectionString')",
  ],
  ['app-config-error', 'nginx: [emerg] host not found in upstream "api" in /etc/nginx/nginx.conf:12'],
  ['app-clean-exit', 'the container exits immediately with code 0'],
  ['app-clean-exit', 'Job finished, exit code=0'],
  ['oom-killed', 'Killed process 12 (node) total-vm:2048000kB, anon-rss:512000kB'],
  ['oom-killed', 'MemoryError: Unable to allocate 3.2 GiB for an array'],
  ['oom-killed', 'fatal error: runtime: out of memory'],
  ['oom-killed', 'java.lang.OutOfMemoryError: Metaspace'],
  ['oom-killed', 'OutOfMemory: Container killed because memory usage exceeded its hard limit'],
  [
    'native-crash',
    'fatal error: unexpected signal during runtime execution [signal SIGSEGV: segmentation violation code=0x1]',
  ],
  ['native-crash', 'double free or corruption (out)'],
  ['native-crash', 'Illegal instruction (core dumped)'],
  ['native-crash', 'exit status 134'],
  [
    'container-dependency-failed',
    'TaskFailedToStart: dependency graph: container ordering: dependency [db] for [app] failed to resolve',
  ],
  [
    'container-dependency-failed',
    'sidecar never became HEALTHY so the dependsOn condition was not satisfied',
  ],
  ['lb-sg-ingress-missing', 'port 8080 is unhealthy in target-group api due to (reason Request timed out)'],
  [
    'lb-sg-ingress-missing',
    'the ALB cannot reach the tasks: security group of the tasks does not allow the load balancer',
  ],
  ['lb-healthcheck-misconfig', 'Health checks failed with these codes: [403]'],
  ['lb-healthcheck-misconfig', 'health check path /healthz returns 404 but /health works'],
  ['lb-healthcheck-misconfig', 'the target group check gets a 302 redirect to https'],
  [
    'slow-start-grace',
    'tasks are killed by the load balancer before the app finished booting, it takes 3 minutes',
  ],
  ['slow-start-grace', 'health check grace period is too short, JVM warms up slowly'],
  ['app-bind-address', 'Uvicorn running on http://127.0.0.1:8000 (Press CTRL+C to quit)'],
  ['app-bind-address', 'Now listening on: http://localhost:5000'],
  ['app-bind-address', '- Local: http://localhost:3000'],
  ['container-healthcheck-invalid', 'health check: /bin/sh: wget: not found'],
  [
    'container-healthcheck-invalid',
    '(service web) (task 12) is UNHEALTHY: Task failed container health checks.',
  ],
  ['graceful-shutdown-gap', 'Container did not stop within stopTimeout and was sent SIGKILL'],
  ['graceful-shutdown-gap', 'HTTP 502 errors when tasks are stopped during scale in'],
  ['insufficient-cluster-resources', 'RESOURCE:CPU'],
  ['insufficient-cluster-resources', 'run task failure: [{"reason":"RESOURCE:GPU"}]'],
  ['insufficient-cluster-resources', 'not enough memory on any container instance to place the task'],
  ['host-port-conflict', 'listen tcp 0.0.0.0:443: bind: address already in use, CannotStartContainerError'],
  ['instance-registration-failed', 'EC2 instance is running but does not show up in the ECS cluster'],
  ['instance-registration-failed', 'ecs-agent: Error registering container instance: NoCredentialProviders'],
  ['asg-capacity-failure', 'InsufficientInstanceCapacity: no capacity for g4dn.xlarge'],
  ['asg-capacity-failure', 'Auto Scaling group reached its maximum size, tasks remain PROVISIONING'],
  [
    'asg-capacity-failure',
    'Your requested instance type (t3.micro) is not supported in your requested Availability Zone (us-east-1e). Launching EC2 instance failed.',
  ],
  ['agent-disconnected', 'container instance agent is disconnected'],
  ['agent-disconnected', 'Error: Unable to discover poll endpoint'],
  ['placement-constraint-unmet', 'memberOf constraint attribute:ecs.instance-type =~ g4dn.* unsatisfied'],
  ['fargate-capacity-unavailable', 'Fargate Spot capacity is currently unavailable in the zone'],
  ['fargate-capacity-unavailable', 'The Availability Zone us-east-1e does not support Fargate'],
  ['fargate-quota', 'You’ve reached the limit on the number of Fargate Spot vCPUs you can run concurrently'],
  ['api-throttling', '(service web) operations are being throttled on elb. Will try again later.'],
  ['api-throttling', 'TooManyRequestsException: Rate exceeded (DescribeTasks)'],
  ['infrastructure-interruption', 'TerminationNotice: spot instance i-0a1 will be reclaimed'],
  [
    'infrastructure-interruption',
    'Task was stopped because of a retirement: AWS_ECS_TASK_PATCHING_RETIREMENT',
  ],
  [
    'infrastructure-interruption',
    'Service scaling activity: ServiceSchedulerInitiated Scaling activity initiated by deployment ecs-svc/1',
  ],
  ['deployment-settings', 'ECS Deployment Circuit Breaker was triggered'],
  ['deployment-settings', 'rolloutState FAILED: deployment failed: alarm detected'],
  [
    'deployment-settings',
    'Resource handler returned message: "Error occurred during operation ECS Deployment Circuit Breaker was triggered." (HandlerErrorCode: GeneralServiceException)',
  ],
  ['deployment-settings', 'Service ecs-web did not stabilize.'],
  [
    'deployment-settings',
    'waiting for ECS Service (web) update: timeout while waiting for state to become tfSTABLE',
  ],
  [
    'deployment-controller-mismatch',
    'Invalid request: Unable to update load balancers on services with a CODE_DEPLOY deployment controller',
  ],
  [
    'lb-attachment-invalid',
    'InvalidParameterException: Unable to find target group arn:aws:elasticloadbalancing:...',
  ],
  [
    'lb-attachment-invalid',
    'InvalidParameterException: The target group tg does not have an associated load balancer.',
  ],
  ['lb-attachment-invalid', 'Target is in an Availability Zone that is not enabled for the load balancer'],
  ['network-mode-mismatch', 'ClientException: Fargate only supports network mode ‘awsvpc’.'],
  ['network-mode-mismatch', 'target type must be ip for tasks with the awsvpc network mode'],
  ['stale-or-wrong-reference', 'ClientException: Unable to describe task definition.'],
  ['stale-or-wrong-reference', 'InvalidParameterException: Invalid revision number. Number: web:latest'],
  [
    'stale-or-wrong-reference',
    "InvalidParameterException: Error retrieving subnet information for [subnet-123]: The subnet ID 'subnet-123' does not exist",
  ],
  [
    'stale-or-wrong-reference',
    "Error retrieving security group information for [sg-1]: The security group 'sg-1' does not exist (ErrorCode: InvalidGroup.NotFound)",
  ],
  ['stale-or-wrong-reference', 'service web INACTIVE'],
  [
    'service-lifecycle-conflict',
    'InvalidParameterException: Unable to Start a service that is still Draining',
  ],
  [
    'service-lifecycle-conflict',
    'ClusterContainsServicesException: The Cluster cannot be deleted while Services are active.',
  ],
  ['autoscaling-conflict', 'desired count keeps flapping between 2 and 6 after each deploy'],
  ['disk-full', 'mkdir /var/lib/docker/overlay2/abc: no space left on device'],
  [
    'disk-full',
    'CannotPullContainerError: write /var/lib/containerd/io.containerd/ingest: no space left on device: unknown',
  ],
  ['disk-full', 'ENOSPC: no space left on device, write'],
  ['efs-unreachable', 'mount.nfs4: Connection refused, fs-0123abcd'],
  [
    'efs-unreachable',
    'ResourceInitializationError: failed to invoke EFS utils commands to set up EFS volumes: command failed: context deadline exceeded',
  ],
  ['efs-access-denied', "PermissionError: [Errno 13] Permission denied: '/mnt/efs/uploads'"],
  ['efs-access-denied', 'EFS: access point fsap-0123 not authorized: elasticfilesystem:ClientMount'],
  [
    'container-runtime-failure',
    'CannotCreateContainerError: containerd: connection error: desc = "transport: error while dialing unix /run/containerd/containerd.sock: connect: connection refused"',
  ],
  [
    'container-runtime-failure',
    'OCI runtime create failed: nvidia-container-cli: device error: unknown device id',
  ],
  [
    'container-runtime-failure',
    'runc create failed: unable to apply cgroup configuration: failed to write 100000: invalid argument',
  ],
  [
    'ecs-exec-unavailable',
    'TargetNotConnectedException: The execute command failed due to an internal error',
  ],
  ['ecs-exec-unavailable', 'ExecuteCommandAgent lastStatus STOPPED'],
  ['ecs-exec-unavailable', 'aws ecs execute-command: execute command was not enabled when the task was run'],
  ['service-connect-proxy-failure', 'envoy: no healthy upstream'],
  ['service-connect-proxy-failure', 'ecs-service-connect-xyz container exited with code 137'],
  ['schedule-invocation-failed', 'CloudWatch Events rule nightly never starts the ECS task'],
  ['schedule-invocation-failed', 'FailedInvocations metric of the EventBridge rule is 1'],
  ['healthy', 'service (web) (deployment ecs-svc/1) completed; has reached a steady state'],
  ['healthy', '(service web) has started 2 tasks: (task 1a) (task 2b).'],
  ['healthy', '(service web, taskSet ecs-svc/1) has begun draining connections on 1 tasks.'],

  [
    'task-sg-egress-blocked',
    'ResourceInitializationError: unable to pull secrets or registry auth: pull command failed: : signal: killed',
  ],
  [
    'public-subnet-no-public-ip',
    'ResourceInitializationError: unable to pull secrets or registry auth: execution resource retrieval failed: unable to retrieve ecr registry auth: service call has been retried 1 time(s): RequestError: send request failed caused by: Post https://api.ecr....',
  ],
  [
    'no-egress-route',
    'CannotPullContainerError: containerd: pull command failed: time="2020-04-13T20:34:57Z" level=info msg="apply failure, attempting cleanup" error="failed to extract layer": context deadline exceeded',
  ],
  [
    'no-egress-route',
    'CannotPullContainerError: Error response from daemon: Get https://quay.io/v2/: net/http: request canceled (Client.Timeout exceeded while awaiting headers)',
  ],
  [
    'missing-vpc-endpoint',
    'CannotPullContainerError: Error response from daemon: Get https://1.dkr.ecr.eu-west-1.amazonaws.com/v2/: dial tcp 10.0.8.9:443: connect: connection refused',
  ],
  [
    's3-path-blocked',
    'CannotPullContainerError: Error response from daemon: error parsing HTTP 403 response body: invalid character \'<\' looking for beginning of value: "<?xml ...AccessDenied... S3"',
  ],
  ['vpc-dns-misconfig', 'upstream host not found: Could not resolve host: payments.internal.local'],
  ['vpc-dns-misconfig', 'Error: getaddrinfo EAI_AGAIN api.internal'],
  ['dependency-unreachable', "ERROR 2003 (HY000): Can't connect to MySQL server on 'db.example' (110)"],
  ['dependency-unreachable', 'SQLSTATE[08006] [7] timeout expired'],
  [
    'dependency-unreachable',
    'io.lettuce.core.RedisConnectionException: Unable to connect to cache.example:6379',
  ],
  [
    'dependency-unreachable',
    'Npgsql.NpgsqlException: Failed to connect to 10.2.3.4:5432 ---> System.TimeoutException',
  ],
  ['dependency-unreachable', 'pq: dial tcp 10.11.12.13:5432: connect: connection refused'],
  ['dependency-unreachable', '[ERROR] Database connection failed after 30s'],
  ['subnet-ip-exhaustion', 'InsufficientFreeAddressesInSubnet: not enough ips in subnet-1'],
  ['eni-allocation-failure', 'ENI provisioning timed out for the task'],
  [
    'exec-role-secret-denied',
    'User: arn:aws:sts::1:assumed-role/ecsTaskExecutionRole/x is not authorized to perform: secretsmanager:GetSecretValue on resource: arn:aws:secretsmanager:us-east-1:1:secret:db',
  ],
  ['exec-role-secret-denied', 'AccessDeniedException: Access to KMS is not allowed'],
  ['exec-role-ecr-denied', 'CannotPullContainerError: AccessDeniedException'],
  [
    'exec-role-ecr-denied',
    'failed to resolve ref 1.dkr.ecr.us-east-1.amazonaws.com/aws-guardduty-agent-fargate:v1: 403 Forbidden',
  ],
  [
    'exec-role-logs-denied',
    'AccessDeniedException ... logs:CreateLogStream on resource: arn:aws:logs:us-east-1:1:log-group:/ecs/x',
  ],
  [
    'role-assume-failed',
    '(service web) failed to launch a task with (error ECS was unable to assume the role null).',
  ],
  ['role-assume-failed', 'The ECS service linked role does not exist. Please create AWSServiceRoleForECS'],
  ['role-assume-failed', 'AccessDenied when calling AssumeRole: Roles may not be assumed by root accounts'],
  ['passrole-denied', 'is not authorized to perform: iam:PassRole'],
  ['task-role-denied', 'S3ServiceException: AccessDenied'],
  [
    'task-role-denied',
    'ResponseError: User: arn:aws:sts::1:assumed-role/web-task/1 is not authorized to perform: dynamodb:Query on resource',
  ],
  [
    'task-credentials-unavailable',
    'ProfileNotFound / NoAuthHandlerFound: Unable to locate credentials. You can configure credentials by running "aws configure".',
  ],
  [
    'task-credentials-unavailable',
    'CredentialsError: Missing credentials in config, if using AWS_CONFIG_FILE, set AWS_SDK_LOAD_CONFIG=1',
  ],
  ['task-credentials-unavailable', 'Get "http://169.254.170.2/v2/credentials/8a": context deadline exceeded'],
  ['image-not-found', 'Error: No such image: app:latest'],
  [
    'image-not-found',
    'CannotPullContainerError: failed to resolve ref docker.io/library/api:latest: docker.io/library/api:latest: not found',
  ],
  ['image-not-found', 'repository does not exist: name unknown'],
  [
    'private-registry-auth',
    'failed to authorize: failed to fetch oauth token: unexpected status: 401 Unauthorized',
  ],
  ['registry-rate-limit', 'CannotPullContainerError: unexpected status code 429'],
  ['platform-mismatch', 'no match for platform in manifest: not found'],
  ['platform-mismatch', 'The container operating system does not match the host operating system'],
  [
    'platform-mismatch',
    'image operating system "linux" cannot be used on this platform: operating system is not supported',
  ],
  [
    'secret-reference-invalid',
    'ResourceInitializationError: unable to retrieve secrets from ssm: invalid parameters: DB_PASS',
  ],
  ['secret-reference-invalid', 'did not contain json key password'],
  ['log-group-missing', 'The specified log group does not exist.'],
  [
    'log-pipeline-failure',
    'failed to initialize logging driver: fluentd: dial unix /var/run/fluent.sock: connect: no such file or directory',
  ],
  ['log-pipeline-failure', '[2023/11/02] [error] [output:es:es.0] HTTP status=403 URI=/_bulk'],
  [
    'invalid-task-definition',
    'Invalid value for memory: must be between 512 and 2048 for 256 cpu units on Fargate',
  ],
  [
    'invalid-task-definition',
    'ClientException: No networkMode set; links are not supported when networkMode=awsvpc',
  ],
  [
    'invalid-task-definition',
    'ClientException: When you are specifying container dependencies, cycle detected',
  ],
  [
    'entrypoint-invalid',
    'container_linux.go:370: starting container process caused: exec: "bundle": executable file not found in $PATH: unknown',
  ],
  ['entrypoint-invalid', 'sh: 1: node: not found'],
  [
    'entrypoint-invalid',
    'OCI runtime create failed: starting container process caused "exec: \\"/app\\": permission denied"',
  ],
  ['app-config-error', 'Error: Config validation error: "PORT" is required'],
  ['app-config-error', "thread 'main' panicked at 'called `Result::unwrap()` on an `Err` value: NotPresent'"],
  ['app-config-error', "AttributeError: 'NoneType' object has no attribute 'split'"],
  ['app-config-error', 'Could not open input file: artisan'],
  ['app-config-error', 'bind: permission denied: listen tcp :80'],
  ['app-config-error', 'System.IO.FileNotFoundException: appsettings.Production.json'],
  ['app-config-error', 'npm ERR! Missing script: "start"'],
  ['app-clean-exit', 'exited with code 0'],
  ['app-clean-exit', 'process ended normally, exit status 0'],
  ['oom-killed', 'exit code 137 OutOfMemoryError'],
  ['oom-killed', 'runtime: cannot allocate memory'],
  ['oom-killed', 'Reason: OOMKilled'],
  ['native-crash', 'SIGABRT: abort'],
  ['native-crash', 'malloc(): memory corruption, Aborted (core dumped)'],
  ['container-dependency-failed', 'Container app waits for db to become HEALTHY, startTimeout exceeded'],
  ['lb-sg-ingress-missing', 'targets unhealthy: Request timed out'],
  ['lb-healthcheck-misconfig', 'Health checks failed with these codes: [400]'],
  ['lb-healthcheck-misconfig', 'Target group health check returns 301'],
  ['slow-start-grace', 'service killed my task before the grace period, app needs 120 seconds to start'],
  ['app-bind-address', 'app listens on 127.0.0.1 instead of 0.0.0.0'],
  [
    'container-healthcheck-invalid',
    'CMD-SHELL curl -f http://localhost/ || exit 1 fails because curl is not installed',
  ],
  ['graceful-shutdown-gap', 'exit 143 after SIGTERM'],
  ['insufficient-cluster-resources', 'has insufficient memory available'],
  [
    'insufficient-cluster-resources',
    '(service x) was unable to place a task because no container instance met all of its requirements. The closest matching (container-instance a) has insufficient memory avail...',
  ],
  ['host-port-conflict', 'Bind for 0.0.0.0:8080 failed: port is already allocated'],
  ['instance-registration-failed', 'ECS agent cannot register: ClientException: Cluster not found'],
  [
    'asg-capacity-failure',
    'There is no Spot capacity available that matches your request. Launching EC2 instance failed.',
  ],
  [
    'asg-capacity-failure',
    'The requested configuration is currently not supported. Launching EC2 instance failed.',
  ],
  ['agent-disconnected', 'agentConnected false on two hosts'],
  ['placement-constraint-unmet', 'Reason: ATTRIBUTE'],
  ['placement-constraint-unmet', 'is missing an attribute required by your task'],
  ['fargate-capacity-unavailable', 'Capacity is unavailable at this time'],
  ['fargate-quota', 'You have reached the limit on the number of vCPUs'],
  ['api-throttling', 'Rate exceeded'],
  ['api-throttling', 'ThrottlingException'],
  ['infrastructure-interruption', 'SpotInterruption'],
  ['infrastructure-interruption', 'Host EC2 (instance i-1) terminated'],
  ['deployment-settings', 'deployment failed: tasks failed to start. rolling back to deploymentId ecs-svc/1'],
  ['deployment-settings', 'minimumHealthyPercent 100 maximumPercent 100'],
  [
    'deployment-controller-mismatch',
    'InvalidParameterException: UpdateService is not allowed on services with deployment controller of type EXTERNAL',
  ],
  ['lb-attachment-invalid', 'The container nginx does not have a port mapping for containerPort 80'],
  ['lb-attachment-invalid', "ValidationError: Target group 'arn' not found"],
  ['network-mode-mismatch', 'Network Configuration is not valid'],
  ['stale-or-wrong-reference', 'TaskDefinition not found'],
  ['stale-or-wrong-reference', 'The referenced cluster was inactive.'],
  ['stale-or-wrong-reference', 'The specified cluster could not be found. ClusterNotFound'],
  ['service-lifecycle-conflict', 'service already exists'],
  ['service-lifecycle-conflict', 'Creation of service was not idempotent'],
  ['disk-full', 'write error: No space left on device (os error 28)'],
  [
    'efs-unreachable',
    'Failed to resolve "fs-12345678.efs.us-east-1.amazonaws.com" - check that your file system ID is correct, and ensure that the VPC has an EFS mount target for this file system ID.',
  ],
  ['efs-access-denied', 'mount.nfs4: access denied by server while mounting'],
  [
    'container-runtime-failure',
    'DockerTimeoutError: Could not transition to created; timed out after waiting 4m0s',
  ],
  [
    'container-runtime-failure',
    'CannotCreateVolumeError: Error response from daemon: create vol: plugin error',
  ],
  ['container-runtime-failure', 'failed to create shim task: ttrpc: closed: unknown'],
  ['ecs-exec-unavailable', 'The execute command failed because execute command was not enabled'],
  ['service-connect-proxy-failure', 'ecs-service-connect-agent unhealthy'],
  ['schedule-invocation-failed', 'EventBridge Scheduler target invocation failed'],
  ['healthy', 'deployment completed'],
  ['healthy', 'has stopped 1 running tasks: (task 1)'],
];

/** Text that has nothing to do with a failure. */
export const unrelated: readonly string[] = [
  '',
  'The quick brown fox jumps over the lazy dog.',
  'What is the weather like in Dublin today?',
  'Please order twelve boxes of paper and a stapler.',
  'GET /index.html 200 12ms',
  '1234567890',
  'Lorem ipsum dolor sit amet, consectetur adipiscing elit.',
  '\u0000\u001b[31m\u202e',
  '{"a":[1,2,3],"b":{"c":null}}',
  'Meeting notes: Anna presents the roadmap, Ben brings cake.',
  ...[
    'my favourite colour is blue',
    'Successfully compiled 12 modules',
    'INFO request completed in 12ms',
    'user logged in',
    'cache miss for key user:12',
    'Starting Gunicorn 20.1.0',
    'npm install lodash',
    'how do I bake bread?',
    'Version 1.2.3 released',
    'SELECT * FROM orders WHERE id = 1',
    'The train leaves at nine',
  ],
  'thanks a lot!',
  'How many users signed up yesterday?',
  'The container ship left the port of Rotterdam',
  'health is wealth',
  '{"level":"info","msg":"request handled","status":200}',
  'my dog is called Docker',
  'Our team role in the project',
  'time to go home',
];
