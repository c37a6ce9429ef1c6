// Changes of ECS services and tasks: what is proposed, what is refused, and what people are told about it.

import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { ecsStopTask } from '../../tools/ecs/stop-task.ts';
import { ecsUpdateService } from '../../tools/ecs/update-service.ts';
import { type SimulatedAws, simulatedAws } from '../support/simulated-aws.ts';
import { CLUSTER, runningTaskIds, SERVICE } from './demo-inputs.ts';
import { runPrepare } from './run-tool.ts';

let aws: SimulatedAws;
beforeEach(async () => {
  aws = await simulatedAws();
});
afterEach(() => aws.close());

const update = (part: object) =>
  runPrepare(ecsUpdateService, { cluster: CLUSTER, service: SERVICE, ...part }, aws);
const service = () => {
  const found = aws.simulator.state.ecs.services.find(({ serviceName }) => serviceName === SERVICE);
  if (found === undefined) throw new Error('the demo has its service');
  return found;
};

describe('scaling', () => {
  test('sends the new count and nothing else, and undoes to the old one', async () => {
    const change = await update({ desired_count: 6 });
    expect(change.title).toBe(`Scale ${SERVICE} from 4 to 6 tasks`);
    expect(change.call).toEqual({
      action: 'ecs:UpdateService',
      input: { cluster: CLUSTER, service: SERVICE, desiredCount: 6 },
    });
    expect(change.inverse).toEqual({
      call: { action: 'ecs:UpdateService', input: { cluster: CLUSTER, service: SERVICE, desiredCount: 4 } },
    });
    expect(change.success).toMatchObject({ kind: 'service-steady', running: 6 });
    expect(change.idempotency).toBe('declarative');
    expect(change.blastRadius.summary).toBe('1 service, 6 tasks. 2 tasks more will run.');
  });

  test('to the same count is not needed', async () => {
    await expect(update({ desired_count: 4 })).rejects.toMatchObject({ code: 'change-unneeded' });
  });

  test('to zero warns and has nothing to wait for', async () => {
    const change = await update({ desired_count: 0 });
    expect(change.warnings.join(' ')).toContain('goes down');
    expect(change.success.kind).toBe('none');
  });

  test('says the bounds of automatic scaling, and when the count lies outside', async () => {
    const [target] = aws.simulator.state.applicationAutoscaling.ScalableTargets;
    const ResourceId = `service/${CLUSTER}/${SERVICE}`;
    Object.assign(target ?? {}, { ResourceId, MinCapacity: 3, MaxCapacity: 8 });
    const within = await update({ desired_count: 6 });
    expect(within.warnings.join(' ')).toContain('scales automatically between 3 and 8 tasks');
    expect(within.warnings.join(' ')).toContain('set this number back');
    expect((await update({ desired_count: 2 })).warnings.join(' ')).toContain('2 is below that');
    expect((await update({ desired_count: 9 })).warnings.join(' ')).toContain('9 is above that');
  });

  test('succeeds with as many tasks as automatic scaling leaves, and says so where it sets the number back', async () => {
    const [target] = aws.simulator.state.applicationAutoscaling.ScalableTargets;
    const ResourceId = `service/${CLUSTER}/${SERVICE}`;
    Object.assign(target ?? {}, { ResourceId, MinCapacity: 3, MaxCapacity: 8 });
    const above = await update({ desired_count: 50 });
    expect(above.success).toMatchObject({ running: 8 });
    expect(above.blastRadius.summary).toContain(
      '46 tasks more will run, until scaling sets the number to 8.',
    );
    expect((await update({ desired_count: 2 })).success).toMatchObject({ running: 3 });
    expect((await update({ desired_count: 6 })).success).toMatchObject({ running: 6 });
    Object.assign(target ?? {}, {
      SuspendedState: { DynamicScalingInSuspended: true, DynamicScalingOutSuspended: true },
    });
    const paused = await update({ desired_count: 50 });
    expect(paused.success).toMatchObject({ running: 50 });
    expect(paused.warnings.join(' ')).not.toContain('scales automatically');
  });

  test('says nothing of scaling when nothing scales the service', async () => {
    aws.simulator.state.applicationAutoscaling.ScalableTargets = [];
    expect((await update({ desired_count: 6 })).warnings.join(' ')).not.toContain('scal');
  });

  test('says when scaling could not be read', async () => {
    aws.simulator.state.denied.push('application-autoscaling:DescribeScalableTargets');
    expect((await update({ desired_count: 6 })).warnings.join(' ')).toContain('could not be read');
  });

  test('a daemon service is refused', async () => {
    service().schedulingStrategy = 'DAEMON';
    await expect(update({ desired_count: 5 })).rejects.toMatchObject({ code: 'change-unsafe' });
  });
});

describe('another revision', () => {
  test('an older one is a roll-back, with the way forward as undo', async () => {
    const change = await update({ task_definition: `${SERVICE}:41` });
    expect(change.title).toBe(`Roll back ${SERVICE} to revision 41`);
    expect(JSON.stringify(change.inverse)).toContain(`${SERVICE}:42`);
    expect(change.blastRadius.summary).toContain('All tasks are replaced');
    expect(change.diff.rows.slice(0, 2).map(({ sign, cells }) => [sign, cells[1]])).toEqual([
      ['-', `${SERVICE}:42`],
      ['+', `${SERVICE}:41`],
    ]);
  });

  test('the one it has is not needed, however it is written', async () => {
    await expect(update({ task_definition: SERVICE })).rejects.toMatchObject({ code: 'change-unneeded' });
  });

  test('of another family is prepared with a warning', async () => {
    const change = await update({ task_definition: 'checkout' });
    expect(change.warnings.join(' ')).toContain('another family: checkout');
  });

  test('that is not active is refused', async () => {
    const old = aws.simulator.state.ecs.taskDefinitions.find(
      ({ revision, family }) => family === SERVICE && revision === 41,
    );
    if (old !== undefined) old.status = 'INACTIVE';
    await expect(update({ task_definition: `${SERVICE}:41` })).rejects.toMatchObject({
      code: 'change-unsafe',
    });
  });

  test('that does not exist is named', async () => {
    await expect(update({ task_definition: `${SERVICE}:77` })).rejects.toMatchObject({
      code: 'resource-unknown',
    });
  });
});

