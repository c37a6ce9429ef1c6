// Changes of a service: its desired count, a new deployment, another revision, and stopping one task.
// Each names one call of ecs_update_service or ecs_stop_task; the current state is read first where the call depends on it.

import { readOutput, type ServiceView } from '../outputs.ts';
import { serviceOf } from '../subject.ts';
import { wholeTaskId } from '../task-ids.ts';
import { cite, counted, type Next, needs, problemText, quoted, say, type View } from '../view.ts';
import { causes, citeFinding, OFFER_LOGS, OFFER_STATUS, OFFER_TASKS, offerOf } from '../words.ts';
import { change } from './change.ts';
import { diagnosisMeant } from './diagnosis.ts';
import { loadOf } from './load.ts';

const COUNT_MAX = 10_000;

/** "Scale checkout to 6." */
export function scale(view: View): Next {
  const { count, delta } = view.intent.entities;
  if (count === null && delta === null) {
    const measured = /\b(?:down|in|smaller|fewer|less)\b/i.test(view.question) ? null : scaleAsMeasured(view);
    if (measured !== null) return measured;
    return say('To how many tasks? Say for example: "Scale it to 6." Nothing was changed.', [OFFER_STATUS]);
  }
  const several = oneAtATime(view);
  if (several !== null) return several;
  const read = currentService(view);
  if ('next' in read) return read.next;
  const { service, evidence } = read;
  const wanted = count ?? service.desired + (delta ?? 0);
  if (wanted < 0 || wanted > COUNT_MAX) {
    return say(
      `A desired count of ${wanted} is not possible: it lies between 0 and ${COUNT_MAX}, and ${service.name} has ${service.desired}. Nothing was prepared.${cite(evidence)}`,
      [OFFER_STATUS],
    );
  }
  if (wanted === service.desired) {
    return say(
      `${service.name} already has a desired count of ${wanted}, running ${service.running}. Nothing would change.${cite(evidence)}`,
      [OFFER_STATUS],
    );
  }
  return change(
    view,
    {
      tool: 'ecs_update_service',
      input: { cluster: service.cluster, service: service.name, desired_count: wanted },
    },
    `${service.name} goes from ${counted(service.desired, 'task')} to ${wanted}.${cite(evidence)}`,
  );
}

/** After a question about speed: the number of tasks that the measurements speak for; null when they speak for none. */
export function scaleAsMeasured(view: View): Next | null {
  const { subject, speedAsked } = view.context;
  if (subject === null || !speedAsked || view.intent.entities.names.length > 0) return null;
  const diagnosis = diagnosisMeant(view);
  if ('next' in diagnosis) return diagnosis.next;
  const load = loadOf(view, diagnosis.value);
  if ('next' in load) return load.next;
  const { scaleTo, lines } = load.found;
  if (scaleTo === null)
    return say(
      [
        ...lines,
        'So no number of tasks follows from it. Say one to have it prepared, such as: "Scale it to 6."',
      ],
      [OFFER_STATUS],
    );
  const { cluster, name: service } = diagnosis.value.service;
  return change(
    view,
    { tool: 'ecs_update_service', input: { cluster, service, desired_count: scaleTo.count } },
    scaleTo.why,
  );
}

/** "Restart my-web-service." A new deployment of the same revision, in the steps its bounds allow. */
export function restart(view: View): Next {
  const several = oneAtATime(view);
  if (several !== null) return several;
  const subject = serviceOf(view);
  if ('next' in subject) return subject.next;
  const { cluster = '', service } = subject.found;
  const pointless = newTasksFail(view, service, 'restart');
  if (pointless !== null) return pointless;
  return change(
    view,
    { tool: 'ecs_update_service', input: { cluster, service, force_new_deployment: true } },
    `A new deployment replaces the tasks of ${service} with the same revision, as many at a time as its bounds allow.`,
  );
}

