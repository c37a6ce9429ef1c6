import type * as Ecs from '@aws-sdk/client-ecs';
import { describe, expect, it } from 'vitest';
import { compareRevisions } from '../../../src/diagnosis/compare/revisions.ts';

const container: Ecs.ContainerDefinition = {
  name: 'web',
  image: 'repo/web:1',
  memory: 512,
  environment: [
    { name: 'MODE', value: 'a' },
    { name: 'OLD', value: 'x' },
    { name: 'SAME', value: 's' },
  ],
  secrets: [{ name: 'DB_PASSWORD', valueFrom: 'arn:one' }],
  portMappings: [{ containerPort: 8080, protocol: 'tcp' }],
  healthCheck: { command: ['CMD', 'true'], interval: 30 },
  logConfiguration: { logDriver: 'awslogs', options: { 'awslogs-group': '/ecs/web' } },
};
const definition: Ecs.TaskDefinition = { cpu: '256', memory: '512', containerDefinitions: [container] };

const compare = (after: Ecs.TaskDefinition, before: Ecs.TaskDefinition = definition) =>
  compareRevisions(
    { value: before, at: { id: 'ev_1', path: '$.taskDefinition' } },
    { value: after, at: { id: 'ev_2', path: '$.taskDefinition' } },
  ).differences.map(({ kind, what, before, after }) => [kind, what, before, after]);

const web = (change: Partial<Ecs.ContainerDefinition>): Ecs.TaskDefinition => ({
  ...definition,
  containerDefinitions: [{ ...container, ...change }],
});

describe('two revisions', () => {
  it('that are the same differ in nothing, also when members stand in another order or are left out', () => {
    expect(compare(structuredClone(definition))).toEqual([]);
    expect(
      compare(
        web({
          healthCheck: { interval: 30, command: ['CMD', 'true'] },
          mountPoints: [],
          essential: true,
          cpu: 0,
        }),
      ),
    ).toEqual([]);
  });

  it.each([
    [web({ image: 'repo/web:2' }), ['image', 'container web, image', 'repo/web:1', 'repo/web:2']],
    [{ ...definition, memory: '1024' }, ['size', 'task, memory', '512', '1024']],
    [{ ...definition, taskRoleArn: 'arn:role' }, ['role', 'task, task role', 'none', 'arn:role']],
    [{ ...definition, networkMode: 'bridge' as const }, ['network', 'task, network mode', 'none', 'bridge']],
    [
      web({ secrets: [{ name: 'DB_PASSWORD', valueFrom: 'arn:two' }] }),
      ['secret', 'container web, secret DB_PASSWORD', 'arn:one', 'arn:two'],
    ],
    [web({ secrets: [] }), ['secret', 'container web, secret DB_PASSWORD', 'arn:one', 'none']],
    [
      web({ portMappings: [{ containerPort: 9090 }] }),
      ['network', 'container web, ports', '["8080/tcp"]', '["9090/tcp"]'],
    ],
    [
      web({ logConfiguration: { logDriver: 'awslogs', options: { 'awslogs-group': '/ecs/other' } } }),
      ['logging', 'container web, log option awslogs-group', '/ecs/web', '/ecs/other'],
    ],
    [
      { ...definition, containerDefinitions: [container, { name: 'side', image: 'proxy:1' }] },
      ['other', 'container side', 'none', 'proxy:1'],
    ],
    [
      { ...definition, runtimePlatform: { cpuArchitecture: 'ARM64' as const } },
      ['other', 'task, CPU architecture', 'X86_64', 'ARM64'],
    ],
  ])('are told apart by what differs', (after, row) => {
    expect(compare(after)).toEqual([row]);
  });

  it('are told apart by the names of environment variables, never by their values', () => {
    const rows = compare(
      web({
        environment: [
          { name: 'MODE', value: 'topsecret' },
          { name: 'NEW', value: 'topsecret' },
          { name: 'SAME', value: 's' },
        ],
      }),
    );
    expect(rows).toEqual([
      ['environment', 'container web, environment MODE', 'a value', 'another value'],
      ['environment', 'container web, environment OLD', 'set', 'none'],
      ['environment', 'container web, environment NEW', 'none', 'set'],
    ]);
  });
});
