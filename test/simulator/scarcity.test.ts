// What runs short in a simulated account: hosts that more of their kind would not help, launches that are suspended, rates that others use
// up; and that none of the simulation's own marks shows in an answer.

import * as trailApi from '@aws-sdk/client-cloudtrail';
import * as ec2Api from '@aws-sdk/client-ec2';
import { describe, expect, it } from 'vitest';
import type { Snapshot } from '../../src/contract/snapshot.ts';
import { fastForward } from '../../src/simulator/fast-forward.ts';
import { startSimulator } from '../../src/simulator/simulator.ts';
import { batch, batchDefinition, PROVIDER, withHosts } from './ec2-account.ts';

/** The service of the account on its capacity provider, wanting so many tasks of this memory. */
function wanting(tasks: number, memory: string, change: (state: Snapshot) => void = () => {}): Snapshot {
  return withHosts((state) => {
    const service = batch(state);
    delete service.launchType;
    service.capacityProviderStrategy = [{ capacityProvider: PROVIDER, weight: 1 }];
    service.desiredCount = tasks;
    for (const deployment of service.deployments ?? []) {
      delete deployment.launchType;
      deployment.desiredCount = tasks;
    }
    batchDefinition(state).memory = memory;
    change(state);
  });
}

const group = (state: Snapshot) => state.autoscaling.AutoScalingGroups[0];

describe('a capacity provider', () => {
  it('is asked for more when another host would take the task', () => {
    const later = fastForward(wanting(4, '7000'), 5);
    expect(group(later)?.DesiredCapacity).toBe(4);
  });

  it('is not asked when the task is larger than any of its hosts, and no task waits', () => {
    const later = fastForward(wanting(1, '9000'), 5);
    expect(group(later)?.DesiredCapacity).toBe(3);
    expect(later.ecs.tasks).toEqual([]);
    expect(batch(later).events?.[0]?.message).toContain('has insufficient memory available');
  });

  it('gets nothing from a group whose launches are suspended, and no activity tells of it', () => {
    const later = fastForward(
      wanting(4, '7000', (state) => {
        Object.assign(group(state) ?? {}, { SuspendedProcesses: [{ ProcessName: 'Launch' }] });
      }),
      5,
    );
    expect(group(later)?.DesiredCapacity).toBe(4);
    expect(group(later)?.Instances).toHaveLength(3);
    expect(later.autoscaling.Activities).toEqual([]);
  });
});

describe('an answer of the simulated account', () => {
  const asked = async <Answer>(
    state: Snapshot,
    ask: (config: { endpoint: string; region: string; credentials: object }) => Promise<Answer>,
  ) => {
    const simulator = await startSimulator({ snapshot: state, static: true });
    try {
      return await ask({
        endpoint: simulator.endpoint,
        region: state.account.region,
        credentials: { accessKeyId: 'sim', secretAccessKey: 'sim' },
      });
    } finally {
      await simulator.close();
    }
  };

  it('carries the tags of people and none of the simulation', async () => {
    const state = withHosts((one) => {
      for (const subnet of one.ec2.Subnets)
        subnet.Tags = [
          { Key: 'Name', Value: 'mine' },
          { Key: 'simulate', Value: 'no-fargate-capacity' },
        ];
    });
    const { Subnets = [] } = await asked(state, (config) =>
      new ec2Api.EC2Client(config as object).send(new ec2Api.DescribeSubnetsCommand({})),
    );
    expect(Subnets.length).toBeGreaterThan(0);
    for (const { Tags } of Subnets) expect(Tags).toEqual([{ Key: 'Name', Value: 'mine' }]);
  });

  it('shows the newest requests of a caller that uses a rate up, and that most of them were refused', async () => {
    const state = withHosts((one) => {
      one.cloudtrail.callers.push({
        role: `arn:aws:iam::${one.account.id}:role/looping`,
        session: 'looping',
        action: 'ec2:CreateNetworkInterface',
        perSecond: 20,
      });
    });
    const { Events = [] } = await asked(state, (config) =>
      new trailApi.CloudTrailClient(config as object).send(
        new trailApi.LookupEventsCommand({
          LookupAttributes: [{ AttributeKey: 'EventName', AttributeValue: 'CreateNetworkInterface' }],
        }),
      ),
    );
    expect(Events).toHaveLength(50);
    expect(new Set(Events.map(({ Username }) => Username))).toEqual(new Set(['looping']));
    const refused = Events.filter(({ CloudTrailEvent = '' }) =>
      CloudTrailEvent.includes('RequestLimitExceeded'),
    );
    // Five of twenty a second find a token.
    expect(refused.length / Events.length).toBeCloseTo(0.75, 1);
  });
});
