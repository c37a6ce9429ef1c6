// Corrected revisions, hosts that are drained, tasks that are protected, deployments that are stopped: proposed, refused, undone.

import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { autoscalingUpdateGroup as group } from '../../tools/autoscaling/update-group.ts';
import { ecsRegisterTaskDefinition as register } from '../../tools/ecs/register-task-definition.ts';
import { ecsStopServiceDeployment as stop } from '../../tools/ecs/stop-service-deployment.ts';
import { ecsUpdateContainerInstancesState as drain } from '../../tools/ecs/update-container-instances-state.ts';
import { ecsUpdateTaskProtection as protect } from '../../tools/ecs/update-task-protection.ts';
import { NOW_MS, type SimulatedAws, simulatedAws } from '../support/simulated-aws.ts';
import { applied, undone } from './apply-change.ts';
import { CLUSTER, HOSTS, runningTaskIds, SERVICE, toolAccount } from './demo-inputs.ts';
import { runPrepare } from './run-tool.ts';

let aws: SimulatedAws;
beforeEach(async () => {
  aws = await simulatedAws(toolAccount());
});
afterEach(() => aws.close());

const definitions = () =>
  aws.simulator.state.ecs.taskDefinitions
    .filter(({ family }) => family === SERVICE)
    .sort((left, right) => (right.revision ?? 0) - (left.revision ?? 0));

describe('a corrected revision', () => {
  const correct = (part: object) => runPrepare(register, { task_definition: SERVICE, ...part }, aws);

  test('carries everything over but what is corrected, and runs nowhere', async () => {
    const [base] = definitions();
    const change = await correct({ cpu: 1024, memory: 4096, container: 'web', image_tag: '9.9.9' });
    const { containerDefinitions, ...task } = change.call.input as unknown as Record<string, unknown>;
    expect(task).toMatchObject({ family: SERVICE, cpu: '1024', memory: '4096', networkMode: 'awsvpc' });
    expect(task).not.toHaveProperty('taskDefinitionArn');
    expect(task).not.toHaveProperty('revision');
    const [container] = containerDefinitions as { image: string }[];
    expect(container).toEqual({
      ...base?.containerDefinitions?.[0],
      image: base?.containerDefinitions?.[0]?.image?.replace(/:[^:]*$/, ':9.9.9'),
    });
    expect(change.blastRadius.summary).toContain('Nothing runs it yet');
    expect(change.warnings.join(' ')).toContain('iam:PassRole');
    expect(change.inverse).toHaveProperty('none');
    await applied(aws, change);
    expect(definitions()[0]).toMatchObject({ revision: (base?.revision ?? 0) + 1, memory: '4096' });
    expect(aws.simulator.state.ecs.services.find(({ serviceName }) => serviceName === SERVICE)).toMatchObject(
      {
        taskDefinition: base?.taskDefinitionArn,
      },
    );
  });

  test('is not registered twice, and one that corrects nothing is not needed', async () => {
    const wanted = { container: 'web', stop_timeout_seconds: 60 };
    await applied(aws, await correct(wanted));
    const old = definitions()[1]?.revision;
    await expect(correct({ ...wanted, task_definition: `${SERVICE}:${old}` })).rejects.toMatchObject({
      code: 'change-unneeded',
    });
    await expect(correct(wanted)).rejects.toMatchObject({ code: 'change-unneeded' });
  });

  test('with sizes that AWS does not run or a container that is not there is refused', async () => {
    await expect(correct({ cpu: 256, memory: 3000 })).rejects.toMatchObject({ code: 'change-unsafe' });
    const tooMuch = { container: 'web', container_memory: 999_999 };
    await expect(correct(tooMuch)).rejects.toMatchObject({ code: 'change-unsafe' });
    await expect(correct({ container: 'sidecar', image_tag: '1' })).rejects.toThrow(
      'has no container sidecar',
    );
  });

  test('that holds what looks like a secret is refused, and the value is not said', async () => {
    const [base] = definitions();
    base?.containerDefinitions?.[0]?.environment?.push({ name: 'DB_PASSWORD', value: 'hunter2-Zq8' });
    const refusal = await correct({ memory: 4096, cpu: 1024 }).catch((error: Error) => error.message);
    expect(refusal).toContain('DB_PASSWORD');
    expect(refusal).not.toContain('hunter2');
    const context = { nowMs: NOW_MS, stage: () => {}, wait: async () => {} };
    const state = await register.observe(
      register.input.parse({ task_definition: SERVICE, cpu: 512 }),
      aws,
      context,
    );
    expect(JSON.stringify(state)).not.toContain('hunter2');
  });

  test('is stale when somebody registers another one in between', async () => {
    const context = { nowMs: NOW_MS, stage: () => {}, wait: async () => {} };
    const input = register.input.parse({ task_definition: `${SERVICE}:42`, cpu: 1024, memory: 4096 });
    const before = JSON.stringify(await register.observe(input, aws, context));
    await applied(aws, await correct({ container: 'web', image_tag: '3' }));
    expect(JSON.stringify(await register.observe(input, aws, context))).not.toBe(before);
  });
});

