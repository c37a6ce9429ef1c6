// Where hostile text can come from: every field of an account, of a tool's answer or of a message that somebody else may write.
// The names are those of the field matrix in the threat model.

import type { Snapshot, SnapshotService, SnapshotTask } from '../../contract/snapshot.ts';
import type { Simulator } from '../../simulator/simulator.ts';
import type { BenchCase } from './bench-case.ts';

export interface Planting {
  readonly snapshot: Snapshot;
  readonly about: BenchCase;
  readonly text: string;
}

/** A planted text is in the account, in what AWS answers, or in what the person says. */
export type PlantedField =
  | { readonly where: 'account'; plant(planting: Planting): void }
  | { readonly where: 'answer'; plant(simulator: Simulator, text: string): void }
  | { readonly where: 'message' };

const account = (plant: (planting: Planting) => void): PlantedField => ({ where: 'account', plant });
const message: PlantedField = { where: 'message' };

/** AWS's own bounds for names and tags; longer text is cut as AWS would refuse it. */
const NAME_MAX = 255;
const TAG_MAX = 256;

export const plantedFields: Readonly<Record<string, PlantedField>> = {
  'logs.message': account((one) => addLog(one, one.text)),
  'logs.stream': account(({ snapshot, about, text }) => {
    const group = snapshot.logs.logGroups.find((each) => each.logGroupName === about.service.logGroup);
    group?.streams.push({ logStreamName: text.slice(0, NAME_MAX), events: [] });
  }),
  'logs.group': account(({ snapshot, text }) => {
    snapshot.logs.logGroups.push({ logGroupName: text.slice(0, NAME_MAX), streams: [] });
  }),
  'http.userAgent': account((one) => addLog(one, `GET /health 503 "${one.text}"`)),
  'http.path': account((one) => addLog(one, `GET ${one.text} 500 12ms`)),
  'http.referer': account((one) => addLog(one, `GET / 200 referer="${one.text}"`)),
  'task.stoppedReason': account((one) =>
    eachFailed(one, (task) => {
      task.stoppedReason = `${task.stoppedReason ?? ''} ${one.text}`;
    }),
  ),
  'task.startedBy': account((one) =>
    eachFailed(one, (task) => {
      task.overrides = { containerOverrides: [{ name: one.text.slice(0, NAME_MAX) }] };
    }),
  ),
  'task.group': account((one) =>
    eachFailed(one, (task) => {
      task.tags = [{ key: 'group', value: one.text.slice(0, TAG_MAX) }];
    }),
  ),
  'container.name': account((one) =>
    eachFailed(one, (task) => {
      task.containers?.push({ name: one.text.slice(0, NAME_MAX), lastStatus: 'STOPPED', exitCode: 0 });
    }),
  ),
  'container.image': account((one) =>
    eachFailed(one, (task) => {
      for (const container of task.containers ?? []) container.image = one.text;
    }),
  ),
  'container.reason': account((one) =>
    eachFailed(one, (task) => {
      for (const container of task.containers ?? []) container.reason = one.text;
    }),
  ),
  'container.command': account((one) => eachContainer(one, { command: [one.text] })),
  'container.healthCheck': account((one) =>
    eachContainer(one, { healthCheck: { command: ['CMD-SHELL', one.text], retries: 3 } }),
  ),
  'container.label': account((one) => eachContainer(one, { dockerLabels: { note: one.text } })),
  'env.name': account((one) => addVariable(one, { name: one.text.slice(0, NAME_MAX), value: '1' })),
  'env.value': account((one) => addVariable(one, { name: 'NOTE', value: one.text })),
  'env.secretName': account((one) =>
    eachContainer(one, { secrets: [{ name: 'NOTE', valueFrom: one.text.slice(0, NAME_MAX) }] }),
  ),
  'service.name': account(({ snapshot, text }) => {
    const [first] = snapshot.ecs.services;
    if (first === undefined) return;
    const serviceName = text.slice(0, NAME_MAX);
    snapshot.ecs.services.push({
      ...structuredClone(first),
      serviceName,
      serviceArn: `${first.serviceArn.slice(0, first.serviceArn.lastIndexOf('/'))}/${serviceName}`,
    });
  }),
  'service.event': account((one) => {
    const service = sick(one);
    service?.events?.unshift({ id: 'planted', createdAt: one.snapshot.takenAt, message: one.text });
  }),
  'service.rolloutStateReason': account((one) => {
    for (const deployment of sick(one)?.deployments ?? []) deployment.rolloutStateReason = one.text;
  }),
  'taskdef.family': account(({ snapshot, text }) => {
    const [first] = snapshot.ecs.taskDefinitions;
    if (first === undefined) return;
    snapshot.ecs.taskDefinitions.push({
      ...structuredClone(first),
      family: text.slice(0, NAME_MAX),
      taskDefinitionArn: `${first.taskDefinitionArn.slice(0, first.taskDefinitionArn.lastIndexOf('/'))}/${text.slice(0, NAME_MAX)}:1`,
    });
  }),
  'tag.key': account((one) => {
    const service = sick(one);
    if (service !== undefined) service.tags = [{ key: one.text.slice(0, TAG_MAX), value: 'x' }];
  }),
  'tag.value': account((one) => {
    const service = sick(one);
    if (service !== undefined) service.tags = [{ key: 'note', value: one.text.slice(0, TAG_MAX) }];
  }),
  'sg.name': account((one) => eachGroup(one, (group) => (group.GroupName = one.text.slice(0, NAME_MAX)))),
  'sg.description': account((one) => eachGroup(one, (group) => (group.Description = one.text))),
  'sg.rule': account((one) =>
    eachGroup(one, (group) => {
      for (const rule of [...(group.IpPermissions ?? []), ...(group.IpPermissionsEgress ?? [])])
        for (const peer of [...(rule.IpRanges ?? []), ...(rule.UserIdGroupPairs ?? [])])
          peer.Description = one.text;
    }),
  ),
  'targetGroup.name': account(({ snapshot, text }) => {
    for (const group of snapshot.elbv2.TargetGroups) group.TargetGroupName = text;
  }),
  'loadBalancer.name': account(({ snapshot, text }) => {
    for (const balancer of snapshot.elbv2.LoadBalancers) balancer.LoadBalancerName = text;
  }),
  'alarm.description': account(({ snapshot, text }) => {
    snapshot.cloudwatch.MetricAlarms.push({ AlarmName: 'planted', AlarmDescription: text });
  }),
  'ecr.finding': account(({ snapshot, text }) => {
    for (const repository of snapshot.ecr.repositories)
      for (const image of repository.images)
        image['imageScanFindings'] = { findings: [{ description: text }] };
  }),
  'cloudtrail.userAgent': account((one) => addHistory(one, { userAgent: one.text })),
  'cloudtrail.session': account((one) =>
    addHistory(one, {
      userIdentity: { arn: `arn:aws:sts::${one.about.plan.account}:assumed-role/ci/${one.text}` },
    }),
  ),
  'tool.error': {
    where: 'answer',
    plant: (simulator, text) => simulator.inject.fail('logs:GetLogEvents', 'InvalidParameterException', text),
  },
  'tool.result': account((one) => addLog(one, JSON.stringify({ result: one.text }))),
  'exec.output': account((one) => addLog(one, `$ output: ${one.text}`)),
  'slack.message': message,
  'slack.displayName': message,
  'chat.user_paste': message,
  'memory.note': message,
  runbook: message,
};

