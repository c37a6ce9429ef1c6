// What a service costs, whether its tasks are too large, and whether its scaling swings.

import type { CauseClass } from '../../../contract/finding.ts';
import { type CostView, readOutput } from '../outputs.ts';
import { serviceOf } from '../subject.ts';
import { cite, counted, type Next, needs, problemText, quoted, say, type View } from '../view.ts';
import { causes, OFFER_DEPLOYMENTS, OFFER_STATUS, OFFER_WHAT_TO_DO, offerOf } from '../words.ts';
import { diagnose } from './diagnosis.ts';
import { causeLines, notCheckedLines, otherCauseLines } from './finding-lines.ts';

/** "How much does checkout cost?", "is it oversized?" */
export function cost(view: View): Next {
  const subject = serviceOf(view);
  if ('next' in subject) return subject.next;
  const { cluster = '', service } = subject.found;
  const asked = needs(view, [{ tool: 'service_cost', input: { cluster, service } }]);
  if ('next' in asked) return asked.next;
  const [result] = asked.results;
  const read = readOutput('cost', result);
  if (read === null) return say(result === undefined ? '' : problemText(result), [OFFER_STATUS]);
  // The counts, the measurements and the scaling are answers of their own, and every sentence rests on several.
  const cited = cite(read.evidence, 3);
  const money = [moneyText(read.value, cited), sizeText(read.value, cited)];
  return say(
    [...money, scalingText(read.value, cited), basisText(read.value, cited)],
    [OFFER_STATUS, OFFER_DEPLOYMENTS],
  );
}

/** "Why does it keep scaling up and down?": what the diagnosis proves of it goes before what scaling itself recorded. */
export function swings(view: View): Next {
  const diagnosed = diagnose(view);
  if ('next' in diagnosed) return diagnosed.next;
  const { value, evidence } = diagnosed;
  const { cluster, name: service } = value.service;
  const asked = needs(view, [{ tool: 'service_cost', input: { cluster, service } }]);
  if ('next' in asked) return asked.next;
  const [result] = asked.results;
  const read = readOutput('cost', result);
  const scaling =
    read === null
      ? `What its scaling did could not be read.${cite(evidence, 1)}`
      : scalingText(read.value, cite(read.evidence, 3));
  const broken = causes(value.findings);
  const fights = broken.filter(({ class: name }) => OF_SCALING.has(name));
  const others = broken.filter((one) => !fights.includes(one));
  const [first] = broken;
  return say(
    [
      ...fights.flatMap((cause) => causeLines(cause, evidence)),
      scaling,
      ...otherCauseLines(others, evidence),
      broken.length === 0
        ? `The diagnosis found nothing that works against its desired count.${cite(evidence, 1)}`
        : '',
      ...notCheckedLines(value.findings),
      read === null ? '' : basisText(read.value, cite(read.evidence, 3)),
    ],
    [...(first?.fixes[0] === undefined ? [] : [offerOf(first.fixes[0])]), OFFER_WHAT_TO_DO, OFFER_STATUS],
  );
}

/** Causes for which the number of tasks does not stay. */
const OF_SCALING: ReadonlySet<CauseClass> = new Set<CauseClass>(['autoscaling-conflict']);

function moneyText(
  { service, tasks, monthly, monthlySuggested, suggested }: CostView,
  cited: string,
): string {
  const running = [
    tasks.fargate > 0 ? `${tasks.fargate} on Fargate` : '',
    tasks.spot > 0 ? `${tasks.spot} on Fargate Spot` : '',
    tasks.ec2 > 0 ? `${tasks.ec2} on EC2` : '',
  ].filter((part) => part !== '');
  const where = `**${quoted(service)}** runs ${running.length === 0 ? 'no tasks' : `tasks: ${running.join(', ')}`}`;
  if (monthly === null) return `${where}. I have no price for them.${cited}`;
  const change =
    suggested === null || monthlySuggested === null
      ? ''
      : ` With ${vcpu(suggested)} each it would be about ${monthlySuggested.toFixed(2)} USD, ${Math.abs(monthly - monthlySuggested).toFixed(2)} ${monthly >= monthlySuggested ? 'less' : 'more'}.`;
  return `${where}. That is about **${monthly.toFixed(2)} USD a month**.${change}${cited}`;
}

function sizeText({ verdict, because, requested, suggested, cpu, memory }: CostView, cited: string): string {
  const words = {
    oversized: 'Its tasks are larger than they need to be',
    undersized: 'Its tasks are too small',
    fitting: 'Its tasks have the right size',
    unknown: 'Whether its tasks have the right size cannot be said',
  }[verdict];
  const asked = requested === null ? '' : ` Each requests ${vcpu(requested)}.`;
  const used =
    cpu === null || memory === null
      ? ''
      : ` On average ${cpu.average.toFixed(0)} % of the CPU and ${memory.average.toFixed(0)} % of the memory are used.`;
  const fit = suggested === null ? '' : ` ${vcpu(suggested)} would hold it.`;
  return `${words}: ${quoted(because)}.${asked}${used}${fit}${cited}`;
}

function scalingText({ scaling }: CostView, cited: string): string {
  if (scaling === null) return `What its scaling did could not be read.${cited}`;
  const { changes, turns, turnsPerDay, minutesBetweenTurns, oscillates, reasons } = scaling;
  if (changes === 0) return `Scaling has not changed its desired count in that time.${cited}`;
  const counts = `Scaling changed the desired count ${counted(changes, 'time')} and turned round ${counted(turns, 'time')} (${turnsPerDay} a day${minutesBetweenTurns === null ? '' : `, ${minutesBetweenTurns} minutes apart`})`;
  if (!oscillates)
    return `${counts}; automatic scaling by itself does not swing. What else sets the count, such as a pipeline, is not in these figures.${cited}`;
  const why =
    reasons.length === 0
      ? ' No short cooldown or second policy explains it; the target may lie too close to the load of one task.'
      : ` ${reasons.map((reason) => quoted(reason)).join('; ')}.`;
  return `${counts}: it swings.${why}${cited}`;
}

function basisText({ basis, cannotVerify }: CostView, cited: string): string {
  const lines = [
    ...basis.map((line) => `- ${quoted(line)}${cited}`),
    ...cannotVerify.map(({ what, missingAction }) => `- Not seen: ${quoted(what)}; needs ${missingAction}`),
  ];
  return lines.length === 0 ? '' : ['What this rests on:', ...lines].join('\n');
}

function vcpu({ cpu, memory }: { cpu: number; memory: number }): string {
  return `${cpu / 1_024} vCPU and ${memory} MiB`;
}
