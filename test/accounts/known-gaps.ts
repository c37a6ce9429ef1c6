// Accounts whose diagnosis is not right yet, with what is said today. A line here that has become right fails the test, so
// that the list only shrinks.

export const knownGaps: Readonly<Record<string, string>> = {
  'no-egress-route/b': 'oom-killed proven, no-egress-route likely [another class stands first]',
  'nacl-blocked/b': 'nacl-blocked proven, oom-killed proven [proven though it is not so: oom-killed]',
  'missing-vpc-endpoint/b':
    'missing-vpc-endpoint proven, oom-killed proven [proven though it is not so: oom-killed]',
  's3-path-blocked/a':
    'task-sg-egress-blocked proven, missing-vpc-endpoint proven [another class stands first]',
  's3-path-blocked/b': 'missing-vpc-endpoint likely [another class stands first]',
  'vpc-dns-misconfig/b': 'app-config-error likely [another class stands first]',
  'dependency-unreachable/b': 'task-sg-egress-blocked proven [another class stands first]',
  'subnet-ip-exhaustion/b':
    'subnet-ip-exhaustion proven, oom-killed proven [proven though it is not so: oom-killed]',
  'eni-allocation-failure/a': 'eni-allocation-failure likely [the verdict is too weak]',
  'exec-role-secret-denied/a': 'exec-role-secret-denied likely [the verdict is too weak]',
  'exec-role-secret-denied/b':
    'oom-killed proven, exec-role-secret-denied likely [another class stands first]',
  'exec-role-ecr-denied/a': 'exec-role-ecr-denied likely [the verdict is too weak]',
  'exec-role-ecr-denied/b': 'exec-role-ecr-denied likely [the verdict is too weak]',
  'exec-role-ecr-denied/c': 'exec-role-ecr-denied likely [the missing permission is not named]',
  'exec-role-logs-denied/a': 'exec-role-logs-denied likely [the verdict is too weak]',
  'exec-role-logs-denied/b': 'exec-role-logs-denied likely [the verdict is too weak]',
  'task-role-denied/a': 'unknown unknown, app-config-error possible [another class stands first]',
  'task-role-denied/b': 'unknown unknown, app-config-error possible [another class stands first]',
  'task-role-denied/c': 'unknown unknown, app-config-error possible [the missing permission is not named]',
  'role-assume-failed/a': 'unknown unknown [another class stands first]',
  'role-assume-failed/b': 'oom-killed proven [another class stands first]',
  'role-assume-failed/c': 'unknown unknown [the missing permission is not named]',
  'passrole-denied/a': 'healthy proven [another class stands first]',
  'passrole-denied/b': 'healthy proven [another class stands first]',
  'passrole-denied/c': 'healthy proven [the missing permission is not named]',
  'task-credentials-unavailable/a': 'unknown unknown, app-config-error possible [another class stands first]',
  'task-credentials-unavailable/b': 'oom-killed proven [another class stands first]',
  'image-not-found/a': 'image-not-found likely [the verdict is too weak]',
  'image-not-found/b': 'image-not-found likely, exec-role-ecr-denied likely [the verdict is too weak]',
  'registry-rate-limit/b': 'oom-killed proven, registry-rate-limit likely [another class stands first]',
  'platform-mismatch/a': 'platform-mismatch likely [the verdict is too weak]',
  'platform-mismatch/b': 'platform-mismatch likely [the verdict is too weak]',
  'secret-reference-invalid/a': 'secret-reference-invalid likely [the verdict is too weak]',
  'secret-reference-invalid/b': 'unknown unknown [another class stands first]',
  'invalid-task-definition/a': 'healthy proven [another class stands first]',
  'invalid-task-definition/b': 'healthy proven [another class stands first]',
  'invalid-task-definition/c': 'healthy proven [the missing permission is not named]',
  'app-config-error/b': 'oom-killed proven, app-config-error likely [another class stands first]',
  'app-clean-exit/b': 'oom-killed proven, app-clean-exit proven [another class stands first]',
  'native-crash/b': 'oom-killed proven, native-crash proven [another class stands first]',
  'container-dependency-failed/a': 'unknown unknown [another class stands first]',
  'container-dependency-failed/b': 'unknown unknown [another class stands first]',
  'lb-sg-ingress-missing/b':
    'oom-killed proven, lb-sg-ingress-missing proven, lb-healthcheck-misconfig likely [another class stands first]',
  'lb-healthcheck-misconfig/b':
    'oom-killed proven, lb-healthcheck-misconfig proven [another class stands first]',
  'app-bind-address/a': 'unknown unknown, lb-healthcheck-misconfig possible [another class stands first]',
  'app-bind-address/b': 'unknown unknown, lb-healthcheck-misconfig possible [another class stands first]',
  'slow-start-grace/a': 'unknown unknown, lb-healthcheck-misconfig possible [another class stands first]',
  'slow-start-grace/b': 'unknown unknown, lb-healthcheck-misconfig possible [another class stands first]',
  'container-healthcheck-invalid/b':
    'oom-killed proven, container-healthcheck-invalid likely [another class stands first]',
  'instance-registration-failed/b':
    'instance-registration-failed proven, oom-killed proven [proven though it is not so: oom-killed]',
  'agent-disconnected/b':
    'agent-disconnected proven, oom-killed proven [proven though it is not so: oom-killed]',
  'api-throttling/b':
    'oom-killed proven, api-throttling likely, eni-allocation-failure likely [another class stands first]',
  'infrastructure-interruption/b': 'oom-killed proven [another class stands first]',
  'deployment-controller-mismatch/a': 'healthy proven [another class stands first]',
  'deployment-controller-mismatch/b': 'healthy proven [another class stands first]',
  'deployment-controller-mismatch/c': 'healthy proven [the missing permission is not named]',
  'network-mode-mismatch/a': 'healthy proven [another class stands first]',
  'network-mode-mismatch/b': 'healthy proven [another class stands first]',
  'network-mode-mismatch/c': 'healthy proven [the missing permission is not named]',
  'autoscaling-conflict/a': 'healthy proven [another class stands first]',
  'autoscaling-conflict/b': 'healthy proven [another class stands first]',
  'autoscaling-conflict/c': 'healthy proven [the missing permission is not named]',
  'disk-full/b': 'oom-killed proven [another class stands first]',
  'efs-unreachable/a': 'unknown unknown [another class stands first]',
  'efs-unreachable/b': 'unknown unknown [another class stands first]',
  'efs-access-denied/a': 'unknown unknown [another class stands first]',
  'efs-access-denied/b': 'unknown unknown [another class stands first]',
  'efs-access-denied/c': 'unknown unknown [the missing permission is not named]',
  'ecs-exec-unavailable/a': 'healthy proven [another class stands first]',
  'ecs-exec-unavailable/b': 'oom-killed proven, ecs-exec-unavailable proven [another class stands first]',
  'ecs-exec-unavailable/c': 'healthy proven [the missing permission is not named]',
  'schedule-invocation-failed/a': 'healthy proven [another class stands first]',
  'schedule-invocation-failed/b': 'healthy proven [another class stands first]',
  'schedule-invocation-failed/c': 'healthy proven [the missing permission is not named]',
  'alike/an endpoint whose policy admits other repositories only':
    'exec-role-ecr-denied likely [another class stands first]',
  'alike/a mount target that admits the networks of two zones out of three':
    'unknown unknown [another class stands first]',
  'alike/an architecture named in the log, and a missing file':
    'platform-mismatch likely [another class stands first]',
  'sparse/a tag that is not in the repository': 'image-not-found likely [something else is said]',
  'two/an image that does not exist, and a group that lets nothing out':
    'task-sg-egress-blocked proven, s3-path-blocked proven [not said: image-not-found]',
  'two/layers cannot be fetched through the endpoint, and a secret does not exist':
    'secret-reference-invalid likely [not said: s3-path-blocked]',
  'two/a mount target is closed, and new files of the log driver have no group':
    'log-group-missing proven [not said: efs-unreachable]',
};
