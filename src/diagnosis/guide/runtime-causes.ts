// Causes that show once tasks exist or should: containers that end, checks that fail, hosts that do not fit, deployments that do not move.

import type { GuideRow } from './cause-guide.ts';

const container = {
  'entrypoint-invalid': [
    'The command of the container cannot be run.',
    '“executable file not found”, “permission denied” (126), 127; a volume that hides the path.',
    'Not provable: what is inside an image is in no API. The runtime’s own words make it likely.',
    'Correct command or entry point, make it executable, or mount elsewhere.',
  ],
  'app-config-error': [
    'The application gives up because of its configuration, a file or a limit.',
    'Exit code 1 or another small one, and last words about a setting, a file, a schema, a limit.',
    'Not provable: only the log says why an application gave up.',
    'Correct the setting it names, or go back to the revision that worked.',
  ],
  'app-clean-exit': [
    'The main process ended by itself with 0, and a service needs it to stay.',
    '“Essential container in task exited” with exit code 0 and no reason; an exit 0 with an out-of-memory reason is no clean exit.',
    'The exit code and the empty reason of the container that ended first.',
    'Run the process in the foreground, or run the task as a job rather than a service.',
  ],
  'oom-killed': [
    'A container was killed for memory.',
    'OutOfMemory in its reason, 137 with memory near the limit. 137 alone is also a stop that took too long.',
    'The reason of the container, or its memory metric at the limit.',
    'More memory, or less use: the limit of the container, of the task, and of the runtime inside.',
  ],
  'native-crash': [
    'The process crashed in native code.',
    'Exit code 139 or 134, “Segmentation fault”, “core dumped”.',
    'Not provable: an exit code is a convention of the shell.',
    'Go back to the revision before; look at the native library or the processor it needs.',
  ],
  'container-dependency-failed': [
    'A container waits for another one that fails or never becomes ready.',
    '“dependency graph”, a condition of dependsOn that is never met, 143 on the one that waited.',
    'dependsOn in the task definition together with what became of the container it names.',
    'Repair the container waited for, or the condition.',
  ],
} satisfies Record<string, GuideRow>;

const health = {
  'lb-sg-ingress-missing': [
    'The load balancer may not reach the port of the tasks, for traffic or for its health check.',
    'Target.Timeout, tasks stopped for failed ELB health checks although the application is well.',
    'The path from the balancer’s group to the tasks’ group and port, closed at the inbound rules.',
    'One inbound rule from the balancer’s group to the port.',
  ],
  'lb-healthcheck-misconfig': [
    'The health check asks for the wrong thing: path, code, protocol, port or time.',
    'Target.ResponseCodeMismatch with a code such as 404 or 301; Target.FailedHealthChecks although the application answers.',
    'The check’s settings against the code that came back. A container port other than the target group’s is normal: ECS registers its own.',
    'Correct path or matcher of the target group.',
  ],
  'slow-start-grace': [
    'The application starts more slowly than the checks allow.',
    'Tasks stopped for health after nearly the same time each, and a log that was still starting.',
    'The time from start to the first success against grace period, interval and threshold.',
    'A longer `healthCheckGracePeriodSeconds`, or a start period of the container check.',
  ],
  'app-bind-address': [
    'The application listens on 127.0.0.1 or on another port.',
    'Connection refused by the target although every rule is open; “listening on localhost” in the log.',
    'Not provable: where a process listens is only in its own lines.',
    'Listen on 0.0.0.0 and the container port.',
  ],
  'container-healthcheck-invalid': [
    'The container’s own health command cannot succeed.',
    '“failed container health checks” although the application serves; curl or wget that the image lacks.',
    'Not provable: which programs an image holds is in no API.',
    'A command the image has, on the right port and address.',
  ],
  'graceful-shutdown-gap': [
    'Tasks are killed while they stop, or requests are dropped.',
    '137 after exactly stopTimeout at a stop that was wanted, 502 at deployments, a drain of 300 s.',
    '137 without an out-of-memory reason after stopTimeout, at a stop that was meant; the deregistration delay says how long it had drained. Whether requests were lost is not in the state.',
    'Handle SIGTERM, and fit stopTimeout and the deregistration delay to it.',
  ],
} satisfies Record<string, GuideRow>;

