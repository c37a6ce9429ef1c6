// Lists: clusters, services, tasks, deployments. Each is one read and one short table in words.

import { readOutput } from '../outputs.ts';
import { clusterNames, serviceOf } from '../subject.ts';
import {
  ago,
  cite,
  counted,
  type Next,
  needs,
  problemText,
  quoted,
  resultOf,
  say,
  type View,
} from '../view.ts';
import { OFFER_LOGS, OFFER_STATUS, OFFER_WHY } from '../words.ts';
import { notRunLine } from './outcome.ts';
import { overview } from './overview.ts';
import { currentService } from './service-change.ts';

const ROWS_MAX = 20;

/** "List the clusters." */
export function clusters(view: View): Next {
  const names = clusterNames(view);
  if ('next' in names) return names.next;
  const evidence =
    readOutput('clusterNames', resultOf(view, { tool: 'ecs_list_clusters', input: {} }))?.evidence ?? [];
  if (names.found.length === 0) return say(`There are no clusters in ${view.region}.${cite(evidence)}`);
  const rows = names.found.slice(0, ROWS_MAX).map((name) => `- ${name}`);
  return say(
    [`${counted(names.found.length, 'cluster')}:${cite(evidence)}`, rows.join('\n')],
    names.found.slice(0, 3).map((name) => `What is wrong in the '${name}' cluster?`),
  );
}

/** "Which services are in prod?" */
export function services(view: View): Next {
  return overview(view);
}

/** "Show the tasks", "which tasks failed?" */
export function tasks(view: View): Next {
  const subject = serviceOf(view);
  if ('next' in subject) return subject.next;
  const { cluster = '', service } = subject.found;
  const wantsStopped = /\b(?:stopped|failed|dead|exited|killed|failing|crashed)\b/i.test(view.question);
  const statuses = wantsStopped ? ['STOPPED'] : ['RUNNING', 'STOPPED'];
  const lists = needs(
    view,
    statuses.map((status) => ({
      tool: 'ecs_list_tasks',
      input: { cluster, service, desired_status: status },
    })),
  );
  if ('next' in lists) return lists.next;
  const failed = lists.results.find((result) => readOutput('taskIds', result) === null);
  if (failed !== undefined) return say(problemText(failed));
  const reads = lists.results.flatMap((result) => readOutput('taskIds', result) ?? []);
  const ids = reads.flatMap(({ value }) => value.tasks.map(({ id }) => id)).slice(0, 100);
  if (ids.length === 0) {
    const what = wantsStopped ? 'stopped tasks' : 'tasks';
    return say(
      `ECS shows no ${what} of ${service}. It forgets stopped tasks after about an hour.${cite(reads.flatMap(({ evidence }) => evidence))}`,
      [OFFER_STATUS],
    );
  }
  const details = needs(view, [{ tool: 'ecs_describe_tasks', input: { cluster, tasks: ids } }]);
  if ('next' in details) return details.next;
  const [result] = details.results;
  const read = readOutput('tasks', result);
  if (read === null) return say(result === undefined ? '' : problemText(result));
  return taskTable(view, service, read);
}

function taskTable(
  view: View,
  service: string,
  { value, evidence }: NonNullable<ReturnType<typeof readOutput<'tasks'>>>,
): Next {
  const rows = value.tasks.slice(0, ROWS_MAX).map((task) => {
    const health =
      task.healthStatus === null || task.healthStatus === undefined || task.healthStatus === 'UNKNOWN'
        ? ''
        : `, ${task.healthStatus}`;
    const end = task.stoppedReason
      ? `, stopped ${ago(task.stoppedAt, view.nowMs)}: "${quoted(task.stoppedReason)}"`
      : '';
    return `- \`${task.id}\` ${task.lastStatus}${health}, ${task.taskDefinition ?? ''}${end}${cite(evidence, 1)}`;
  });
  const stopped = value.tasks.filter(({ lastStatus }) => lastStatus === 'STOPPED').length;
  // A task that never started has written nothing.
  const hasLog = value.tasks.some(
    (one) => one.lastStatus === 'STOPPED' && one.stopCode !== 'TaskFailedToStart',
  );
  return say(
    [
      `${counted(value.tasks.length, 'task')} of ${service}, ${stopped} of them stopped.${cite(evidence)}`,
      rows.join('\n'),
    ],
    stopped > 0 ? [...(hasLog ? [OFFER_LOGS] : []), OFFER_WHY] : [OFFER_STATUS],
  );
}

/** "Show the deployments." */
export function deployments(view: View): Next {
  const read = currentService(view);
  if ('next' in read) return read.next;
  const { service, evidence } = read;
  const rows = service.deployments.map((one) => {
    const failed = (one.failedTasks ?? 0) > 0 ? `, ${one.failedTasks} failed` : '';
    const since = ago(one.createdAt, view.nowMs);
    const reason = one.rolloutStateReason ? `: "${quoted(one.rolloutStateReason)}"` : '';
    return `- ${one.status ?? ''} ${one.taskDefinition ?? ''}: ${one.rolloutState ?? 'no rollout state'}, ${one.running ?? 0} of ${one.desired ?? 0} running${failed}${since === '' ? '' : `, started ${since}`}${reason}${cite(evidence, 1)}`;
  });
  return say(
    [
      `${service.name} has ${counted(service.deployments.length, 'deployment')}.${cite(evidence)}`,
      rows.join('\n'),
    ],
    service.deployments.length > 1 ? [OFFER_WHY, 'Roll back to the previous revision.'] : [OFFER_STATUS],
  );
}

/** "Is it fixed?": one compact look. */
export function watch(view: View): Next {
  const subject = serviceOf(view);
  if ('next' in subject) return subject.next;
  const { cluster = '', service } = subject.found;
  const asked = needs(view, [{ tool: 'service_steadiness', input: { cluster, service } }]);
  if ('next' in asked) return asked.next;
  const [result] = asked.results;
  const read = readOutput('steadiness', result);
  if (read === null) return say(result === undefined ? '' : problemText(result));
  const { value, evidence } = read;
  // Tasks of an older deployment run beside them and are no sign that the new one works.
  const counts = `${value.running} of ${value.desired} tasks running${value.healthy === null || value.healthy === undefined ? '' : `, ${value.healthy} healthy on the newest deployment`}`;
  const idle = notRunLine(view, service);
  const [yes, no] = idle === '' ? ['Yes', 'Not yet'] : ['As it is', 'As it is'];
  return value.steady
    ? say([idle, `**${yes}: ${service} is steady.** ${counts}.${cite(evidence)}`], [OFFER_STATUS])
    : say(
        [
          idle,
          `**${no}: ${service} is not steady.** ${counts}${value.rolloutState ? `, deployment ${value.rolloutState}` : ''}.${cite(evidence)}`,
        ],
        [OFFER_STATUS, OFFER_WHY],
      );
}
