// What in a task definition ECS refuses, or can never run, decided from the definition itself. Only rules that AWS writes down as such:
// https://docs.aws.amazon.com/AmazonECS/latest/developerguide/fargate-tasks-services.html and the API reference of RegisterTaskDefinition.

import { z } from 'zod';
import { fargateMemory } from './fargate-sizes.ts';

export interface Defect {
  /** Below the definition, such as `.memory`; a reference for evidence. */
  readonly path: string;
  /** A sentence without its end. */
  readonly says: string;
  /** True when the defect is that something is left out. */
  readonly absent: boolean;
}

const text = z.string().optional().catch(undefined);
const count = z.number().optional().catch(undefined);
const flag = z.boolean().optional().catch(undefined);
const listOf = <T extends z.ZodType>(one: T) => z.array(one).max(500).optional().catch(undefined);

/** The parts of a definition that are judged, in an answer of ECS or in a request to it; what has another shape is left out. */
export const judgedDefinition = z.object({
  cpu: text,
  memory: text,
  networkMode: text,
  pidMode: text,
  ipcMode: text,
  runtimePlatform: z.object({ operatingSystemFamily: text }).optional().catch(undefined),
  ephemeralStorage: z.object({ sizeInGiB: count }).optional().catch(undefined),
  volumes: listOf(
    z.object({
      name: text,
      host: z.object({ sourcePath: text }).optional().catch(undefined),
      dockerVolumeConfiguration: z.object({ driver: text }).optional().catch(undefined),
    }),
  ),
  containerDefinitions: listOf(
    z.object({
      name: text,
      cpu: count,
      memory: count,
      memoryReservation: count,
      essential: flag,
      privileged: flag,
      links: listOf(z.string()),
      logConfiguration: z
        .object({ logDriver: text, options: z.record(z.string(), z.unknown()).optional().catch(undefined) })
        .optional()
        .catch(undefined),
      linuxParameters: z
        .object({ devices: listOf(z.object({ hostPath: text })) })
        .optional()
        .catch(undefined),
      resourceRequirements: listOf(z.object({ type: text })),
      portMappings: listOf(z.object({ hostPort: count, containerPort: count })),
      dependsOn: listOf(z.object({ containerName: text })),
      mountPoints: listOf(z.object({ sourceVolume: text })),
    }),
  ),
});
export type JudgedDefinition = z.infer<typeof judgedDefinition>;
type JudgedContainer = NonNullable<JudgedDefinition['containerDefinitions']>[number];

const DEFECTS_MAX = 4;
const LOG_DRIVERS: ReadonlySet<string> = new Set(['awslogs', 'splunk', 'awsfirelens']);
/** GiB a task may ask for beyond what it has anyway (API reference, EphemeralStorage). */
const STORAGE_GIB = { min: 21, max: 200 } as const;

/** The defects of a definition, the task's own before those of its containers; at most four. */
export function definitionDefects(definition: JudgedDefinition, on: 'fargate' | 'hosts'): Defect[] {
  const containers = (definition.containerDefinitions ?? []).map((container, index) => ({
    container,
    path: `.containerDefinitions[${index}]`,
    name: container.name ?? String(index),
  }));
  return [
    ...(on === 'fargate' ? fargateTask(definition) : []),
    ...containers.flatMap((one) => [
      ...(on === 'fargate' ? fargateContainer(one) : []),
      ...anyContainer(one, definition),
    ]),
    ...together(definition),
  ].slice(0, DEFECTS_MAX);
}

interface Placed {
  readonly container: JudgedContainer;
  readonly path: string;
  readonly name: string;
}

