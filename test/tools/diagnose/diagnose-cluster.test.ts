import { describe, expect, it } from 'vitest';
import type { Snapshot } from '../../../src/contract/snapshot.ts';
import { type DiagnoseClusterOutput, diagnoseCluster } from '../../../tools/diagnose/diagnose-cluster.ts';
import { onHosts } from '../../diagnosis/support/host-account.ts';
import { addTasks, exits, healthyAccount, NOW_MS, theService } from '../../support/account-builder.ts';
import { simulatedAws } from '../../support/simulated-aws.ts';

const context = { nowMs: NOW_MS, stage: () => {}, wait: async () => {} };

async function look(snapshot: Snapshot, deep = 3): Promise<DiagnoseClusterOutput & { text: string }> {
  const aws = await simulatedAws(snapshot);
  try {
    const out = diagnoseCluster.output.parse(
      await diagnoseCluster.run({ cluster: 'prod', deep }, aws, context),
    );
    return { ...out, text: diagnoseCluster.text(out) };
  } finally {
    await aws.close();
  }
}

/** A second service beside `api`, with counts of its own. */
function beside(snapshot: Snapshot, serviceName: string, more: object): void {
  const service = structuredClone(theService(snapshot));
  const counts = { runningCount: 2, ...more };
  snapshot.ecs.services.push({
    ...service,
    serviceName,
    serviceArn: service.serviceArn.replace(/api$/, serviceName),
    ...counts,
  });
}

describe('diagnose_cluster', () => {
  it('finds nothing to look at in a cluster that is well', async () => {
    const out = await look(healthyAccount());
    expect(out).toMatchObject({ cluster: { services: 1, sick: 0 }, sick: [], well: ['api'], findings: [] });
    expect(out.stats.stages).toBe(2);
  });

  it('puts the service without any task before one that misses some, and both before one that is well', async () => {
    const snapshot = healthyAccount();
    beside(snapshot, 'short', { runningCount: 1 });
    beside(snapshot, 'down', { runningCount: 0 });
    const out = await look(snapshot, 0);
    expect(out.sick.map(({ name, sickness }) => [name, sickness])).toEqual([
      ['down', 'down'],
      ['short', 'short'],
    ]);
    expect(out.well).toEqual(['api']);
  });

  it('diagnoses the sickest in full and says which', async () => {
    const snapshot = healthyAccount();
    addTasks(snapshot, { count: 3, ...exits(137, 'OutOfMemoryError: container killed') });
    const out = await look(snapshot);
    expect(out.sick).toMatchObject([{ name: 'api', sickness: 'flapping' }]);
    expect(out.lookedInto).toEqual([{ service: 'api', class: 'oom-killed', problem: null }]);
    expect(out.findings[0]).toMatchObject({ class: 'oom-killed', ruledOut: [] });
    expect(out.text).toContain('oom-killed');
  });

  it('does not take the tasks a deployment replaces for failures', async () => {
    const snapshot = healthyAccount();
    addTasks(snapshot, {
      count: 5,
      stop: {
        stopCode: 'ServiceSchedulerInitiated',
        stoppedReason: 'Scaling activity initiated by (deployment ecs-svc/7)',
      },
    });
    expect((await look(snapshot)).sick).toEqual([]);
  });

  it('tells of failed tasks that no service started and of hosts without an agent', async () => {
    const snapshot = healthyAccount();
    const [task] = addTasks(snapshot, { count: 1, ...exits(1) });
    Object.assign(task ?? {}, { group: 'family:api' });
    onHosts(snapshot, [{ connected: false }, {}]);
    Object.assign(snapshot.ecs.clusters[0] ?? {}, { registeredContainerInstancesCount: 2 });
    const out = await look(snapshot, 0);
    expect(out.standalone).toMatchObject([{ family: 'api', count: 1 }]);
    expect(out.hosts).toMatchObject({ total: 2, disconnected: ['i-0aaaa1111bbbb2220'] });
  });

  it('looks into a service whose counts are right only because its host reports nothing', async () => {
    const snapshot = healthyAccount();
    beside(snapshot, 'elsewhere', {});
    onHosts(snapshot, [{ connected: false }, {}]);
    Object.assign(snapshot.ecs.clusters[0] ?? {}, { registeredContainerInstancesCount: 2 });
    for (const [index, task] of snapshot.ecs.tasks.entries()) {
      const host = snapshot.ecs.containerInstances[index]?.containerInstanceArn;
      if (host !== undefined) Object.assign(task, { launchType: 'EC2', containerInstanceArn: host });
    }
    const out = await look(snapshot);
    expect(out.sick).toMatchObject([{ name: 'api', sickness: 'unwatched' }]);
    expect(out.sick[0]?.because).toContain('1 task of them is on hosts whose agent is disconnected');
    expect(out.findings).toMatchObject([{ class: 'agent-disconnected' }]);
    expect(out.well).toEqual(['elsewhere']);
    for (const host of snapshot.ecs.containerInstances) host.agentConnected = true;
    expect((await look(snapshot)).sick).toEqual([]);
  });

  it('says what it could not see instead of calling the cluster well', async () => {
    const snapshot = healthyAccount();
    snapshot.denied = ['ecs:ListTasks'];
    const out = await look(snapshot);
    expect(out.cannotVerify).toContainEqual({ what: 'the stopped tasks', missingAction: 'ecs:ListTasks' });
  });

  it('names the nearest cluster when there is none of that name', async () => {
    const aws = await simulatedAws(healthyAccount());
    try {
      await expect(diagnoseCluster.run({ cluster: 'prd', deep: 0 }, aws, context)).rejects.toMatchObject({
        code: 'cluster-unknown',
        message: expect.stringContaining('prod'),
      });
    } finally {
      await aws.close();
    }
  });
});
