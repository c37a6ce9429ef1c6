// "It is slow": of a service in which nothing is broken, whether its tasks have anything left to work with.

import type { Subject } from '../context.ts';
import { type CostView, readOutput } from '../outputs.ts';
import { cite, counted, type Next, needs, type View } from '../view.ts';

const SLOWNESS =
  /\b(?:slow(?:ly|er|ness)?|sluggish|laggy|lags?|latenc(?:y|ies)|response times?|overload(?:ed)?|at (?:its|the) limit|too (?:much|many) (?:load|traffic|requests)|(?:high|hot) cpu|cpu (?:is )?high|busy)\b/i;
/** From here on requests wait for each other. */
const BUSY_PERCENT = 80;
/** What a service is scaled to, so that a busy minute still fits. */
const AIM_PERCENT = 60;

/** Whether a question is about speed rather than about what is broken. */
export function isAboutSpeed(question: string): boolean {
  return SLOWNESS.test(question);
}

interface Load {
  readonly lines: readonly string[];
  readonly suggestions: readonly string[];
}

/** What the measurements of the last day say about a service's load; none when nothing was measured. */
export function loadOf(view: View, subject: Subject): { readonly found: Load } | { readonly next: Next } {
  const { cluster = '', service } = subject;
  const asked = needs(view, [{ tool: 'service_cost', input: { cluster, service, days: 1 } }]);
  if ('next' in asked) return asked;
  const [result] = asked.results;
  const read = readOutput('cost', result);
  if (read === null || read.value.cpu === null) return { found: unmeasured };
  return { found: told(read.value, cite(read.evidence, 4)) };
}

const unmeasured: Load = {
  lines: ['Whether its tasks are busy could not be measured: there are no CPU figures of the last day.'],
  suggestions: [],
};

function told({ service, tasks, cpu, memory, scaling }: CostView, cited: string): Load {
  const running = tasks.fargate + tasks.spot + tasks.ec2;
  const average = cpu?.average ?? 0;
  const used = `Its ${counted(running, 'task')} use ${average.toFixed(0)} % of the CPU they ask for on average, ${(cpu?.peak ?? 0).toFixed(0)} % at most${memory === null ? '' : `, and ${memory.average.toFixed(0)} % of the memory`}.`;
  if (average < BUSY_PERCENT)
    return {
      lines: [
        `${used} They are not busy, so what makes it slow is somewhere else: what it waits for, such as a database, or the program itself.${cited}`,
      ],
      suggestions: [],
    };
  const wanted = Math.max(running + 1, Math.ceil((running * average) / AIM_PERCENT));
  const grows =
    scaling === null || scaling.changes > 0
      ? ''
      : ' Scaling has not added a task in that time: no policy does, or it is at its maximum.';
  return {
    lines: [
      `**${used}** They have nothing left, so requests wait for each other.${grows} ${counted(wanted, 'task')} would bring that to about ${Math.round((running * average) / wanted)} %.${cited}`,
    ],
    suggestions: [`Scale ${service} to ${wanted}.`],
  };
}
