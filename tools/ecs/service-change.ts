// Works out an update of an ECS service against its settings: only what differs is sent, and what it means for the tasks is said.

import type { UpdateServiceCommandInput } from '@aws-sdk/client-ecs';
import { fail } from '../../src/contract/errors.ts';
import type { AwsRequest, DiffRow, PreparedChange } from '../../src/contract/tool.ts';
import { limits } from '../../src/kernel/limits.ts';
import { familyRevision } from '../arn.ts';
import { settingRows } from '../diff-rows.ts';
import { managerWarnings } from '../managed-by.ts';
import { counted } from '../text-lines.ts';
import { type Rolling, requireStep, rollingText } from './rolling-steps.ts';
import { countKept, scaledCountWarnings } from './scaled-count.ts';
import { type SettingsChange, type SettingsUpdate, settingsChanges } from './service-settings.ts';
import type { ServiceState } from './service-state.ts';

export interface ServiceUpdate extends SettingsUpdate {
  readonly desired_count?: number | undefined;
  readonly task_definition?: string | undefined;
  readonly force_new_deployment?: boolean | undefined;
  readonly health_check_grace_seconds?: number | undefined;
}

/** What is sent beside cluster and service: the members that differ from what is. */
interface Difference {
  readonly desiredCount?: number;
  readonly taskDefinition?: string;
  readonly forceNewDeployment?: true;
  readonly healthCheckGracePeriodSeconds?: number;
}

/** True for an update that starts a new deployment, in which every task is replaced. */
export function replacesTasks(update: ServiceUpdate, state: ServiceState): boolean {
  const { taskDefinition, forceNewDeployment } = differenceOf(update, state);
  return (
    taskDefinition !== undefined ||
    forceNewDeployment === true ||
    settingsChanges(update, state).some((one) => one.replaces)
  );
}

/** `running` is the number of tasks that run now, null when it is not known. Throws `change-unneeded` and `change-unsafe`. */
export function prepareServiceUpdate(
  update: ServiceUpdate,
  state: ServiceState,
  running: number | null = null,
): PreparedChange {
  requireUpdatable(update, state);
  const difference = differenceOf(update, state);
  const settings = settingsChanges(update, state);
  if (Object.keys(difference).length === 0 && settings.length === 0) {
    throw fail('change-unneeded', { detail: `${state.service} has these settings already` });
  }
  const desired = difference.desiredCount ?? state.desired;
  const opens = settings.flatMap((one) => one.opens);
  const rolling = { ...rollingOf(update, desired, state), running };
  const replaces = replacesTasks(update, state);
  if (replaces) requireStep(rolling, state);
  return {
    title: [titleOf(difference, state), ...settings.map(({ title }) => title)]
      .filter((part) => part !== '')
      .join('; '),
    call: requestOf(state, Object.assign({}, difference, ...settings.map(({ send }) => send))),
    targets: [state.arn],
    diff: {
      caption: `Service ${state.service} in ${state.cluster}`,
      rows: [...rowsOf(difference, state), ...settingRows(settings.flatMap((one) => one.settings))],
    },
    blastRadius: {
      summary: touchesOf(difference, state, replaces ? rolling : null),
      items: [state.arn],
    },
    opens: opens.length > 0 ? opens : ['Nothing becomes reachable that was not.'],
    inverse: inverseOf(difference, state, settings),
    success:
      desired === 0
        ? { kind: 'none', because: 'The service is scaled to zero; no task has to become healthy.' }
        : {
            kind: 'service-steady',
            cluster: state.cluster,
            service: state.service,
            running: difference.desiredCount === undefined ? desired : countKept(desired, state.scaled),
            withinMs: limits.watch.lifeMs,
          },
    warnings: [...warningsOf(difference, state), ...settings.flatMap((one) => one.warnings)],
    idempotency:
      difference.forceNewDeployment || settings.some(({ send }) => send.forceNewDeployment)
        ? 'none'
        : 'declarative',
  };
}

function requireUpdatable(update: ServiceUpdate, state: ServiceState): void {
  const refuse = (detail: string, advice: string) => {
    throw fail('change-unsafe', { detail, advice });
  };
  if (state.controller !== 'ECS') {
    const owner = state.controller === 'CODE_DEPLOY' ? 'AWS CodeDeploy' : 'an external deployment controller';
    refuse(`${state.service} is deployed by ${owner}`, `Make the change through ${owner}.`);
  }
  if (state.status !== 'ACTIVE')
    refuse(`${state.service} is ${state.status}`, 'Only an active service can be updated.');
  if (state.scheduling === 'DAEMON' && update.desired_count !== undefined) {
    refuse(`${state.service} runs one task on each instance`, 'Change the number of instances instead.');
  }
  if (state.wanted !== null && state.wanted.status !== 'ACTIVE') {
    refuse(
      `${familyRevision(state.wanted.arn)} is ${state.wanted.status}`,
      'Choose an active revision; ecs_list_task_definitions lists them.',
    );
  }
  if (update.health_check_grace_seconds !== undefined && !state.hasLoadBalancer) {
    refuse(
      `${state.service} has no load balancer`,
      'A grace period is only valid for a service behind a load balancer.',
    );
  }
}

function differenceOf(update: ServiceUpdate, state: ServiceState): Difference {
  const { desired_count: desired, health_check_grace_seconds: grace } = update;
  const revision = state.wanted === null ? undefined : familyRevision(state.wanted.arn);
  return {
    ...(desired === undefined || desired === state.desired ? {} : { desiredCount: desired }),
    ...(revision === undefined || revision === state.taskDefinition ? {} : { taskDefinition: revision }),
    ...(grace === undefined || grace === state.graceSeconds ? {} : { healthCheckGracePeriodSeconds: grace }),
    ...(update.force_new_deployment === true ? { forceNewDeployment: true as const } : {}),
  };
}

