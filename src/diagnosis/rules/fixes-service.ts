// Proposed calls for what surrounds a service: its log group, its health check, the bounds of its scaling, a revision with more memory.
// The counterfactual run decides which are offered.

import type { ProposedCall } from '../../contract/finding.ts';
import type { Facts } from '../facts/facts.ts';
import { fargateSize } from '../facts/fargate-sizes.ts';
import { healthAnswers, takes } from '../facts/health-answers.ts';
import { troubledGroup } from '../facts/target-trouble.ts';
import type { ContainerFacts, TaskFacts } from '../facts/tasks.ts';

export const checkTool = 'elbv2_modify_target_group';
export const boundsTool = 'application_autoscaling_register_scalable_target';
export const registerTool = 'ecs_register_task_definition';

const MEMORY_FACTOR = 2;
const TIMEOUT_FACTOR = 2;
/** https://docs.aws.amazon.com/elasticloadbalancing/latest/application/target-group-health-checks.html */
const CHECK_TIMEOUT_MAX_SECONDS = 120;
const INTERVAL_ROOM_SECONDS = 5;
const TASK_DEFAULT_CPU = 256;

const healed = ({ service }: Facts) => ({ heals: { cluster: service.cluster, service: service.name } });

/** A path the tasks answer well, or the redirect they answer with, for the target group whose check they fail. */
export function healthCheckFix(facts: Facts, codes: readonly number[]): ProposedCall[] {
  const group = troubledGroup(facts)?.value;
  const arn = group?.TargetGroupArn;
  if (group === undefined || arn === undefined || !/^HTTPS?$/.test(group.HealthCheckProtocol ?? ''))
    return [];
  const matcher = group.Matcher?.HttpCode ?? '200';
  const answers = healthAnswers(facts.bundle);
  const good = answers.findLast(
    ({ path, code }) =>
      path !== group.HealthCheckPath &&
      takes(matcher, code) &&
      answers.every((one) => one.path !== path || takes(matcher, one.code)),
  );
  if (good !== undefined)
    return [
      {
        tool: checkTool,
        input: { target_group_arn: arn, path: good.path, ...healed(facts) },
        why: `Asks ${good.path}, which the tasks answer with ${good.code}, instead of ${group.HealthCheckPath ?? '/'}.`,
      },
    ];
  const [redirect] = codes;
  if (redirect === undefined || !codes.every((code) => code >= 300 && code < 400)) return [];
  const accepted = [matcher, ...new Set(codes)].join(',');
  return [
    {
      tool: checkTool,
      input: { target_group_arn: arn, codes: accepted, ...healed(facts) },
      why: `Takes the redirect (${redirect}) the tasks answer with as healthy; where it leads to is not asked.`,
    },
  ];
}

/** The port the application says it listens on, in place of one where nothing answers. */
export function healthPortFix(facts: Facts, port: number): ProposedCall[] {
  const group = troubledGroup(facts)?.value;
  if (group?.TargetGroupArn === undefined) return [];
  const traffic = (facts.service.observed.value.loadBalancers ?? []).find(
    ({ targetGroupArn }) => targetGroupArn === group.TargetGroupArn,
  )?.containerPort;
  return [
    {
      tool: checkTool,
      input: {
        target_group_arn: group.TargetGroupArn,
        port: traffic === port ? 'traffic-port' : String(port),
        ...healed(facts),
      },
      why: `Asks port ${port}, on which the application says it listens, instead of ${group.HealthCheckPort ?? 'another one'}.`,
    },
  ];
}

/** Seconds that the slowest answer fits into, and an interval that is longer than they are. */
export function healthTimeoutFix(facts: Facts, slowestMs: number): ProposedCall[] {
  const group = troubledGroup(facts)?.value;
  const timeout = TIMEOUT_FACTOR * Math.ceil(slowestMs / 1_000);
  if (group?.TargetGroupArn === undefined || timeout > CHECK_TIMEOUT_MAX_SECONDS) return [];
  const interval = group.HealthCheckIntervalSeconds ?? 0;
  return [
    {
      tool: checkTool,
      input: {
        target_group_arn: group.TargetGroupArn,
        timeout_seconds: timeout,
        ...(interval > timeout ? {} : { interval_seconds: timeout + INTERVAL_ROOM_SECONDS }),
        ...healed(facts),
      },
      why: `Waits ${timeout} s for an answer instead of ${group.HealthCheckTimeoutSeconds ?? 0} s; why the answer takes so long is another question.`,
    },
  ];
}

/** Bounds that hold the desired count somebody wants. */
export function boundsFix({ service, bundle }: Facts, wanted: number): ProposedCall[] {
  const target = bundle.scaling?.targets.items[0]?.value;
  const { MinCapacity: min, MaxCapacity: max } = target ?? {};
  if (min === undefined || max === undefined) return [];
  const change =
    wanted > max ? { max_capacity: wanted } : wanted < min ? { min_capacity: wanted } : undefined;
  if (change === undefined) return [];
  return [
    {
      tool: boundsTool,
      input: { cluster: service.cluster, service: service.name, ...change },
      why: `Moves the bounds of scaling, ${min} to ${max}, so that the ${wanted} tasks that are wanted lie within them.`,
    },
  ];
}

/** A revision with twice the memory. Whether it is enough cannot be worked out beforehand; deploying it is a step of its own. */
export function memoryFix(task: TaskFacts, container: ContainerFacts): ProposedCall[] {
  const definition = task.definition?.value;
  if (definition === undefined) return [];
  const own = container.definition?.value.memory;
  const whole = Number(definition.memory ?? 0);
  const wanted = MEMORY_FACTOR * (own ?? whole);
  if (!(wanted > 0)) return [];
  const fargate =
    definition.requiresCompatibilities?.includes('FARGATE') ?? task.observed.value.launchType === 'FARGATE';
  const atLeast = own === undefined ? wanted : Math.max(whole, whole - own + wanted);
  const size = fargate
    ? fargateSize(Number(definition.cpu ?? TASK_DEFAULT_CPU), atLeast)
    : { cpu: Number(definition.cpu ?? 0), memory: whole > 0 ? atLeast : 0 };
  if (size === undefined) return [];
  const cpu = Number(definition.cpu ?? 0);
  return [
    {
      tool: registerTool,
      input: {
        task_definition: task.revision,
        ...(size.memory > 0 && size.memory !== whole ? { memory: size.memory } : {}),
        ...(size.cpu !== cpu && size.cpu > 0 ? { cpu: size.cpu } : {}),
        ...(own === undefined ? {} : { container: container.name, container_memory: wanted }),
      },
      why: `First step of two: registers ${task.revision} again with ${wanted} MiB for ${own === undefined ? 'the task' : container.name} instead of ${own ?? whole}. The second step moves the service to that revision (ecs_update_service). Whether it is enough shows only then.`,
    },
  ];
}
