// Sessions in containers that cannot be opened (ECS Exec). The state of ECS's own agent proves it; the task definition, the task role and the
// way to ssmmessages say why. The tasks themselves may be perfectly well.

import { below } from '../evidence.ts';
import { type ExecTrouble, execObstacles, execPaths, execPermissions } from '../facts/exec-session.ts';
import type { Facts } from '../facts/facts.ts';
import { type Permission, roleName } from '../facts/permission.ts';
import { tidy } from '../network/peer.ts';
import { counted, found, type Judgement, listed, type Rule, refuted, silent } from './rule.ts';
import { redeployFix } from './service-fixes.ts';

export const sessionRules: readonly Rule[] = [
  {
    class: 'ecs-exec-unavailable',
    needs: ['service', 'tasks', 'task-definition', 'network', 'resources'],
    judge: noSession,
  },
];

function noSession(facts: Facts): Judgement {
  const trouble = facts.execTrouble;
  if (trouble === undefined) {
    const connected = facts.tasks.some(({ containers }) =>
      containers.some(({ observed }) =>
        observed.value.managedAgents?.some(({ lastStatus }) => lastStatus === 'RUNNING'),
      ),
    );
    return connected ? refuted('The agent of ECS Exec runs in the tasks.') : silent;
  }
  return trouble.how === 'switch' ? switchedOff(facts, trouble) : agentDown(facts, trouble);
}

/** The switch of the service reaches only tasks that are started after it. */
function switchedOff(facts: Facts, { tasks, evidence }: ExecTrouble): Judgement {
  return found({
    verdict: 'proven',
    title: `ECS Exec does not work in ${facts.service.name}: its tasks were started before it was enabled.`,
    explanation: `${serving(facts)} The service has ECS Exec enabled, and ${counted(tasks.length, 'running task')} ${tasks.length === 1 ? 'was' : 'were'} started without it; only new tasks get the agent.`,
    evidence,
    culprits: [facts.service.arn],
    fixes: wouldConnect(facts, tasks)
      ? redeployFix(
          facts.service,
          'Replaces the tasks by new ones of the same revision, which get the agent that sessions need.',
        )
      : [],
  });
}

/** Whether the agent would work in new tasks as far as their definition, their role and their network say. */
function wouldConnect(facts: Facts, tasks: ExecTrouble['tasks']): boolean {
  const [task] = tasks;
  if (task?.definition === undefined || execObstacles(task).length > 0) return false;
  const shut = execPaths(facts, tasks)
    .flatMap(({ hops }) => hops)
    .some(({ verdict }) => verdict === 'blocked');
  const permissions = execPermissions(facts.bundle, task);
  return !shut && permissions.length > 0 && permissions.every((one) => one.passes === 'yes');
}

function agentDown(facts: Facts, { tasks, evidence, reason }: ExecTrouble): Judgement {
  const [task] = tasks;
  const obstacles = task === undefined ? [] : execObstacles(task);
  const paths = execPaths(facts, tasks);
  const shut = paths.flatMap(({ hops }) => hops).find(({ verdict }) => verdict === 'blocked');
  const permissions = task === undefined ? [] : execPermissions(facts.bundle, task);
  const refusals = permissions.filter((one) => one.passes === 'no');
  const why = [
    ...obstacles.map(({ sentence }) => sentence),
    ...refusalText(refusals),
    ...(shut === undefined ? [] : [`the way to ssmmessages is closed: ${shut.because}`]),
  ];
  return found({
    verdict: 'proven',
    title: `ECS Exec does not work in ${facts.service.name}: its agent does not run in ${counted(tasks.length, 'task')}.`,
    explanation: `${serving(facts)} ${reason === '' ? 'The agent gives no reason.' : `The agent says "${tidy(reason, 160)}".`}${why.length === 0 ? ' What in the task keeps it from connecting was not seen.' : ` Found: ${listed(why)}.`}`,
    evidence: [
      ...evidence,
      ...obstacles.map(({ at }) => at),
      ...(shut?.evidence ?? []),
      ...(refusals[0]?.evidence ?? []),
      ...(task?.definition === undefined ? [] : [below(task.definition, '.taskRoleArn')]),
    ],
    culprits: [
      tasks[0]?.revision ?? facts.service.arn,
      ...refusals.slice(0, 1).map(({ question }) => question.role),
    ],
    paths: shut === undefined ? [] : paths.slice(0, 4),
    cannotVerify: why.length === 0 ? unseenOf(permissions) : [],
  });
}

function refusalText(refusals: readonly Permission[]): string[] {
  const [first] = refusals;
  if (first === undefined) return [];
  if (first.roleAbsent) return [`the task role does not exist: ${first.because}`];
  const actions = listed(refusals.map(({ question }) => question.action));
  return [`the task role ${roleName(first.question.role)} does not allow ${actions}`];
}

/** The reads that would say whether the role is the reason; none when its policies were read and allow all. */
function unseenOf(permissions: readonly Permission[]): { what: string; missingAction: string }[] {
  if (permissions.length > 0 && permissions.every((one) => one.passes === 'yes')) return [];
  const gaps = permissions.flatMap((one) => one.gaps);
  const what = 'whether the task role allows the ssmmessages actions';
  const actions = gaps.length === 0 ? ['iam:GetRolePolicy'] : gaps.map((gap) => gap.missingAction);
  return [...new Set(actions)].map((missingAction) => ({ what, missingAction }));
}

/** That a session does not open says nothing about the service itself. */
function serving({ service }: Facts): string {
  return service.running >= service.desired
    ? `The service itself runs ${service.running} of ${service.desired} tasks.`
    : `The service runs ${service.running} of ${service.desired} tasks.`;
}