function requestOf(state: ServiceState, difference: Partial<UpdateServiceCommandInput>): AwsRequest {
  return {
    action: 'ecs:UpdateService',
    input: { cluster: state.cluster, service: state.service, ...difference },
  };
}

function inverseOf(
  difference: Difference,
  state: ServiceState,
  settings: readonly SettingsChange[],
): PreparedChange['inverse'] {
  const back: Partial<UpdateServiceCommandInput> = Object.assign({}, ...settings.map((one) => one.back), {
    ...(difference.desiredCount === undefined ? {} : { desiredCount: state.desired }),
    ...(difference.taskDefinition === undefined ? {} : { taskDefinition: state.taskDefinition }),
    ...(difference.healthCheckGracePeriodSeconds === undefined
      ? {}
      : { healthCheckGracePeriodSeconds: state.graceSeconds }),
  });
  if (Object.keys(back).length === 0)
    return { none: 'The tasks that were replaced are gone; nothing else changes.' };
  return { call: requestOf(state, back) };
}

function titleOf(difference: Difference, state: ServiceState): string {
  const { wanted } = state;
  const parts = [
    difference.taskDefinition === undefined || wanted === null
      ? null
      : isRollback(state)
        ? `Roll back ${state.service} to revision ${wanted.revision}`
        : `Deploy ${familyRevision(wanted.arn)} to ${state.service}`,
    difference.desiredCount === undefined
      ? null
      : `Scale ${state.service} from ${state.desired} to ${counted(difference.desiredCount, 'task')}`,
    difference.healthCheckGracePeriodSeconds === undefined
      ? null
      : `Set the health-check grace period of ${state.service} to ${difference.healthCheckGracePeriodSeconds} s`,
    difference.forceNewDeployment && difference.taskDefinition === undefined
      ? `Replace all tasks of ${state.service} by new ones`
      : null,
  ];
  return parts.filter((part) => part !== null).join('; ');
}

function isRollback({ wanted, taskDefinition }: ServiceState): boolean {
  const [family, revision] = taskDefinition.split(':');
  return wanted !== null && wanted.family === family && wanted.revision < Number(revision);
}

function rowsOf(difference: Difference, state: ServiceState): DiffRow[] {
  const grace = difference.healthCheckGracePeriodSeconds;
  return [
    ...settingRows([
      {
        name: 'task definition',
        before: state.taskDefinition,
        after: difference.taskDefinition,
        note: state.wanted?.images.join(', ') ?? '',
      },
      { name: 'desired count', before: state.desired, after: difference.desiredCount },
      ...(state.hasLoadBalancer
        ? [
            {
              name: 'health-check grace',
              before: `${state.graceSeconds} s`,
              after: grace === undefined ? undefined : `${grace} s`,
            },
          ]
        : []),
    ]),
    ...(difference.forceNewDeployment
      ? [{ sign: '+' as const, cells: ['new deployment', 'forced', 'every task is replaced'] }]
      : []),
  ];
}

/** The bounds in force once the update has run: its own where it names them. */
function rollingOf(update: ServiceUpdate, desired: number, state: ServiceState): Omit<Rolling, 'running'> {
  return {
    desired,
    minimum: update.minimum_healthy_percent ?? state.minimumHealthyPercent,
    maximum: update.maximum_percent ?? state.maximumPercent,
  };
}

function touchesOf(difference: Difference, state: ServiceState, replacement: Rolling | null): string {
  const desired = difference.desiredCount ?? state.desired;
  const until =
    difference.desiredCount === undefined || countKept(desired, state.scaled) === desired
      ? ''
      : `, until scaling sets the number to ${countKept(desired, state.scaled)}`;
  const sentences = [
    replacement?.running !== null && replacement?.running !== undefined && replacement.running < state.desired
      ? `1 service, ${counted(replacement.running, 'task')} running of ${state.desired} wanted.`
      : `1 service, ${counted(Math.max(desired, state.desired), 'task')}.`,
    difference.desiredCount === undefined
      ? null
      : difference.desiredCount > state.desired
        ? `${counted(difference.desiredCount - state.desired, 'task')} more will run${until}.`
        : `${counted(state.desired - difference.desiredCount, 'task')} will be stopped${until}.`,
    replacement === null || desired === 0 ? null : rollingText(replacement),
  ];
  return sentences.filter((sentence) => sentence !== null).join(' ');
}

function warningsOf(difference: Difference, state: ServiceState): string[] {
  const { wanted } = state;
  const [family] = state.taskDefinition.split(':');
  const isScaledUpFar = (difference.desiredCount ?? 0) > Math.max(10, state.desired * 2);
  return [
    ...managerWarnings('service', state.tags),
    ...(difference.desiredCount === 0
      ? [`A desired count of zero stops every task: ${state.service} goes down.`]
      : []),
    ...(isScaledUpFar
      ? [`This is far more than the ${counted(state.desired, 'task')} of now; it costs accordingly.`]
      : []),
    ...(difference.desiredCount === undefined
      ? []
      : scaledCountWarnings(difference.desiredCount, state.scaled)),
    ...(difference.taskDefinition !== undefined && wanted !== null && wanted.family !== family
      ? [`The task definition is of another family: ${wanted.family}, not ${family}.`]
      : []),
    ...(difference.taskDefinition !== undefined && !state.circuitBreaker
      ? ['The deployment circuit breaker is off: a failing deployment is not stopped by itself.']
      : []),
  ];
}
