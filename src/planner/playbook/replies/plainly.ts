// The diagnosis told for another purpose: whether the service is down, since when, in short for somebody else, what it rests on, and what a
// person has to do. Each reads the diagnosis it is about; none says more than its findings.

import type { Finding } from '../../../contract/finding.ts';
import { causeGuide } from '../../../diagnosis/guide/cause-guide.ts';
import { type DiagnosisView, readOutput } from '../outputs.ts';
import { ago, cite, counted, type Next, quoted, say, type View } from '../view.ts';
import { causes, citeFinding, OFFER_AGAIN, OFFER_FIX, OFFER_STATUS, OFFER_WHY, offerOf } from '../words.ts';
import { stillWaiting } from './change.ts';
import { diagnose, diagnosisMeant, ELSE, isAboutCluster, logsOffered } from './diagnosis.ts';
import { causeLines, notCheckedLines, outcomeLines } from './finding-lines.ts';
import { loadOf } from './load.ts';
import { denialReason } from './outcome.ts';
import { statementLines } from './statement.ts';
import { clusterDiagnosis } from './subjects.ts';

/** "Are we down?": yes and no follow from how many of the wanted tasks run. */
export function down(view: View): Next {
  if (isAboutCluster(view)) return downAnywhere(view);
  const read = diagnose(view);
  if ('next' in read) return read.next;
  const { value, evidence } = read;
  const { name, desired, running } = value.service;
  const cited = cite(evidence, 1);
  const [cause] = causes(value.findings);
  const head =
    desired === 0
      ? `**${name} is meant to run no task: its desired count is 0.**${cited}`
      : running === 0
        ? `**Yes: none of the ${counted(desired, 'task')} of ${name} runs.**${cited}`
        : running < desired
          ? `**Partly: ${running} of ${counted(desired, 'task')} of ${name} run.**${cited}`
          : `**No: ${running} of ${counted(desired, 'task')} of ${name} run.**${cited}`;
  const canWait = CAN_WAIT.test(view.question);
  return say(
    [
      canWait ? 'Whether it can wait is for people to judge. What is known:' : '',
      // Yes and no would answer another question than whether it can wait.
      canWait ? head.replace(/^\*\*(?:Yes|No|Partly): /, '**') : head,
      cause === undefined
        ? ''
        : `What is wrong all the same${cause.verdict === 'proven' ? '' : ` (${cause.verdict})`}: ${quoted(cause.title)}${citeFinding(cause, evidence)}`,
      'Whether requests succeed was not measured: this is read from the tasks and their checks.',
      running >= desired && desired > 0 && SAID_OTHERWISE.test(view.question)
        ? 'That ECS finds it well proves neither that its load balancer or its address leads there nor that its answers are right: the errors of the load balancer and the logs would show that.'
        : '',
      FROM_INTERNET.test(view.question)
        ? 'Whether the internet reaches it was not tried: paths are worked out from tasks to what they call.'
        : '',
    ],
    cause === undefined ? [OFFER_STATUS] : [OFFER_WHY, ...fixOffer(cause)],
  );
}

/** Somebody sees another picture than ECS. */
const SAID_OTHERWISE =
  /\b(?:sure|certain|serious|says?|said|tells?|claims?|reports?|complain\w*|insists?)\b/i;
const FROM_INTERNET = /\b(?:internet|outside|public(?:ly)?|world)\b/i;
const CAN_WAIT = /\bwait\b|\bnothing\b|\bleave it\b|\bsleep\b|\bgo to bed\b/i;

/** The same of whole clusters. */
function downAnywhere(view: View): Next {
  const next = clusterDiagnosis(view);
  if (next.kind === 'calls' || next.problem !== undefined || ELSE.test(view.question)) return next;
  const seen = view.done.flatMap(({ result }) => readOutput('clusterDiagnosis', result) ?? []);
  if (seen.length === 0) return next;
  const cited = cite(seen.flatMap(({ evidence }) => evidence));
  const sick = seen.flatMap(({ value }) => value.sick);
  const gone = sick.filter(({ desired, running }) => desired > 0 && running === 0);
  const fewer = sick.filter(({ desired, running }) => running > 0 && running < desired);
  const names = (of: typeof sick) =>
    of
      .slice(0, 8)
      .map(({ name }) => quoted(name, 100))
      .join(', ');
  const head =
    gone.length > 0
      ? `**Yes: no task runs of ${names(gone)}.**${cited}`
      : fewer.length > 0
        ? `**Partly: fewer tasks run than wanted of ${names(fewer)}.**${cited}`
        : `**No: every service runs as many tasks as it wants.**${cited}`;
  return { ...next, text: `${head}\n\n${next.text}` };
}