function fargateTask(definition: JudgedDefinition): Defect[] {
  const { networkMode, pidMode, ipcMode, ephemeralStorage, runtimePlatform } = definition;
  const size = ephemeralStorage?.sizeInGiB;
  return [
    ...sizeDefects(definition),
    ...(networkMode === 'awsvpc'
      ? []
      : [
          defect(
            '.networkMode',
            `Fargate needs networkMode awsvpc, and this is ${networkMode ?? 'the default, bridge'}`,
            networkMode === undefined,
          ),
        ]),
    ...(pidMode === 'host' ? [defect('.pidMode', 'Fargate does not share the processes of a host')] : []),
    ...(ipcMode === undefined ? [] : [defect('.ipcMode', 'Fargate does not take ipcMode')]),
    ...(definition.volumes ?? []).flatMap(({ name, host, dockerVolumeConfiguration }, index) =>
      host?.sourcePath !== undefined || dockerVolumeConfiguration !== undefined
        ? [defect(`.volumes[${index}]`, `volume ${name ?? index} is a place on a host, and Fargate has none`)]
        : [],
    ),
    ...(size !== undefined && /^WINDOWS/i.test(runtimePlatform?.operatingSystemFamily ?? '')
      ? [defect('.ephemeralStorage', 'Windows tasks on Fargate take no setting for ephemeral storage')]
      : []),
    ...(size === undefined || (size >= STORAGE_GIB.min && size <= STORAGE_GIB.max)
      ? []
      : [
          defect(
            '.ephemeralStorage.sizeInGiB',
            `ephemeral storage of ${size} GiB is outside ${STORAGE_GIB.min} to ${STORAGE_GIB.max}`,
          ),
        ]),
  ];
}

/** What Fargate sells: one of a few amounts of memory for every size of CPU. */
function sizeDefects({ cpu, memory }: JudgedDefinition): Defect[] {
  if (cpu === undefined || memory === undefined)
    return [
      defect(cpu === undefined ? '.cpu' : '.memory', 'Fargate needs cpu and memory for the whole task', true),
    ];
  const [units, mib] = [unitsOf(cpu), mibOf(memory)];
  if (units === undefined || mib === undefined) return [];
  const allowed = fargateMemory(units);
  if (allowed.length === 0) return [defect('.cpu', `Fargate has no size of ${units} CPU units`)];
  if (allowed.includes(mib)) return [];
  const [least, most] = [allowed[0] ?? 0, allowed.at(-1) ?? 0];
  return [
    defect(
      '.memory',
      `with ${units} CPU units Fargate takes ${least} to ${most} MiB of memory in certain steps, and not ${mib}`,
    ),
  ];
}

function fargateContainer({ container, path, name }: Placed): Defect[] {
  const { privileged, links, logConfiguration, linuxParameters, resourceRequirements = [] } = container;
  const driver = logConfiguration?.logDriver;
  return [
    ...(privileged === true ? [defect(`${path}.privileged`, `${name} is privileged`)] : []),
    ...((links ?? []).length > 0 ? [defect(`${path}.links`, `${name} has links`)] : []),
    ...((linuxParameters?.devices ?? []).length > 0
      ? [defect(`${path}.linuxParameters.devices`, `${name} asks for devices of a host`)]
      : []),
    ...(resourceRequirements.some(({ type }) => type === 'GPU')
      ? [defect(`${path}.resourceRequirements`, `${name} asks for a GPU`)]
      : []),
    ...(driver === undefined || LOG_DRIVERS.has(driver)
      ? []
      : [defect(`${path}.logConfiguration.logDriver`, `${name} logs with ${driver}`)]),
  ].map((one) => ({ ...one, says: `${one.says}, which Fargate does not support` }));
}

/** Options of log drivers that are left out: only for a definition whose driver has said so, since an answer of AWS may lack them too. */
export function loggerDefects(definition: JudgedDefinition): Defect[] {
  return (definition.containerDefinitions ?? []).flatMap((container, index) =>
    ofLogger({
      container,
      path: `.containerDefinitions[${index}]`,
      name: container.name ?? String(index),
    }),
  );
}

/** Without these the driver refuses to start: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/specify-log-config.html */
function ofLogger({ container, path, name }: Placed): Defect[] {
  const { logDriver, options } = container.logConfiguration ?? {};
  if (logDriver !== 'awslogs') return [];
  return ['awslogs-group', 'awslogs-region']
    .filter((option) => (options?.[option] ?? '') === '')
    .map((option) =>
      defect(
        `${path}.logConfiguration.options`,
        `the log driver of ${name} has no ${option}`,
        options?.[option] === undefined,
      ),
    );
}

