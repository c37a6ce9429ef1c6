// The demo account with something changed in it, and the tools run against it over real SDK clients.

import type { Snapshot } from '../../../src/contract/snapshot.ts';
import type { ToolContext } from '../../../src/contract/tool.ts';
import { demoSnapshot } from '../../../src/simulator/demo-account.ts';
import { type DiagnoseServiceOutput, diagnoseService } from '../../../tools/diagnose/diagnose-service.ts';
import { NOW_MS, type SimulatedAws, simulatedAws } from '../../support/simulated-aws.ts';

export const TROUBLED = { cluster: 'production-cluster', service: 'my-web-service' } as const;
export const context: ToolContext = { nowMs: NOW_MS, stage: () => {}, wait: async () => {} };

/** The demo account after `change`. */
export function changed(change: (snapshot: Snapshot) => void): Snapshot {
  const snapshot = demoSnapshot(NOW_MS);
  change(snapshot);
  return snapshot;
}

/** Runs `use` against an account and always closes it. */
export async function withAccount<T>(snapshot: Snapshot, use: (aws: SimulatedAws) => Promise<T>): Promise<T> {
  const aws = await simulatedAws(snapshot);
  try {
    return await use(aws);
  } finally {
    await aws.close();
  }
}

export function diagnosisOf(
  change: (snapshot: Snapshot) => void,
  input: { cluster?: string; service: string } = TROUBLED,
): Promise<DiagnoseServiceOutput> {
  return withAccount(changed(change), async (aws) =>
    diagnoseService.output.parse(await diagnoseService.run(input, aws, context)),
  );
}

/** The service's parts of a snapshot, found by what they are rather than by position. */
export const parts = {
  service: (s: Snapshot, name: string = TROUBLED.service) =>
    one(s.ecs.services.find((service) => service.serviceName === name)),
  group: (s: Snapshot, name: string) => one(s.ec2.SecurityGroups.find((group) => group.GroupName === name)),
  failed: (s: Snapshot) =>
    s.ecs.tasks.filter(
      (task) =>
        task.group === `service:${TROUBLED.service}` && task.stoppedReason?.includes('health') === true,
    ),
  definition: (s: Snapshot) =>
    one(
      s.ecs.taskDefinitions.find((definition) =>
        definition.taskDefinitionArn.endsWith(`${TROUBLED.service}:42`),
      ),
    ),
  subnetsOf: (s: Snapshot) => parts.service(s).networkConfiguration?.awsvpcConfiguration?.subnets ?? [],
  privateTable: (s: Snapshot) =>
    one(
      s.ec2.RouteTables.find((table) =>
        table.Associations?.some((a) => parts.subnetsOf(s).includes(a.SubnetId ?? '')),
      ),
    ),
};

/** Gives the tasks their way to the database back. */
export function healEgress(s: Snapshot): void {
  const app = parts.group(s, 'production-app-tasks');
  app.IpPermissionsEgress = [
    ...(app.IpPermissionsEgress ?? []),
    {
      IpProtocol: 'tcp',
      FromPort: 5432,
      ToPort: 5432,
      UserIdGroupPairs: [{ GroupId: parts.group(s, 'production-database').GroupId }],
    },
  ];
}

/** Replaces the log of every failed task. */
export function relog(s: Snapshot, ...messages: string[]): void {
  const ids = parts.failed(s).map((task) => task.taskArn.split('/').at(-1) ?? '');
  for (const group of s.logs.logGroups)
    for (const stream of group.streams)
      if (ids.some((id) => stream.logStreamName.endsWith(id)))
        stream.events = messages.map((message, index) => ({ timestamp: NOW_MS - 400_000 + index, message }));
}

/** Turns the failures into failed starts with this reason; what never ran has logged nothing. */
export function failStart(s: Snapshot, stoppedReason: string): void {
  relog(s);
  for (const task of parts.failed(s)) {
    task.stopCode = 'TaskFailedToStart';
    task.stoppedReason = stoppedReason;
    delete task.startedAt;
    for (const container of task.containers ?? []) delete container.exitCode;
  }
}

function one<T>(value: T | undefined): T {
  if (value === undefined) throw new Error('the demo account no longer has this');
  return value;
}