/** "How long has it been like this?": the moments AWS recorded, and how far back it remembers. */
export function since(view: View): Next {
  const read = diagnose(view);
  if ('next' in read) return read.next;
  const { value, evidence } = read;
  const [cause] = causes(value.findings);
  const moments = value.timeline.slice(-MOMENTS_SHOWN);
  const first = value.timeline.find(({ what }) => /^(?:First failure: )?task\b/i.test(what));
  const healthy = cause === undefined && value.findings.some((one) => one.class === 'healthy');
  const head = healthy
    ? `**${value.service.name} is healthy now.**${cite(evidence, 1)}`
    : first === undefined
      ? `**Since when is not recorded: ECS shows no failed task of ${value.service.name}.**${cite(evidence, 1)}`
      : `**At least since ${clockTime(first.at)} UTC, ${ago(first.at, view.nowMs)}: the oldest failure that ECS still shows.**${cite([first.evidence])}`;
  return say(
    [
      head,
      moments
        .map(
          ({ at, what, evidence: id }) =>
            `- ${clockTime(at)} UTC, ${ago(at, view.nowMs)}: ${quoted(what)}${cite([id])}`,
        )
        .join('\n'),
      first === undefined && healthy
        ? ''
        : 'ECS forgets stopped tasks after about an hour, so it may have begun before.',
    ],
    [OFFER_WHY, 'What changed?'],
  );
}

const MOMENTS_SHOWN = 6;

function clockTime(at: string): string {
  return at.slice(0, 16).replace('T', ' ');
}

/** "Explain it to my boss": four sentences without the words of the trade where they can be left out. */
export function summary(view: View): Next {
  const read = diagnosisMeant(view);
  if ('next' in read) return read.next;
  const { value, evidence } = read;
  const { name, desired, running } = value.service;
  const cited = cite(evidence, 1);
  const [cause] = causes(value.findings);
  const runs =
    running >= desired
      ? `${name} runs all ${counted(desired, 'copy', 'copies')} it should.${cited}`
      : `${name} runs ${running} of the ${counted(desired, 'copy', 'copies')} it should.${cited}`;
  if (cause === undefined)
    return say(
      [
        runs,
        ...(running >= desired
          ? ['Nothing is known to be wrong with it.']
          : outcomeLines(value.findings, evidence)),
      ],
      [OFFER_STATUS],
    );
  const certain =
    cause.verdict === 'proven'
      ? 'The reason is known and proven'
      : `The reason is ${cause.verdict}, not proven`;
  return say(
    [
      runs,
      `${certain}: ${quoted(cause.title)}${citeFinding(cause, evidence)}`,
      cause.fixes[0] === undefined
        ? `What is needed: a person has to act. ${cure(cause)}`
        : `What is needed: ${quoted(cause.fixes[0].why)} It can be prepared as a change, which runs only once somebody has approved it.${citeFinding(cause, evidence)}`,
    ],
    [OFFER_WHY, ...fixOffer(cause)],
  );
}

/** "How do you know?": what the verdict rests on, what was ruled out, and what was not seen. */
export function proof(view: View): Next {
  const read = diagnosisMeant(view);
  if ('next' in read) return read.next;
  const { value, evidence } = read;
  const [cause] = causes(value.findings);
  const about = cause ?? value.findings[0];
  if (about === undefined) return say('There is no finding yet. Ask about a service first.', [OFFER_STATUS]);
  const certain = {
    proven: 'It is proven: the state of the account shows it, not words alone.',
    likely: 'It is likely, not proven: words or measurements point to it, and no state shows it.',
    possible: 'It is only possible: some signs fit, and nothing decides.',
    unknown: 'It is not known.',
  }[about.verdict];
  const ruledOut = about.ruledOut
    .slice(0, RULED_OUT_SHOWN)
    .map((one) => `- not ${one.class}: ${quoted(one.because)}${citeFinding(about, evidence)}`);
  return say(
    [
      `**${certain}** ${quoted(about.title)}${citeFinding(about, evidence)}`,
      `${quoted(about.explanation, 800)}${citeFinding(about, evidence)}`,
      ruledOut.length === 0 ? '' : ['Ruled out:', ...ruledOut].join('\n'),
      ...notCheckedLines(value.findings),
      'Each mark in brackets is an answer of AWS, kept as it came; open it to see the field.',
    ],
    [OFFER_WHY, ...logsOffered(value)],
  );
}

