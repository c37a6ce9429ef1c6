// Which definitions ECS refuses, by their own fields.

import { describe, expect, it } from 'vitest';
import {
  definitionDefects,
  type JudgedDefinition,
  judgedDefinition,
} from '../../../src/diagnosis/facts/definition-defects.ts';

const good: JudgedDefinition = {
  cpu: '512',
  memory: '1024',
  networkMode: 'awsvpc',
  volumes: [{ name: 'data' }],
  containerDefinitions: [
    {
      name: 'app',
      essential: true,
      cpu: 256,
      memory: 512,
      portMappings: [{ containerPort: 8080, hostPort: 8080 }],
      logConfiguration: { logDriver: 'awslogs' },
      dependsOn: [{ containerName: 'proxy' }],
      mountPoints: [{ sourceVolume: 'data' }],
    },
    { name: 'proxy', essential: false },
  ],
};
const app = (change: object): JudgedDefinition => ({
  ...good,
  containerDefinitions: good.containerDefinitions?.map((one, index) =>
    index === 0 ? { ...one, ...change } : one,
  ),
});
/** Both containers, each with this. */
const two = (change: object): JudgedDefinition => ({
  ...good,
  containerDefinitions: good.containerDefinitions?.map(({ memory: _, ...one }) => ({ ...one, ...change })),
});
const paths = (definition: JudgedDefinition, on: 'fargate' | 'hosts' = 'fargate') =>
  definitionDefects(definition, on).map(({ path }) => path);

type Row = readonly [string, JudgedDefinition, string];

describe('a task definition', () => {
  it('without defects has none, on Fargate and on hosts', () => {
    expect(paths(good)).toEqual([]);
    expect(paths(good, 'hosts')).toEqual([]);
  });

  it.each<Row>([
    ['a memory Fargate has not for that CPU', { ...good, memory: '512' }, '.memory'],
    ['a size of CPU Fargate has not', { ...good, cpu: '300' }, '.cpu'],
    ['no memory', { ...good, memory: undefined }, '.memory'],
    ['bridge mode', { ...good, networkMode: 'bridge' }, '.networkMode'],
    [
      'too little extra storage',
      { ...good, ephemeralStorage: { sizeInGiB: 20 } },
      '.ephemeralStorage.sizeInGiB',
    ],
    [
      'a volume of a host',
      { ...good, volumes: [{ name: 'data', host: { sourcePath: '/var' } }] },
      '.volumes[0]',
    ],
    ['a privileged container', app({ privileged: true }), '.containerDefinitions[0].privileged'],
    [
      'a GPU',
      app({ resourceRequirements: [{ type: 'GPU' }] }),
      '.containerDefinitions[0].resourceRequirements',
    ],
    [
      'a log driver of a host',
      app({ logConfiguration: { logDriver: 'json-file' } }),
      '.containerDefinitions[0].logConfiguration.logDriver',
    ],
  ])('with %s cannot run on Fargate and may on hosts', (_, definition, path) => {
    expect(paths(definition)).toEqual([path]);
    expect(paths(definition, 'hosts')).toEqual([]);
  });

  it.each<Row>([
    [
      'more memory for a container than for the task',
      app({ memory: 2048 }),
      '.containerDefinitions[0].memory',
    ],
    [
      'another host port in awsvpc',
      app({ portMappings: [{ containerPort: 80, hostPort: 8080 }] }),
      '.containerDefinitions[0].portMappings',
    ],
    [
      'a dependency on nobody',
      app({ dependsOn: [{ containerName: 'init' }] }),
      '.containerDefinitions[0].dependsOn',
    ],
    [
      'a mount of no volume',
      app({ mountPoints: [{ sourceVolume: 'x' }] }),
      '.containerDefinitions[0].mountPoints',
    ],
    ['no essential container', app({ essential: false }), '.containerDefinitions'],
    ['more CPU for the containers than for the task', app({ cpu: 1024 }), '.cpu'],
    ['more memory for the containers together than for the task', two({ memory: 600 }), '.memory'],
    ['more reserved for the containers than for the task', two({ memoryReservation: 600 }), '.memory'],
    [
      'a reservation above the limit',
      app({ memory: 256, memoryReservation: 512 }),
      '.containerDefinitions[0].memoryReservation',
    ],
  ])('with %s runs nowhere', (_, definition, path) => {
    expect(paths(definition)).toEqual([path]);
    expect(paths(definition, 'hosts')).toEqual([path]);
  });

  it('may let containers use more than there is when they reserve less', () => {
    expect(paths(two({ memory: 900, memoryReservation: 256 }))).toEqual([]);
    expect(paths(two({ memory: 900, memoryReservation: 256 }), 'hosts')).toEqual([]);
    expect(paths({ ...two({ memory: 900 }), memory: undefined }, 'hosts')).toEqual([]);
  });

  it('may give its size in vCPU and GB', () => {
    expect(paths({ ...good, cpu: '.5 vCPU', memory: '1 GB' })).toEqual([]);
    expect(paths({ ...good, cpu: '1 vCPU', memory: '1 GB' })).toEqual(['.memory']);
  });

  it('is judged by what has the expected shape, whatever a request holds', () => {
    const read = judgedDefinition.parse({
      cpu: 7,
      memory: '512',
      networkMode: 'awsvpc',
      volumes: 'none',
      containerDefinitions: [{ name: 'a', memory: 1024, cpu: 'much', links: [1] }],
    });
    expect(paths(read, 'hosts')).toEqual(['.containerDefinitions[0].memory']);
  });
});
