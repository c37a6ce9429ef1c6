// ecs_describe_task_definition: what a revision runs. Values of environment variables never leave here, only their names:
// people put secrets there.

import type { ContainerDefinition } from '@aws-sdk/client-ecs';
import { z } from 'zod';
import { defineReadTool } from '../../src/contract/tool.ts';
import { familyRevision, requireOwn } from '../arn.ts';
import { taskDefinitionField } from '../fields.ts';
import { evidenceField, isoOrNull, oneLine, textOf } from '../text-lines.ts';
import { readRevision } from './service-state.ts';

const container = z.object({
  name: z.string(),
  image: z.string(),
  essential: z.boolean(),
  cpu: z.number().nullable(),
  memory: z.number().nullable(),
  memoryReservation: z.number().nullable(),
  ports: z.array(z.string()),
  command: z.string().nullable(),
  entryPoint: z.string().nullable(),
  environmentNames: z.array(z.string()).describe('Names only; values are never returned.'),
  secrets: z.array(z.object({ name: z.string(), from: z.string() })),
  healthCheck: z.string().nullable(),
  logGroup: z.string().nullable(),
  logStreamPrefix: z.string().nullable(),
  logDriver: z.string().nullable(),
  dependsOn: z.array(z.string()),
});
type ContainerFacts = z.infer<typeof container>;

const facts = z.object({
  name: z.string(),
  arn: z.string(),
  family: z.string(),
  revision: z.number(),
  status: z.string(),
  cpu: z.string().nullable(),
  memory: z.string().nullable(),
  networkMode: z.string().nullable(),
  compatibilities: z.array(z.string()),
  architecture: z.string().nullable(),
  executionRole: z.string().nullable(),
  taskRole: z.string().nullable(),
  registeredAt: z.string().nullable(),
  registeredBy: z.string().nullable(),
  containers: z.array(container).max(60),
  evidence: evidenceField,
});

export const ecsDescribeTaskDefinition = defineReadTool({
  name: 'ecs_describe_task_definition',
  summary:
    'Describes a task definition revision: images, ports, sizes, roles, health checks, log destinations, secret references and the names of environment variables (never their values).',
  risk: 'read',
  actions: ['ecs:DescribeTaskDefinition'],
  input: z.strictObject({ task_definition: taskDefinitionField }),
  output: facts,
  target: ({ task_definition }) => ({ resources: [task_definition] }),
  run: async ({ task_definition: taskDefinition }, aws) => {
    requireOwn(aws, [taskDefinition]);
    const { found, evidence } = await readRevision(taskDefinition, aws);
    return {
      name: familyRevision(found.taskDefinitionArn ?? ''),
      arn: found.taskDefinitionArn ?? '',
      family: found.family ?? '',
      revision: found.revision ?? 0,
      status: found.status ?? 'UNKNOWN',
      cpu: found.cpu ?? null,
      memory: found.memory ?? null,
      networkMode: found.networkMode ?? null,
      compatibilities: found.compatibilities ?? [],
      architecture: found.runtimePlatform?.cpuArchitecture ?? null,
      executionRole: found.executionRoleArn ?? null,
      taskRole: found.taskRoleArn ?? null,
      registeredAt: isoOrNull(found.registeredAt),
      registeredBy: found.registeredBy ?? null,
      containers: (found.containerDefinitions ?? []).map(containerFacts),
      evidence: [evidence],
    };
  },
  text: (found) =>
    textOf(
      [
        `${found.name} ${found.status}: ${found.cpu ?? '?'} CPU units, ${found.memory ?? '?'} MiB, ${found.networkMode ?? 'bridge'} network, ${found.compatibilities.join('/')}, ${found.architecture ?? 'X86_64'}; execution role ${found.executionRole ?? 'none'}, task role ${found.taskRole ?? 'none'}; registered ${found.registeredAt ?? '?'}`,
        ...found.containers.flatMap(containerLines),
      ],
      found.evidence,
    ),
});

function containerFacts(found: ContainerDefinition): ContainerFacts {
  const options = found.logConfiguration?.options ?? {};
  return {
    name: found.name ?? '',
    image: found.image ?? '',
    essential: found.essential ?? true,
    cpu: found.cpu ?? null,
    memory: found.memory ?? null,
    memoryReservation: found.memoryReservation ?? null,
    ports: (found.portMappings ?? []).map(
      ({ containerPort, protocol }) => `${protocol ?? 'tcp'}/${containerPort ?? '?'}`,
    ),
    command: found.command === undefined ? null : oneLine(found.command.join(' ')),
    entryPoint: found.entryPoint === undefined ? null : oneLine(found.entryPoint.join(' ')),
    environmentNames: (found.environment ?? []).map(({ name }) => name ?? ''),
    secrets: (found.secrets ?? []).map(({ name, valueFrom }) => ({
      name: name ?? '',
      from: valueFrom ?? '',
    })),
    healthCheck:
      found.healthCheck === undefined
        ? null
        : oneLine(
            `${(found.healthCheck.command ?? []).join(' ')}; every ${found.healthCheck.interval ?? 30} s, time-out ${found.healthCheck.timeout ?? 5} s, ${found.healthCheck.retries ?? 3} retries, start period ${found.healthCheck.startPeriod ?? 0} s`,
          ),
    logDriver: found.logConfiguration?.logDriver ?? null,
    logGroup: options['awslogs-group'] ?? null,
    logStreamPrefix: options['awslogs-stream-prefix'] ?? null,
    dependsOn: (found.dependsOn ?? []).map(({ containerName, condition }) => `${containerName} ${condition}`),
  };
}

function containerLines(part: ContainerFacts): string[] {
  const names = part.environmentNames.join(', ') || 'none';
  return [
    `  container ${part.name}: ${part.image}${part.essential ? '' : ', not essential'}, ports ${part.ports.join(', ') || 'none'}, memory ${part.memory ?? part.memoryReservation ?? 'of the task'}; logs ${part.logDriver ?? 'nowhere'} ${part.logGroup ?? ''} prefix ${part.logStreamPrefix ?? 'none'}`,
    `    environment names ${names}; secrets ${part.secrets.map(({ name, from }) => `${name} from ${from}`).join(', ') || 'none'}`,
    ...(part.healthCheck === null ? [] : [`    health check ${part.healthCheck}`]),
    ...(part.command === null ? [] : [`    command ${part.command}`]),
  ];
}
