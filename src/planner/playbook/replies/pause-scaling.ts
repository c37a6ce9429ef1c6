// "Pause scaling", "let scaling go on": automatic scaling of a service held or released, as a change with an approval of its own.

import { readOutput } from '../outputs.ts';
import { serviceOf } from '../subject.ts';
import { cite, type Next, needs, problemText, quoted, say, type View } from '../view.ts';
import { OFFER_STATUS } from '../words.ts';
import { change } from './change.ts';

const PARTS = [
  ['in', 'pause_scale_in', /\bscal(?:e|ing)[ -]?(?:in|down)\b/i],
  ['out', 'pause_scale_out', /\bscal(?:e|ing)[ -]?(?:out|up)\b/i],
  ['on schedule', 'pause_scheduled', /\bscheduled?\b/i],
] as const;

/** Holds or releases what the message names of it: scaling in, out, on schedule, or all of it. */
export function pauseScaling(view: View): Next {
  const subject = serviceOf(view);
  if ('next' in subject) return subject.next;
  const { cluster = '', service } = subject.found;
  const asked = needs(view, [
    { tool: 'application_autoscaling_describe_targets', input: { cluster, service } },
  ]);
  if ('next' in asked) return asked.next;
  const [result] = asked.results;
  const read = readOutput('scalableTargets', result);
  if (read === null) return say(result === undefined ? '' : problemText(result), [OFFER_STATUS]);
  const [target] = read.value.items;
  if (target === undefined)
    return say(
      `${quoted(service)} is not scaled automatically, so there is nothing to pause: only people and deployments set its number of tasks.${cite(read.evidence)}`,
      [OFFER_STATUS],
    );
  const resumes = RESUMES.test(view.intent.text);
  const named = PARTS.filter(([, , words]) => words.test(view.question));
  const parts = named.length > 0 ? named : PARTS;
  const bounds = `between ${target.minimum ?? '?'} and ${target.maximum ?? '?'} tasks`;
  return change(
    view,
    {
      tool: 'application_autoscaling_register_scalable_target',
      input: { cluster, service, ...Object.fromEntries(parts.map(([, field]) => [field, !resumes])) },
    },
    resumes
      ? `${service} is scaled automatically again, ${bounds}.${cite(read.evidence)}`
      : `${service} is scaled automatically ${bounds}; while that is paused its number of tasks stays as it is, whatever the load.${cite(read.evidence)}`,
  );
}

const RESUMES = /^(?:resume|unpause|unsuspend|continue|re-?enable|enable|switch on|turn on|let|unfreeze)\b/i;
