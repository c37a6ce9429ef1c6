// The snapshot format: what is accepted, what is filled in, and that a refusal names the place and the reason.

import { describe, expect, it } from 'vitest';
import { parseSnapshot, SNAPSHOT_FORMAT } from '../../src/contract/snapshot.ts';
import { limits } from '../../src/kernel/limits.ts';
import { demoSnapshot } from '../../src/simulator/demo-account.ts';

const least = {
  format: SNAPSHOT_FORMAT,
  takenAt: '2026-11-20T10:00:00Z',
  account: { id: '123456789012', region: 'us-east-1' },
};

const named = { serviceArn: 'a', serviceName: 's', clusterArn: 'c' };

describe('parseSnapshot', () => {
  it('fills in every section that is missing', () => {
    const snapshot = parseSnapshot(least);
    expect(snapshot.ecs.services).toEqual([]);
    expect(snapshot.ec2.VpcAttributes).toEqual({});
    expect(snapshot.elbv2.TargetHealth).toEqual({});
    expect(snapshot.denied).toEqual([]);
    expect(parseSnapshot({ ...least, ecs: {} }).ecs.tasks).toEqual([]);
  });
  it('reads text as well as values and comes to the same', () => {
    const snapshot = demoSnapshot(Date.parse('2026-11-20T10:00:00Z'));
    expect(parseSnapshot(JSON.stringify(snapshot))).toEqual(snapshot);
  });
  it('keeps fields of AWS objects that it does not know', () => {
    const service = { serviceArn: 'a', serviceName: 's', clusterArn: 'c', someNewField: { deep: [1] } };
    expect(parseSnapshot({ ...least, ecs: { services: [service] } }).ecs.services).toEqual([service]);
  });
  it('keeps labels and options that are only called like dates, and dates that are null', () => {
    const container = { name: 'web', dockerLabels: { createdAt: 'by hand' } };
    const ecs = {
      taskDefinitions: [{ taskDefinitionArn: 'd', family: 'f', containerDefinitions: [container] }],
      tasks: [
        { taskArn: 't', clusterArn: 'c', stoppedAt: null, startedAt: '2026-11-20T10:00:00.123456+01:00' },
      ],
    };
    expect(parseSnapshot({ ...least, ecs }).ecs).toMatchObject(ecs);
  });
  it('gives log groups and roles their inner lists', () => {
    const snapshot = parseSnapshot({
      ...least,
      logs: { logGroups: [{ logGroupName: 'g' }] },
      iam: { Roles: [{ RoleName: 'r', Arn: 'a' }] },
    });
    expect([snapshot.logs.logGroups[0]?.streams, snapshot.iam.Roles[0]?.policies]).toEqual([[], []]);
  });
  const refused: [string, unknown, string, RegExp][] = [
    ['an unknown top-level key', { ...least, lambda: {} }, '$', /unknown key "lambda"/],
    ['an unknown key in a section', { ...least, ecs: { service: [] } }, '$.ecs', /unknown key "service"/],
    ['another format', { ...least, format: 'lockkeeper-snapshot/2' }, '$.format', /lockkeeper-snapshot\/1/],
    ['a missing account', { format: SNAPSHOT_FORMAT, takenAt: least.takenAt }, '$.account', /./],
    [
      'an account id that is not one',
      { ...least, account: { id: '12', region: 'x' } },
      '$.account.id',
      /12 digits/,
    ],
    ['a time that is not one', { ...least, takenAt: 'yesterday' }, '$.takenAt', /./],
    [
      'a date of an object that is none',
      { ...least, ecs: { tasks: [{ taskArn: 't', clusterArn: 'c', stoppedAt: '2026-13-40 25:00' }] } },
      '$.ecs.tasks[0].stoppedAt',
      /^"2026-13-40 25:00" is no instant such as 2026-11-20T10:00:00Z$/,
    ],
    [
      'a date within an object, as a number',
      { ...least, ecs: { services: [{ ...named, deployments: [{ createdAt: 1.7e9 }] }] } },
      '$.ecs.services[0].deployments[0].createdAt',
      /^1700000000 is no instant/,
    ],
    [
      'a day without its time',
      { ...least, ec2: { Instances: [{ InstanceId: 'i-1', LaunchTime: '2026-11-20' }] } },
      '$.ec2.Instances[0].LaunchTime',
      /is no instant/,
    ],
    [
      'a log line of no moment',
      {
        ...least,
        logs: {
          logGroups: [
            {
              logGroupName: 'g',
              streams: [{ logStreamName: 's', events: [{ timestamp: 1e300, message: 'x' }] }],
            },
          ],
        },
      },
      '$.logs.logGroups[0].streams[0].events[0].timestamp',
      /<=8640000000000000/,
    ],
    ['a section that is not an object', { ...least, ecs: [] }, '$.ecs', /expected object/],
    ['a list that is not one', { ...least, ec2: { Vpcs: {} } }, '$.ec2.Vpcs', /expected array/],
    [
      'an object without its id',
      { ...least, ec2: { SecurityGroups: [{ GroupId: 'sg-1' }, { GroupName: 'x' }] } },
      '$.ec2.SecurityGroups[1].GroupId',
      /expected string/,
    ],
    [
      'a number of tasks as a word',
      { ...least, ecs: { services: [{ ...named, desiredCount: 'four' }] } },
      '$.ecs.services[0].desiredCount',
      /expected number/,
    ],
    [
      'a number of tasks of a deployment as a word',
      { ...least, ecs: { services: [{ ...named, deployments: [{}, { runningCount: '3' }] }] } },
      '$.ecs.services[0].deployments[1].runningCount',
      /expected number/,
    ],
    [
      'containers that are no list',
      { ...least, ecs: { tasks: [{ taskArn: 't', clusterArn: 'c', containers: 'app' }] } },
      '$.ecs.tasks[0].containers',
      /expected array/,
    ],
    [
      'rules of a security group that are no objects',
      { ...least, ec2: { SecurityGroups: [{ GroupId: 'sg-1', IpPermissionsEgress: ['all'] }] } },
      '$.ec2.SecurityGroups[0].IpPermissionsEgress[0]',
      /expected object/,
    ],
    [
      'a log event with a date as text',
      {
        ...least,
        logs: {
          logGroups: [
            {
              logGroupName: 'g',
              streams: [{ logStreamName: 's', events: [{ timestamp: 'x', message: 'm' }] }],
            },
          ],
        },
      },
      '$.logs.logGroups[0].streams[0].events[0].timestamp',
      /expected number/,
    ],
    [
      'a strange key, which it quotes',
      { ...least, elbv2: { TargetHealth: { 'arn:aws:x': [{}] } } },
      '$.elbv2.TargetHealth["arn:aws:x"][0].Target',
      /./,
    ],
    [
      'a denied action that is not one',
      { ...least, denied: ['everything'] },
      '$.denied[0]',
      /service:Action/,
    ],
    ['text that is not JSON', '{', '$', /not JSON/],
    ['no object at all', 7, '$', /expected object/],
  ];
  it.each(refused)('refuses %s', (_name, source, where, detail) => {
    expect(() => parseSnapshot(source)).toThrowError(
      expect.objectContaining({
        code: 'snapshot-invalid',
        params: { where, detail: expect.stringMatching(detail) },
      }),
    );
  });
  it('refuses text beyond the limit before it reads it', () => {
    const text = `${' '.repeat(limits.snapshot.bytes)}{`;
    expect(() => parseSnapshot(text)).toThrowError(/larger than/);
  });
});