describe('a new deployment', () => {
  test('is never repeated by machine and cannot be undone', async () => {
    const change = await update({ force_new_deployment: true });
    expect(change.title).toBe(`Replace all tasks of ${SERVICE} by new ones`);
    expect(change.idempotency).toBe('none');
    expect(change.inverse).toHaveProperty('none');
  });

  test('counts the tasks that run when it says how many may be stopped first', async () => {
    service().deploymentConfiguration = { minimumHealthyPercent: 75, maximumPercent: 100 };
    expect((await update({ force_new_deployment: true })).blastRadius.summary).toContain(
      '1 service, 3 tasks running of 4 wanted. All tasks are replaced, rolling: no old task is stopped before a new one runs.',
    );
    service().deploymentConfiguration = { minimumHealthyPercent: 50, maximumPercent: 100 };
    expect((await update({ force_new_deployment: true })).blastRadius.summary).toContain(
      'up to 1 of 3 old tasks may be stopped before a new one runs.',
    );
    service().deploymentConfiguration = { minimumHealthyPercent: 100, maximumPercent: 150 };
    expect((await update({ force_new_deployment: true })).blastRadius.summary).toContain(
      'no old task is stopped before a new one runs, and up to 2 more may run meanwhile.',
    );
  });

  describe('under bounds that leave no step', () => {
    beforeEach(() => {
      service().desiredCount = 2;
      service().deploymentConfiguration = { minimumHealthyPercent: 75, maximumPercent: 100 };
    });

    test.each([{ force_new_deployment: true }, { task_definition: `${SERVICE}:41` }])(
      'is refused: %j',
      async (part) => {
        await expect(update(part)).rejects.toMatchObject({
          code: 'change-unsafe',
          message: expect.stringContaining('makes 2 stay and maximumPercent 100 lets 2 run'),
        });
      },
    );

    test('is prepared when the same change gives them room, or the count does', async () => {
      const wider = await update({ force_new_deployment: true, maximum_percent: 150 });
      expect(wider.blastRadius.summary).toContain('and up to 1 more may run meanwhile');
      await update({ force_new_deployment: true, desired_count: 4 });
    });

    test('does not keep the count from being changed alone', async () => {
      expect((await update({ desired_count: 3 })).title).toContain('from 2 to 3');
    });
  });
});

describe('a grace period', () => {
  test('is set and can be set back', async () => {
    const change = await update({ health_check_grace_seconds: 300 });
    expect(change.call.input).toMatchObject({ healthCheckGracePeriodSeconds: 300 });
    expect(JSON.stringify(change.inverse)).toContain('"healthCheckGracePeriodSeconds":120');
  });

  test('without a load balancer is refused', async () => {
    service().loadBalancers = [];
    await expect(update({ health_check_grace_seconds: 300 })).rejects.toMatchObject({
      code: 'change-unsafe',
    });
  });
});

test.each(['CODE_DEPLOY', 'EXTERNAL'] as const)('a service deployed by %s is refused', async (type) => {
  service().deploymentController = { type };
  await expect(update({ desired_count: 6 })).rejects.toMatchObject({ code: 'change-unsafe' });
});

test('an update that names nothing is refused as input', () => {
  const parse = (part: object) =>
    ecsUpdateService.input.safeParse({ cluster: CLUSTER, service: SERVICE, ...part }).success;
  expect(parse({})).toBe(false);
  expect(parse({ force_new_deployment: false })).toBe(false);
  expect(parse({ force_new_deployment: true })).toBe(true);
});

describe('stopping a task', () => {
  const stop = (task: string) => runPrepare(ecsStopTask, { cluster: CLUSTER, task, reason: 'it hangs' }, aws);
  const [id = ''] = runningTaskIds;

  test('names the service that replaces it', async () => {
    const change = await stop(id);
    expect(change.title).toBe(`Stop task ${id.slice(0, 8)} of ${SERVICE}`);
    expect(change.blastRadius.summary).toContain('starts a replacement');
    expect(change.idempotency).toBe('none');
    expect(change.success).toMatchObject({ kind: 'service-steady', running: 4 });
  });

  test('says when nothing replaces it', async () => {
    const task = aws.simulator.state.ecs.tasks.find(({ taskArn }) => taskArn?.endsWith(id));
    if (task !== undefined) task.group = 'family:batch';
    const change = await stop(id);
    expect(change.blastRadius.summary).toContain('nothing replaces it');
    expect(change.warnings).toHaveLength(1);
  });

  test('one that is stopped already is not needed', async () => {
    const stopped = aws.simulator.state.ecs.tasks.find(({ lastStatus }) => lastStatus === 'STOPPED');
    await expect(stop(stopped?.taskArn?.split('/').at(-1) ?? '')).rejects.toMatchObject({
      code: 'change-unneeded',
    });
  });

  test('one that is unknown is named', async () => {
    await expect(stop('f'.repeat(32))).rejects.toMatchObject({ code: 'resource-unknown' });
  });
});
