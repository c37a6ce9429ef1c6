// The whole id of a task of which a message names the first digits: found among the tasks of the conversation, else of the service.

import { readOutput } from './outputs.ts';
import { type Resolved, serviceOf } from './subject.ts';
import { needs, say, type View } from './view.ts';
import { OFFER_TASKS } from './words.ts';

const SHORT_CHARS = 8;

/** `named` itself when it is whole; several tasks or none are said, never guessed. */
export function wholeTaskId(view: View, named: string): Resolved<string> {
  if (named.length > SHORT_CHARS) return { found: named };
  const beginning = (ids: readonly string[]) => [...new Set(ids.filter((id) => id.startsWith(named)))];
  const seen = beginning(view.context.tasks);
  const [only] = seen;
  if (only !== undefined && seen.length === 1) return { found: only };
  const subject = serviceOf(view);
  if ('next' in subject) return subject;
  const { cluster = '', service } = subject.found;
  const listed = needs(
    view,
    ['RUNNING', 'STOPPED'].map((status) => ({
      tool: 'ecs_list_tasks',
      input: { cluster, service, desired_status: status },
    })),
  );
  if ('next' in listed) return listed;
  const found = beginning(
    listed.results.flatMap((result) => readOutput('taskIds', result)?.value.tasks.map(({ id }) => id) ?? []),
  );
  const [one] = found;
  if (one !== undefined && found.length === 1) return { found: one };
  const none = `There is no task whose id begins with ${named} among those of ${service} that ECS still shows.`;
  return {
    next: say(
      one === undefined ? none : `Several tasks begin with ${named}: ${found.join(', ')}. Name the whole id.`,
      [OFFER_TASKS],
    ),
  };
}