const RULED_OUT_SHOWN = 6;

/** "What do I have to do?": the fix that can be prepared, or what only a person can do. */
export function todo(view: View): Next {
  const { waiting } = view.context;
  if (waiting !== null) return stillWaiting(waiting);
  const read = diagnosisMeant(view);
  if ('next' in read) return read.next;
  const { value, evidence } = read;
  const [cause] = causes(value.findings);
  if (cause === undefined) return todoOfHealthy(view, value, evidence);
  const denied = deniedLines(view);
  const [fix] = cause.fixes;
  if (fix === undefined) return after(denied, manual(view, cause, { value, evidence }));
  return say(
    [
      ...denied,
      `${quoted(fix.why, 500)}${citeFinding(cause, evidence)}`,
      'Shall I prepare it? Nothing runs until it is approved.',
    ],
    [offerOf(fix), OFFER_WHY],
  );
}

/** Nothing is broken: what was advised last, for its speed or otherwise, is what can be done. */
function todoOfHealthy(view: View, value: DiagnosisView, evidence: readonly string[]): Next {
  const denied = deniedLines(view);
  const load = view.context.speedAsked ? loadOf(view, value) : null;
  if (load !== null && 'next' in load) return load.next;
  if (load !== null && load.found.scaleTo !== null)
    return say(
      [...denied, ...load.found.lines, 'Shall I prepare it? Nothing runs until it is approved.'],
      [...load.found.suggestions, OFFER_STATUS],
    );
  const again = denied.length > 0 ? [OFFER_AGAIN] : [];
  return say(
    [
      ...denied,
      ...(load?.found.lines ?? []),
      ...outcomeLines(value.findings, evidence),
      'There is nothing to repair that was found.',
    ],
    [...again, OFFER_STATUS],
  );
}

/** That the newest change was denied, and by whom; nothing when it was not. */
function deniedLines({ context }: View): string[] {
  const last = context.proposals.at(-1);
  return last?.state === 'denied'
    ? [
        `**${quoted(last.document.display.title)} was denied, so it did not run.** ${denialReason(last)} It can be prepared again.`,
      ]
    : [];
}

/** An answer behind other lines. */
function after(lines: readonly string[], next: Next): Next {
  return next.kind === 'answer' && lines.length > 0
    ? { ...next, text: [...lines, next.text].join('\n\n') }
    : next;
}

/** A cause for which no change could be shown to work: what a person has to change, and where. */
export function manual(
  view: View,
  cause: Finding,
  { value, evidence }: { readonly value: DiagnosisView; readonly evidence: readonly string[] },
): Next {
  const cited = citeFinding(cause, evidence);
  const where = cause.culprits.slice(0, CULPRITS_SHOWN).map((one) => `\`${quoted(one, 200)}\``);
  const back = goBack(value);
  const allowing = statementLines(view, cause, evidence);
  return say(
    [
      `No change I can prepare is shown to repair this, so a person has to. ${causeLines(cause, evidence)[0] ?? ''}`,
      `${quoted(cause.explanation, 800)}${cited}`,
      // A statement says what cures it, and where, more exactly than words do.
      ...(allowing.length > 0 ? allowing : [`What cures it: ${cure(cause)}`]),
      where.length === 0 || allowing.length > 0 ? '' : `What has to change: ${where.join(', ')}.${cited}`,
      back.length === 0 ? '' : 'Going back to the revision that still runs can be prepared.',
    ],
    [...back, ...logsOffered(value), OFFER_STATUS],
  );
}

const CULPRITS_SHOWN = 4;

/** What cures a cause in general, from the guide. */
function cure({ class: name }: Finding): string {
  return name === 'healthy' || name === 'unknown' ? '' : causeGuide[name].fix;
}

/** The offer to go back, where an older revision runs beside the one that fails. */
function goBack({ service }: DiagnosisView): string[] {
  const [primary] = service.deployments.filter(({ status }) => status === 'PRIMARY');
  const older = service.deployments.find(
    ({ status, running, revision }) =>
      status !== 'PRIMARY' && (running ?? 0) > 0 && revision !== primary?.revision,
  );
  const number = /:(\d+)$/.exec(older?.revision ?? older?.taskDefinition ?? '')?.[1];
  return number === undefined ? [] : [`Roll back '${service.name}' to revision ${number}.`];
}

function fixOffer(cause: Finding): string[] {
  const [fix] = cause.fixes;
  return fix === undefined ? [] : [OFFER_FIX];
}