function anyContainer({ container, path, name }: Placed, definition: JudgedDefinition): Defect[] {
  const names = new Set((definition.containerDefinitions ?? []).map((one) => one.name));
  const volumes = new Set((definition.volumes ?? []).map((one) => one.name));
  const task = mibOf(definition.memory ?? '');
  const wrongPort =
    definition.networkMode === 'awsvpc'
      ? (container.portMappings ?? []).find(
          ({ hostPort, containerPort }) =>
            hostPort !== undefined &&
            hostPort !== 0 &&
            containerPort !== undefined &&
            hostPort !== containerPort,
        )
      : undefined;
  return [
    ...(task !== undefined && (container.memory ?? 0) > task
      ? [defect(`${path}.memory`, `${name} may use ${container.memory} MiB and the whole task only ${task}`)]
      : []),
    ...(container.memory !== undefined && (container.memoryReservation ?? 0) > container.memory
      ? [
          defect(
            `${path}.memoryReservation`,
            `${name} reserves ${container.memoryReservation} MiB and may use only ${container.memory}`,
          ),
        ]
      : []),
    ...(wrongPort === undefined
      ? []
      : [
          defect(
            `${path}.portMappings`,
            `${name} maps port ${wrongPort.containerPort} to host port ${wrongPort.hostPort}, which awsvpc does not allow`,
          ),
        ]),
    ...(container.dependsOn ?? []).flatMap(({ containerName }) =>
      containerName === undefined || names.has(containerName)
        ? []
        : [defect(`${path}.dependsOn`, `${name} depends on ${containerName}, which is no container of it`)],
    ),
    ...(container.mountPoints ?? []).flatMap(({ sourceVolume }) =>
      sourceVolume === undefined || volumes.has(sourceVolume)
        ? []
        : [defect(`${path}.mountPoints`, `${name} mounts ${sourceVolume}, which is no volume of it`)],
    ),
  ];
}

/** What the containers are together. */
function together(definition: JudgedDefinition): Defect[] {
  const containers = definition.containerDefinitions ?? [];
  const units = unitsOf(definition.cpu ?? '');
  const reserved = containers.reduce((sum, { cpu }) => sum + (cpu ?? 0), 0);
  const mib = mibOf(definition.memory ?? '');
  // A container reserves its soft limit, else its hard one: limits above what is reserved may add up to more than there is.
  const kept = containers.reduce((sum, one) => sum + (one.memoryReservation ?? one.memory ?? 0), 0);
  const alone = containers.some(({ memory }) => mib !== undefined && (memory ?? 0) > mib);
  return [
    ...(containers.length > 0 && containers.every(({ essential }) => essential === false)
      ? [defect('.containerDefinitions', 'none of its containers is essential')]
      : []),
    ...(units !== undefined && reserved > units
      ? [defect('.cpu', `its containers reserve ${reserved} CPU units and the task has ${units}`)]
      : []),
    ...(mib !== undefined && kept > mib && !alone
      ? [defect('.memory', `its containers reserve ${kept} MiB of memory and the task has ${mib}`)]
      : []),
  ];
}

function defect(path: string, says: string, absent = false): Defect {
  return { path, says, absent };
}

/** CPU units; ECS takes "1024", "1 vCPU" and "1vcpu". */
function unitsOf(text: string): number | undefined {
  const [, number, unit] = /^\s*(\d+(?:\.\d+)?)\s*(vcpu)?\s*$/i.exec(text) ?? [];
  return number === undefined ? undefined : Number(number) * (unit === undefined ? 1 : 1_024);
}

/** MiB; ECS takes "2048", "2 GB" and "2gb". */
function mibOf(text: string): number | undefined {
  const [, number, unit] = /^\s*(\d+(?:\.\d+)?)\s*(gb)?\s*$/i.exec(text) ?? [];
  return number === undefined ? undefined : Number(number) * (unit === undefined ? 1 : 1_024);
}
