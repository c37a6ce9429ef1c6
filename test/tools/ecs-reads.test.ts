// The ECS reads beyond the everyday: names that do not exist, partial answers, denial, many pages and many names.

import { afterEach, beforeEach, expect, test } from 'vitest';
import type { Snapshot } from '../../src/contract/snapshot.ts';
import { demoSnapshot } from '../../src/simulator/demo-account.ts';
import { ecsDescribeClusters } from '../../tools/ecs/describe-clusters.ts';
import { ecsDescribeServices } from '../../tools/ecs/describe-services.ts';
import { ecsDescribeTaskDefinition } from '../../tools/ecs/describe-task-definition.ts';
import { ecsDescribeTasks } from '../../tools/ecs/describe-tasks.ts';
import { ecsListServices } from '../../tools/ecs/list-services.ts';
import { ecsListTasks } from '../../tools/ecs/list-tasks.ts';
import { NOW_MS, type SimulatedAws, simulatedAws } from '../support/simulated-aws.ts';
import { CLUSTER, runningTaskIds, SERVICE } from './demo-inputs.ts';
import { runRead } from './run-tool.ts';

let aws: SimulatedAws;
beforeEach(async () => {
  aws = await simulatedAws();
});
afterEach(() => aws.close());

test('an unknown cluster is named with the nearest ones', async () => {
  const attempt = runRead(ecsListServices, { cluster: 'prodction-cluster' }, aws);
  await expect(attempt).rejects.toMatchObject({ code: 'cluster-unknown' });
  await expect(attempt).rejects.toThrow('The nearest is production-cluster');
});

test('an unknown service is named with the nearest ones', async () => {
  const attempt = runRead(ecsDescribeServices, { cluster: CLUSTER, services: ['my-web-servce'] }, aws);
  await expect(attempt).rejects.toMatchObject({ code: 'service-unknown' });
  await expect(attempt).rejects.toThrow(/nearest (?:is|are) my-web-service/);
});

test('a known service next to an unknown one is described, and the other is named as missing', async () => {
  const { output, text } = await runRead(
    ecsDescribeServices,
    { cluster: CLUSTER, services: [SERVICE, 'nope'] },
    aws,
  );
  expect(output.services.map(({ name }) => name)).toEqual([SERVICE]);
  expect(output.missing).toHaveLength(1);
  expect(output.missing[0]?.reason).toContain('MISSING');
  expect(text).toContain('No service');
});

test('when the list of names is denied, the error still says what does not exist and suggests nothing', async () => {
  aws.simulator.state.denied.push('ecs:ListClusters');
  const attempt = runRead(ecsDescribeClusters, { clusters: ['prodction-cluster'] }, aws);
  await expect(attempt).rejects.toMatchObject({ code: 'cluster-unknown' });
  await expect(attempt).rejects.not.toThrow('nearest');
});

test('a denied read is an error, never an empty answer', async () => {
  aws.simulator.state.denied.push('ecs:ListServices');
  const attempt = runRead(ecsListServices, { cluster: CLUSTER }, aws);
  await expect(attempt).rejects.toMatchObject({ failure: { kind: 'denied', action: 'ecs:ListServices' } });
});

test('the list of tasks of an unknown service names the nearest services', async () => {
  const attempt = runRead(ecsListTasks, { cluster: CLUSTER, service: 'chekout' }, aws);
  await expect(attempt).rejects.toMatchObject({ code: 'service-unknown' });
});

test('a task that is gone is named as missing', async () => {
  const gone = 'f'.repeat(32);
  const { output } = await runRead(
    ecsDescribeTasks,
    { cluster: CLUSTER, tasks: [...runningTaskIds, gone] },
    aws,
  );
  expect(output.tasks).toHaveLength(runningTaskIds.length);
  expect(output.missing.map(({ id }) => id.split('/').at(-1))).toEqual([gone]);
});

test('values of environment variables never appear, only their names', async () => {
  const { output, text } = await runRead(ecsDescribeTaskDefinition, { task_definition: SERVICE }, aws);
  const [container] =
    aws.simulator.state.ecs.taskDefinitions.find(({ family }) => family === SERVICE)?.containerDefinitions ??
    [];
  const [variable] = container?.environment ?? [];
  expect(output.containers[0]?.environmentNames).toContain(variable?.name);
  expect(JSON.stringify(output)).not.toContain(variable?.value);
  expect(text).not.toContain(variable?.value);
});

test('an unknown revision is an error that names it', async () => {
  const attempt = runRead(ecsDescribeTaskDefinition, { task_definition: `${SERVICE}:9999` }, aws);
  await expect(attempt).rejects.toMatchObject({ code: 'resource-unknown' });
});

test('lists are read over all their pages and names in batches that AWS takes', async () => {
  await aws.close();
  aws = await simulatedAws(withServices(230));
  const { output: listed } = await runRead(ecsListServices, { cluster: CLUSTER }, aws);
  expect(listed.services.length).toBe(new Set(listed.services.map(({ name }) => name)).size);
  expect(listed.services.length).toBeGreaterThanOrEqual(230);
  expect(listed.more).toBe(false);
  const names = listed.services.slice(0, 45).map(({ name }) => name);
  const { output: described } = await runRead(
    ecsDescribeServices,
    { cluster: CLUSTER, services: names },
    aws,
  );
  expect(described.services.map(({ name }) => name).sort()).toEqual([...names].sort());
  const batches = aws.simulator.recorder
    .of('ecs:DescribeServices')
    .map(({ input }) => input.services as string[]);
  expect(batches.map((batch) => batch.length)).toEqual([10, 10, 10, 10, 5]);
});

/** The demo account with more copies of one service than fit a page. */
function withServices(count: number): Snapshot {
  const snapshot = demoSnapshot(NOW_MS);
  const [model] = snapshot.ecs.services.filter(({ serviceName }) => serviceName === 'checkout');
  for (let index = 0; index < count; index++) {
    const serviceName = `copy-${index}`;
    const serviceArn = model?.serviceArn?.replace('checkout', serviceName) ?? '';
    snapshot.ecs.services.push({
      ...structuredClone(model),
      serviceName,
      serviceArn,
    } as (typeof snapshot.ecs.services)[number]);
  }
  return snapshot;
}
