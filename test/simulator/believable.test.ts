// What somebody with the AWS CLI sees of a simulated account has the shape of what AWS answers.

import { CloudTrailClient, LookupEventsCommand } from '@aws-sdk/client-cloudtrail';
import { describe, expect, it } from 'vitest';
import { madeUpAccount } from '../../src/simulator/accounts/made-up-account.ts';
import { scenarioAccount } from '../../src/simulator/scenarios.ts';
import { startSimulator } from '../../src/simulator/simulator.ts';

const NOW_MS = Date.parse('2026-11-20T10:00:00Z');
const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;
const textOf = (hex: string) =>
  Buffer.from(hex.length % 2 === 0 ? hex : hex.slice(1), 'hex').toString('latin1');

async function trailOf(name: string) {
  const { snapshot } = scenarioAccount(name, NOW_MS)!;
  const simulator = await startSimulator({ snapshot, static: true });
  const client = new CloudTrailClient({
    endpoint: simulator.endpoint,
    region: snapshot.account.region,
    credentials: { accessKeyId: 'sim', secretAccessKey: 'sim' },
  });
  const answer = await client.send(new LookupEventsCommand({}));
  await simulator.close();
  return { account: snapshot.account.id, events: answer.Events ?? [] };
}

describe('the ids of a made-up account', () => {
  const { snapshot } = madeUpAccount('ids', { nowMs: NOW_MS });
  it('spell no words', () => {
    const tables = snapshot.ec2.RouteTables.map((table) => table.RouteTableId);
    expect(tables.length).toBeGreaterThan(1);
    expect(new Set(tables).size).toBe(tables.length);
    for (const id of tables) expect(textOf(id.replace(/^rtb-/, ''))).not.toMatch(/[a-z0-9-]{7}/i);
    const digests = snapshot.ecs.tasks.flatMap((task) =>
      task.containers?.map((one) => one.imageDigest ?? ''),
    );
    for (const digest of digests) {
      expect(digest).toMatch(/^sha256:[0-9a-f]{64}$/);
      expect(textOf(digest?.slice(7) ?? '')).not.toMatch(/[a-z0-9:.-]{12}/i);
    }
  });
  it('of service events are UUIDs, before and after it begins to live', () => {
    const { snapshot: later } = scenarioAccount('crash-loop', NOW_MS)!;
    const ids = [...snapshot.ecs.services, ...later.ecs.services].flatMap((service) =>
      (service.events ?? []).map((event) => event.id),
    );
    expect(ids.length).toBeGreaterThan(10);
    for (const id of ids) expect(id).toMatch(UUID);
  });
});

describe('the CloudTrail of an account', () => {
  it('has the fields of a record, and of two events at one moment the later first', async () => {
    const { account, events } = await trailOf('crash-loop');
    const names = events.map((event) => event.EventName);
    expect(names.indexOf('UpdateService')).toBeLessThan(names.indexOf('RegisterTaskDefinition'));
    const [event] = events;
    const record = JSON.parse(event?.CloudTrailEvent ?? '');
    expect(record).toMatchObject({
      eventID: event?.EventId,
      eventType: 'AwsApiCall',
      eventCategory: 'Management',
      managementEvent: true,
      readOnly: false,
      recipientAccountId: account,
    });
    expect(record.eventTime).toMatch(/T\d\d:\d\d:\d\dZ$/);
  });
  it('says which route was deleted', async () => {
    const { events } = await trailOf('no-way-out');
    const record = JSON.parse(
      events.find((event) => event.EventName === 'DeleteRoute')?.CloudTrailEvent ?? '',
    );
    expect(record.requestParameters.destinationCidrBlock).toBe('0.0.0.0/0');
  });
});

describe('the scaling of a service', () => {
  it('names the same alarm each time', () => {
    const { snapshot } = scenarioAccount('tug-of-war', NOW_MS)!;
    const causes = snapshot.applicationAutoscaling.ScalingActivities.map((activity) => activity.Cause);
    expect(causes.length).toBeGreaterThan(1);
    expect(new Set(causes).size).toBe(1);
  });
});