const placement = {
  'insufficient-cluster-resources': [
    'No host has enough free CPU or memory.',
    '“closest matching container-instance … has insufficient CPU/memory”, RESOURCE:CPU, RESOURCE:MEMORY.',
    'The remaining resources of every host against what the task needs; a rolling update needs both generations at once.',
    'More or larger hosts, a smaller task, or a lower minimumHealthyPercent.',
  ],
  'host-port-conflict': [
    'A fixed host port is taken on every host.',
    '“already using a port”, RESOURCE:PORTS.',
    'The port in the task definition and among the hosts’ taken ports.',
    'Dynamic host ports (0) or awsvpc, or a minimum of 0 %.',
  ],
  'instance-registration-failed': [
    'An instance runs but is not in the cluster.',
    '“No Container Instances were found in your cluster” while EC2 shows running instances of the group.',
    'Running instances of the group against the container instances of the cluster, or a status REGISTRATION_FAILED.',
    'ECS_CLUSTER in the user data, the instance role, a way to ECS on 443.',
  ],
  'asg-capacity-failure': [
    'The Auto Scaling group cannot supply instances.',
    'Tasks in PROVISIONING for long, then stopped; scaling activities that failed.',
    'The group’s limits and the status message of its newest activities.',
    'Raise the maximum or the quota, or offer more instance types and zones.',
  ],
  'agent-disconnected': [
    'The ECS agent of a host does not answer.',
    'AGENT in placement errors; tasks on the host stay RUNNING on paper.',
    'agentConnected false. A short break is normal.',
    'Restart agent and docker, or drain and replace the host.',
  ],
  'placement-constraint-unmet': [
    'No host has a required attribute or meets a constraint.',
    '“missing an attribute”, MemberOf, ATTRIBUTE.',
    'The difference between what is required and what the hosts have. Expressions are never checked when they are registered.',
    'Correct the constraint, or give hosts the attribute.',
  ],
  'fargate-capacity-unavailable': [
    'AWS has no Fargate capacity in the zone at that moment.',
    '“Capacity is unavailable at this time”.',
    'Not provable: the free capacity of AWS is in no API; the event is all there is.',
    'More zones; for Spot a share of on-demand.',
  ],
  'fargate-quota': [
    'A quota of the account is reached.',
    '“You’ve reached the limit on the number of tasks/vCPUs”.',
    'The quota as it applies to the account, against the highest number of vCPUs that ran in the last hour and what one task takes.',
    'Raise the quota, or lower maximumPercent.',
  ],
  'api-throttling': [
    'Calls come faster than AWS allows.',
    '“operations are being throttled”, RequestLimitExceeded inside another error.',
    'Not provable: rates of calls are not in the state.',
    'It passes by itself; find who calls so often.',
  ],
  'infrastructure-interruption': [
    'Spot was reclaimed, a host ended, or scaling took a task away.',
    'SpotInterruption, TerminationNotice, “Host EC2 … terminated”.',
    'The stop code and reason of the tasks, the state of the machine.',
    'Usually nothing: the service replaces them.',
  ],
} satisfies Record<string, GuideRow>;

const deployment = {
  'deployment-settings': [
    'Settings keep a deployment from moving, or the breaker only reports what fails beneath.',
    'IN_PROGRESS without an end, “unable to stop or start tasks”, protected tasks.',
    'Minimum and maximum percent that allow no step, protection, or the limits of the service.',
    'Percentages that leave room for one task more or less.',
  ],
  'deployment-controller-mismatch': [
    'The service is deployed by CodeDeploy or from outside, and somebody used the ECS way.',
    'InvalidParameterException about the deployment controller.',
    'Not provable from the service: that somebody tried is only in CloudTrail.',
    'Deploy through the controller the service has.',
  ],
  'lb-attachment-invalid': [
    'Target group, listener and container do not fit together.',
    'A target group without a listener, a container or port that does not exist, a deleted target group.',
    'The service’s load balancer settings against target groups, listeners and the task definition.',
    'Attach the group to a listener, or correct container and port.',
  ],
  'network-mode-mismatch': [
    'The target type or network configuration contradicts the network mode.',
    'InvalidParameterException about target type ip or instance, or networkConfiguration on bridge.',
    'Not provable when it was refused: the combination exists in no state; else the target type against the mode.',
    'Target type ip with awsvpc, instance otherwise.',
  ],
  'stale-or-wrong-reference': [
    'Something named is inactive, deleted, or in another cluster, region or account.',
    'MISSING, ClusterNotFound, an INACTIVE task definition, groups or subnets that do not exist.',
    'AWS’s own answer about that name.',
    'Name what exists.',
  ],
  'service-lifecycle-conflict': [
    'The name is still held by a service that is being deleted.',
    '“still Draining”, “not idempotent”.',
    'Not provable: the service drains; that its name was asked for again is only in CloudTrail.',
    'Wait until it is INACTIVE, or use another name.',
  ],
  'autoscaling-conflict': [
    'Scaling and somebody else set the desired count against each other.',
    'The desired count goes back and forth after deployments.',
    'Not provable: two writers are visible, their intentions are not.',
    'Leave the desired count out of deployments, or widen the limits of scaling.',
  ],
} satisfies Record<string, GuideRow>;

const runtime = {
  'container-runtime-failure': [
    'Docker, containerd, a GPU hook or the agent fails or is overloaded.',
    '“Could not transition to …”, hook errors, failures on one host only.',
    'Not provable: the state of a host is in no API; the runtime’s words and the same host each time make it likely.',
    'Replace the host; give its disk more throughput.',
  ],
  'ecs-exec-unavailable': [
    'ECS Exec is not enabled for the tasks or not connected.',
    'TargetNotConnectedException, “execute command was not enabled”.',
    'Not provable that somebody wanted it; the flag, the agent’s status and the role’s permissions are state.',
    'Enable it and start new tasks; allow the four ssmmessages actions to the task role.',
  ],
  'service-connect-proxy-failure': [
    'The Service Connect proxy is unhealthy or routes before the application is ready.',
    'A container ecs-service-connect-… that is UNHEALTHY or ends, 503 right after a start.',
    'Status and reason of the proxy container.',
    'Memory for the proxy, and a container health check so that it waits.',
  ],
  'schedule-invocation-failed': [
    'A schedule of EventBridge could not start its task.',
    'Nothing happens: no task, no service event; FailedInvocations of the rule.',
    'Not provable by a task, since there is none: rule, target, role and task definition are state, the refusal is in CloudTrail and a metric.',
    'Let the role run and pass what the target names; name a revision that is ACTIVE.',
  ],
} satisfies Record<string, GuideRow>;

export const runtimeCauses = { container, health, placement, deployment, runtime };
