// What a task definition demands of a host, as ECS writes it into `requiresAttributes` when a revision is registered.
// https://docs.aws.amazon.com/AmazonECS/latest/developerguide/ecs-agent-config.html and
// https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_TaskDefinition.html

interface Definition {
  readonly networkMode?: string | undefined;
  readonly taskRoleArn?: string | undefined;
  readonly executionRoleArn?: string | undefined;
  readonly volumes?: readonly { readonly efsVolumeConfiguration?: object | undefined }[] | undefined;
  readonly containerDefinitions?:
    | readonly {
        readonly image?: string | undefined;
        readonly healthCheck?: object | undefined;
        readonly dependsOn?: readonly object[] | undefined;
        readonly secrets?: readonly { readonly valueFrom?: string | undefined }[] | undefined;
        readonly logConfiguration?: { readonly logDriver?: string | undefined } | undefined;
      }[]
    | undefined;
}

const CAPABILITY = 'com.amazonaws.ecs.capability';

/** The attributes, without values, in the order of their names. */
export function requiredAttributes(definition: Definition): { name: string }[] {
  const containers = definition.containerDefinitions ?? [];
  const secrets = containers.flatMap((one) => one.secrets ?? []).map(({ valueFrom = '' }) => valueFrom);
  const drivers = containers.flatMap(({ logConfiguration }) => logConfiguration?.logDriver ?? []);
  const fromEcr = containers.some(({ image = '' }) => /\.dkr\.ecr\./.test(image));
  const executes = definition.executionRoleArn !== undefined;
  const names = [
    `${CAPABILITY}.docker-remote-api.1.19`,
    ...drivers.map((driver) => `${CAPABILITY}.logging-driver.${driver}`),
    ...(fromEcr ? [`${CAPABILITY}.ecr-auth`] : []),
    ...(fromEcr && executes ? ['ecs.capability.execution-role-ecr-pull'] : []),
    ...(executes && drivers.includes('awslogs') ? ['ecs.capability.execution-role-awslogs'] : []),
    ...(definition.taskRoleArn === undefined ? [] : [`${CAPABILITY}.task-iam-role`]),
    ...(definition.networkMode === 'awsvpc' ? ['ecs.capability.task-eni'] : []),
    ...(containers.some((one) => one.healthCheck !== undefined)
      ? ['ecs.capability.container-health-check']
      : []),
    ...(containers.some((one) => (one.dependsOn ?? []).length > 0)
      ? ['ecs.capability.container-ordering']
      : []),
    ...(secrets.some((from) => from.includes(':secretsmanager:'))
      ? ['ecs.capability.secrets.asm.environment-variables']
      : []),
    ...(secrets.some((from) => from !== '' && !from.includes(':secretsmanager:'))
      ? ['ecs.capability.secrets.ssm.environment-variables']
      : []),
    ...((definition.volumes ?? []).some((one) => one.efsVolumeConfiguration !== undefined)
      ? ['ecs.capability.efs', 'ecs.capability.efsAuth']
      : []),
  ];
  return [...new Set(names)].sort().map((name) => ({ name }));
}

/** What the agent of an Amazon Linux 2023 host offers; a driver such as `gelf` has to be switched on in its configuration. */
export const offeredAttributes: readonly string[] = [
  ...['1.17', '1.18', '1.19', '1.21', '1.24', '1.32', '1.44'].map(
    (version) => `${CAPABILITY}.docker-remote-api.${version}`,
  ),
  ...['awslogs', 'json-file', 'none', 'syslog'].map((driver) => `${CAPABILITY}.logging-driver.${driver}`),
  `${CAPABILITY}.ecr-auth`,
  `${CAPABILITY}.task-iam-role`,
  `${CAPABILITY}.task-iam-role-network-host`,
  'ecs.capability.execution-role-ecr-pull',
  'ecs.capability.execution-role-awslogs',
  'ecs.capability.task-eni',
  'ecs.capability.container-health-check',
  'ecs.capability.container-ordering',
  'ecs.capability.secrets.asm.environment-variables',
  'ecs.capability.secrets.ssm.environment-variables',
  'ecs.capability.efs',
  'ecs.capability.efsAuth',
];
