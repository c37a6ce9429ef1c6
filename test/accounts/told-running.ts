// Services of which every task runs and every check passes, while the log of a task tells of trouble now, or of trouble that is none.

import type { World } from './base.ts';
import { theNetwork } from './base-network.ts';
import { databaseHost } from './base-platform.ts';
import { changed, type HealthyCase, type ToldCase } from './case.ts';
import { theService } from './workload.ts';

const at = {
  region: 'eu-west-1',
  account: '616130304242',
  cluster: 'mill',
  service: 'wheel',
  net: 119,
} as const;

/** Every running task of the service logs these, so many seconds ago. */
function says(w: World, lines: readonly (readonly [secondsAgo: number, message: string])[]): void {
  const ids = w.snapshot.ecs.tasks
    .filter(({ group, lastStatus }) => group === `service:${w.place.service}` && lastStatus === 'RUNNING')
    .map(({ taskArn }) => taskArn.split('/').at(-1) ?? '');
  const streams = w.snapshot.logs.logGroups.flatMap((group) => group.streams);
  for (const stream of streams.filter((one) => ids.some((id) => one.logStreamName.endsWith(id))))
    stream.events.push(
      ...lines.map(([secondsAgo, message]) => ({
        timestamp: w.nowMs - secondsAgo * 1_000,
        message,
        ingestionTime: w.nowMs - secondsAgo * 1_000 + 900,
      })),
    );
}

const denied = (w: World, action: string) =>
  `ERROR publish failed: AccessDenied: User: arn:aws:sts::${w.place.account}:assumed-role/${roleOf(w)}/5c1f is not authorized to perform: ${action} on resource: ${w.arn('sqs', 'invoices')} because no identity-based policy allows the ${action} action`;

const roleOf = (w: World) =>
  w.snapshot.ecs.taskDefinitions
    .find(({ taskDefinitionArn }) => taskDefinitionArn === theService(w).taskDefinition)
    ?.taskRoleArn?.split('/')
    .at(-1) ?? '';

const unanswered = (w: World) =>
  `ERROR order failed: connect ETIMEDOUT ${databaseHost(w)}:5432 (pool has 0 connections)`;

const closeDatabase = (w: World) => {
  theNetwork(w).group('database').IpPermissions = [];
};

const often = [700, 520, 340, 160] as const;
const each = (agos: readonly number[], message: string) => agos.map((ago) => [ago, message] as const);

export const toldRunning: readonly ToldCase[] = [
  {
    name: 'a running task that AWS refuses a call each time',
    class: 'task-role-denied',
    verdicts: ['likely', 'proven'],
    says: (w) => [roleOf(w), 'sqs:sendmessage', 'again and again'],
    never: [/before it failed/],
    account: () => changed(at, [(w) => says(w, each(often, denied(w, 'sqs:sendmessage')))]),
  },
  {
    name: 'running tasks whose database lost its rule minutes ago',
    class: 'dependency-unreachable',
    verdicts: ['proven'],
    says: (w) => [w.id('sg', 'database'), 'Running tasks cannot reach their database', /again and again/],
    never: [/0 tasks/],
    fix: 'ec2_authorize_security_group_ingress',
    account: () => changed(at, [closeDatabase, (w) => says(w, each(often, unanswered(w)))]),
  },
  {
    name: 'a running task that no answer reaches over a way that is open',
    class: 'healthy',
    verdicts: ['likely'],
    says: () => [/logs again and again: "ERROR order failed/],
    fix: null,
    account: () => changed(at, [(w) => says(w, each(often, unanswered(w)))]),
  },
  {
    name: 'a service that runs and whose log may not be read',
    class: 'healthy',
    verdicts: ['likely'],
    missing: 'logs:GetLogEvents',
    says: () => [/No log of its tasks was read/],
    account: () => changed(at, [(w) => w.snapshot.denied.push('logs:GetLogEvents')]),
  },
  {
    name: 'a service that runs and logs nothing of trouble',
    class: 'healthy',
    verdicts: ['proven'],
    never: [/No log/],
    account: () => changed(at, []),
  },
];

/** Each of these logs what sounds like the cases above. */
export const runsWell: readonly HealthyCase[] = [
  {
    name: 'one refused call while it runs',
    account: () => changed(at, [(w) => says(w, [[200, denied(w, 'sqs:sendmessage')]])]),
  },
  {
    name: 'refused calls that ended an hour ago',
    account: () =>
      changed(at, [(w) => says(w, each([5_400, 5_000, 4_600, 4_200], denied(w, 'sqs:sendmessage')))]),
  },
  {
    name: 'traces it may not send',
    account: () => changed(at, [(w) => says(w, each(often, denied(w, 'xray:PutTraceSegments')))]),
  },
  {
    name: 'a closed destination it does without',
    account: () =>
      changed(at, [
        closeDatabase,
        (w) => says(w, each(often, `WARN  ${unanswered(w).slice(6)}: falling back to the replica`)),
      ]),
  },
  {
    name: 'a database that came back after it was tried again',
    account: () =>
      changed(at, [
        (w) => says(w, [...each(often, unanswered(w)), [100, 'INFO  reconnected to the database']]),
      ]),
  },
  {
    name: 'tickets that quote errors of others',
    account: () =>
      changed(at, [(w) => says(w, each(often, `INFO ticket 88 body="${denied(w, 'sqs:sendmessage')}"`))]),
  },
];