describe('a container instance', () => {
  const [host] = toolAccount().ecs.containerInstances;
  const id = host?.containerInstanceArn.split('/').at(-1) ?? '';
  const set = (status: string, ids = [id]) =>
    runPrepare(drain, { cluster: CLUSTER, container_instances: ids, status }, aws);
  const status = () => aws.simulator.state.ecs.containerInstances[0]?.status;

  test('is drained with its tasks counted, and taken back', async () => {
    const change = await set('DRAINING');
    expect(change.blastRadius.summary).toContain('1 container instance with 3 tasks');
    await applied(aws, change);
    expect(status()).toBe('DRAINING');
    await undone(aws, change);
    expect(status()).toBe('ACTIVE');
  });

  test('that is as wanted is not needed, one that is not there is named', async () => {
    await expect(set('ACTIVE')).rejects.toMatchObject({ code: 'change-unneeded' });
    await expect(set('DRAINING', ['e'.repeat(32)])).rejects.toMatchObject({ code: 'resource-unknown' });
  });
});

describe('the protection of a task', () => {
  const [id = ''] = runningTaskIds;
  const set = (on: boolean, task = id) =>
    runPrepare(protect, { cluster: CLUSTER, tasks: [task], protect: on }, aws);
  const isProtected = () =>
    aws.simulator.state.ecs.taskProtections.some((one) => one.protectionEnabled === true);

  test('is set for a while, ended, and set again by the undo', async () => {
    const change = await set(true);
    expect(change.call.input).toMatchObject({ protectionEnabled: true, expiresInMinutes: 120 });
    await applied(aws, change);
    expect(isProtected()).toBe(true);
    const end = await set(false);
    await applied(aws, end);
    expect(isProtected()).toBe(false);
    await undone(aws, end);
    expect(isProtected()).toBe(true);
  });

  test('that is not there needs no end, and an unknown task is named', async () => {
    await expect(set(false)).rejects.toMatchObject({ code: 'change-unneeded' });
    await expect(set(true, 'e'.repeat(32))).rejects.toMatchObject({ code: 'resource-unknown' });
  });
});

describe('a deployment that is under way', () => {
  const halt = () => runPrepare(stop, { cluster: CLUSTER, service: SERVICE }, aws);

  test('is stopped and rolled back once', async () => {
    const change = await halt();
    expect(change.call.input).toMatchObject({ stopType: 'ROLLBACK' });
    expect(change.title).toBe(`Stop the deployment of ${SERVICE}:42 and go back to ${SERVICE}:41`);
    expect(change.idempotency).toBe('none');
    await applied(aws, change);
    const service = aws.simulator.state.ecs.services.find(({ serviceName }) => serviceName === SERVICE);
    expect(service?.taskDefinition).toContain(`${SERVICE}:41`);
  });

  test('is not there for a service that is steady, and not stopped around its controller', async () => {
    const steady = runPrepare(stop, { cluster: CLUSTER, service: 'checkout' }, aws);
    await expect(steady).rejects.toMatchObject({ code: 'change-unneeded' });
    const service = aws.simulator.state.ecs.services.find(({ serviceName }) => serviceName === SERVICE);
    Object.assign(service ?? {}, { deploymentController: { type: 'CODE_DEPLOY' } });
    await expect(halt()).rejects.toMatchObject({ code: 'change-unsafe' });
  });
});

describe('an Auto Scaling group', () => {
  const set = (max_size: number) => runPrepare(group, { group: HOSTS, max_size }, aws);
  const max = () => aws.simulator.state.autoscaling.AutoScalingGroups[0]?.MaxSize;

  test('may have more instances, costs said and manager named, and may have as many as before', async () => {
    const change = await set(6);
    expect(change.warnings.join(' ')).toContain('terraform');
    expect(change.warnings.join(' ')).toContain('3 instances more');
    await applied(aws, change);
    expect(max()).toBe(6);
    await undone(aws, change);
    expect(max()).toBe(3);
  });

  test('is never made smaller than what it wants now', async () => {
    await expect(set(3)).rejects.toMatchObject({ code: 'change-unneeded' });
    await expect(set(1)).rejects.toMatchObject({ code: 'change-unsafe' });
  });
});