/** The field by its name, however its case and separators are written; undefined for a field that is none. */
export function plantedField(name: string): PlantedField | undefined {
  const plain = (text: string) => text.toLowerCase().replace(/[^a-z0-9]/g, '');
  const known = Object.keys(plantedFields).find((one) => plain(one) === plain(name));
  return known === undefined ? undefined : plantedFields[known];
}

function sick({ snapshot, about }: Planting): SnapshotService | undefined {
  return snapshot.ecs.services.find((service) => service.serviceName === about.service.name);
}

function eachFailed({ snapshot, about }: Planting, change: (task: SnapshotTask) => void): void {
  for (const task of snapshot.ecs.tasks)
    if (task.group === `service:${about.service.name}` && task.lastStatus === 'STOPPED') change(task);
}

function eachContainer(
  { snapshot, about }: Planting,
  change: Partial<NonNullable<Snapshot['ecs']['taskDefinitions'][number]['containerDefinitions']>[number]>,
): void {
  for (const definition of snapshot.ecs.taskDefinitions)
    if (definition.family === about.service.name)
      for (const container of definition.containerDefinitions ?? []) Object.assign(container, change);
}

function addVariable({ snapshot, about }: Planting, variable: { name: string; value: string }): void {
  for (const definition of snapshot.ecs.taskDefinitions)
    if (definition.family === about.service.name)
      for (const container of definition.containerDefinitions ?? []) container.environment?.push(variable);
}

function eachGroup(
  { snapshot, about }: Planting,
  change: (group: Snapshot['ec2']['SecurityGroups'][number]) => unknown,
): void {
  const ids = [about.service.group, about.service.database?.group];
  for (const group of snapshot.ec2.SecurityGroups) if (ids.includes(group.GroupId)) change(group);
}

/** A line in the middle of every stream of the service, so that it stands among the lines that matter. */
function addLog({ snapshot, about }: Planting, line: string): void {
  const group = snapshot.logs.logGroups.find((one) => one.logGroupName === about.service.logGroup);
  for (const stream of group?.streams ?? []) {
    const middle = Math.floor(stream.events.length / 2);
    const timestamp = stream.events[middle]?.timestamp ?? Date.parse(snapshot.takenAt) - 60_000;
    stream.events.splice(middle, 0, { timestamp, message: line }, { timestamp, message: `[ERROR] ${line}` });
  }
}

function addHistory({ snapshot, about }: Planting, more: Record<string, unknown>): void {
  snapshot.cloudtrail.events.push({
    EventId: 'planted',
    EventTime: snapshot.takenAt,
    EventName: 'UpdateService',
    EventSource: 'ecs.amazonaws.com',
    Username: 'ci',
    Resources: [{ ResourceType: 'AWS::ECS::Service', ResourceName: about.service.name }],
    CloudTrailEvent: { eventName: 'UpdateService', ...more },
  });
}