/** "Stop task …" */
export function stopTask(view: View): Next {
  const [named] = view.intent.entities.taskIds;
  if (named === undefined && /\b(?:stopped|failed|dead|exited|crashed)\b/i.test(view.question)) {
    return say('A failed task has stopped already, so there is nothing to stop. I can show its logs.', [
      OFFER_LOGS,
      OFFER_TASKS,
    ]);
  }
  if (named === undefined) {
    return say(
      'Which task? Name its whole id, such as: "Stop task 0123456789abcdef0123456789abcdef." Nothing was changed.',
      [OFFER_TASKS],
    );
  }
  const whole = wholeTaskId(view, named);
  if ('next' in whole) return whole.next;
  const task = whole.found;
  const subject = serviceOf(view);
  if ('next' in subject) return subject.next;
  const { cluster = '' } = subject.found;
  return change(
    view,
    { tool: 'ecs_stop_task', input: { cluster, task, reason: 'Asked for in Lockkeeper' } },
    'One task is stopped; its service decides whether another takes its place.',
  );
}

/**
 * While a proven cause keeps new tasks from running, replacing tasks loses healthy ones. It is said first; with "anyway"
 * the change is prepared all the same. A cause in the revision itself is no reason against going back to another.
 */
export function newTasksFail(view: View, service: string, order: 'restart' | 'roll back'): Next | null {
  const { diagnosis } = view.context;
  if (diagnosis === null || /\b(?:anyway|anyhow|regardless|nevertheless|nonetheless)\b/i.test(view.question))
    return null;
  const { service: state, findings } = diagnosis.value;
  const cause = causes(findings).find(({ verdict }) => verdict === 'proven');
  if (cause === undefined || state.name !== service || state.running >= state.desired) return null;
  const [fix] = cause.fixes;
  const liesElsewhere = fix !== undefined && cause.fixes.every(({ tool }) => tool !== 'ecs_update_service');
  if (!liesElsewhere) return null;
  const cited = citeFinding(cause, diagnosis.evidence);
  const what = order === 'restart' ? 'A restart' : 'Another revision';
  return say(
    [
      `New tasks cannot start until this is repaired: ${quoted(cause.title)}${cited}`,
      `${what} only replaces tasks that run with failing ones, so nothing was prepared. Say it with "anyway" to have it prepared all the same.`,
    ],
    [offerOf(fix), order === 'restart' ? `Restart '${service}' anyway.` : `Roll back '${service}' anyway.`],
  );
}

/** An order over several services: every change is decided by itself, so the person says which goes first. */
export function oneAtATime(view: View): Next | null {
  const names = [
    ...new Set(view.intent.entities.names.filter(({ role }) => role !== 'cluster').map(({ text }) => text)),
  ];
  if (names.length < 2 || !/,|&|\+|\b(?:and|plus)\b/i.test(view.question)) return null;
  const order = /^\W*(?:scale|restart|redeploy|roll ?back)\b/i.exec(view.intent.text)?.[0];
  const rest = /\b(?:to|by) -?\d+\b.*$/.exec(view.intent.text)?.[0].replace(/[.!? ]+$/, '');
  return say(
    `I prepare one change at a time, each with its own approval, so nothing was prepared yet. Which one first: ${names.join(', ')}?`,
    order === undefined ? [] : names.map((name) => [order, `'${name}'`, rest].filter(Boolean).join(' ')),
    'name-ambiguous',
  );
}

/** "Delete the service." No tool deletes anything that cannot be put back. */
export function refuseDelete(view: View): Next {
  const [named] = view.intent.entities.names.filter(({ role }) => role !== 'cluster');
  const service = named?.text ?? view.context.subject?.service;
  return say(
    'No: Lockkeeper does not delete services, clusters or anything they run on. It can scale a service to zero or stop a task, each with an approval.',
    service === undefined ? [] : [`Scale '${service}' to 0.`, OFFER_TASKS],
  );
}

/** The service a message is about, as ECS describes it now. */
export function currentService(
  view: View,
): { readonly service: ServiceView; readonly evidence: readonly string[] } | { readonly next: Next } {
  const subject = serviceOf(view);
  if ('next' in subject) return subject;
  const { cluster = '', service: name } = subject.found;
  const asked = needs(view, [{ tool: 'ecs_describe_services', input: { cluster, services: [name] } }]);
  if ('next' in asked) return asked;
  const [result] = asked.results;
  const read = readOutput('services', result);
  const service = read?.value.services[0];
  if (read === null || service === undefined) {
    return {
      next: say(
        result === undefined || result.status === 'ok'
          ? `${name} was not found in ${cluster}.`
          : problemText(result),
      ),
    };
  }
  return { service, evidence: read.evidence };
}
