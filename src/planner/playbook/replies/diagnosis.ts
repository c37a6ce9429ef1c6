// Status and cause of one service, from diagnose_service. The counts come first, then what went wrong, then why.
// The cause is said with the verdict it has; without one the answer says what is missing.

import type { Finding } from '../../../contract/finding.ts';
import { isAlarm } from '../alarm.ts';
import type { Subject } from '../context.ts';
import { matchNames, namesInText } from '../names.ts';
import type { DiagnosisView, StoppedView } from '../outputs.ts';
import { readOutput } from '../outputs.ts';
import { clustersListed, servicesListed } from '../remembered.ts';
import { isAboutSpeed } from '../speed.ts';
import { clusterNames, clustersMeant, type Resolved, serviceOf, servicesIn } from '../subject.ts';
import { ago, cite, counted, type Next, needs, problemText, quoted, say, type View } from '../view.ts';
import {
  causes,
  networkOffer,
  OFFER_DEPLOYMENTS,
  OFFER_LOGS,
  OFFER_STATEMENT,
  OFFER_TASKS,
  OFFER_WHAT_TO_DO,
  offerOf,
} from '../words.ts';
import { causeLines, notCheckedLines, otherCauseLines, outcomeLines } from './finding-lines.ts';
import { loadOf } from './load.ts';
import { clusterDiagnosis, hostDiagnosis, scheduleDiagnosis, taskDiagnosis } from './subjects.ts';

/** "Show me the status of …", "Why is … unhealthy?"; without a service, a look at the whole cluster. */
export function diagnosis(view: View): Next {
  const { instanceIds, taskIds } = view.intent.entities;
  const [host] = instanceIds;
  const [task] = taskIds;
  if (host !== undefined) return hostDiagnosis(view, host);
  if (task !== undefined) return taskDiagnosis(view, task);
  if (isAboutSchedule(view)) return scheduleDiagnosis(view);
  const slow = slowSomewhere(view);
  if (slow !== null) return slow;
  const whole = isAboutCluster(view) ? namedInside(view) : null;
  if (whole !== null && 'next' in whole) return whole.next;
  if (whole !== null && whole.found === null) return clusterDiagnosis(view);
  const read = whole === null ? diagnose(view) : diagnoseSubject(view, whole.found ?? { service: '' });
  if ('next' in read) return read.next;
  const { value, evidence } = read;
  const broken = causes(value.findings);
  const [cause] = broken;
  const calm = cause === undefined && isSteady(value);
  const load = calm && isSpeedMeant(view) ? loadOf(view, value) : null;
  if (load !== null && 'next' in load) return load.next;
  const lines = [
    // Of a service in which nothing is broken, what was asked comes first.
    ...(load?.found.lines ?? []),
    countsLine(value, evidence),
    // The finding of a healthy service says its deployment again.
    ...(calm ? [] : deploymentLines(value, evidence)),
    ...(calm ? [] : stoppedLines(value, evidence, view.nowMs)),
    ...(cause === undefined ? noCauseLines(value, evidence) : causeLines(cause, evidence)),
    ...otherCauseLines(broken.slice(1), evidence),
    ...notCheckedLines(value.findings),
    closing(value, cause),
  ];
  return say(lines, [...(load?.found.suggestions ?? []), ...suggestionsFor(value, cause)]);
}

/** "Customers say it is slow", and nothing is under discussion: a few services are looked at, of many one has to be named. */
function slowSomewhere(view: View): Next | null {
  const { question, intent, context } = view;
  if (!isAboutSpeed(question) || context.subject !== null || intent.entities.names.length > 0) return null;
  const clusters = clustersMeant(view);
  if ('next' in clusters) return clusters.next;
  const services = servicesIn(view, clusters.found);
  if ('next' in services) return services.next;
  const all = services.found;
  const isNamed =
    namesInText(
      question,
      all.map(({ service }) => service),
    ).length > 0;
  if (isNamed || all.length === 0 || all.length > FEW_SERVICES) return null;
  const next = clusterDiagnosis(view);
  if (next.kind === 'calls' || next.problem !== undefined) return next;
  return say(
    [
      next.text,
      'How long requests take was not measured; whether the tasks of one are busy can be looked at:',
    ],
    [
      ...next.suggestions.slice(0, 1),
      ...all.map(({ service, cluster }) => `Why is '${service}' in '${cluster}' slow?`),
    ],
  );
}

const FEW_SERVICES = 6;

/** A question about speed, or a bare "why?" behind one about the same service. */
function isSpeedMeant({ question, intent, context }: View): boolean {
  return (
    isAboutSpeed(question) ||
    (context.speedAsked && intent.kind === 'why' && intent.entities.names.length === 0)
  );
}

/** "Why did the nightly job not run?": something that should begin by itself, at its time. */
function isAboutSchedule(view: View): boolean {
  return SCHEDULED.test(view.question) && view.intent.kind === 'why';
}

const SCHEDULED =
  /\b(?:scheduled?|schedules|cron(?:job)?|nightly|hourly|daily|weekly|monthly|batch)\b.*\b(?:run|ran|runs|start(?:ed)?|fire[ds]?|trigger(?:ed)?|execute[ds]?|happen(?:ed)?|work)\b|\beventbridge\b/i;

type Diagnosed =
  | { readonly value: DiagnosisView; readonly evidence: readonly string[] }
  | { readonly next: Next };

/** The diagnosis of the service a message is about, run in this turn. */
export function diagnose(view: View): Diagnosed {
  const subject = serviceOf(view, false);
  return 'next' in subject ? subject : diagnoseSubject(view, subject.found);
}

/** The diagnosis under discussion, when nothing else is named; else one that runs now. */
export function diagnosisMeant(view: View): Diagnosed {
  const { diagnosis } = view.context;
  return diagnosis !== null && view.intent.entities.names.length === 0 ? diagnosis : diagnose(view);
}

function diagnoseSubject(view: View, { service, cluster }: Subject): Diagnosed {
  // A search without a cluster has found the service; once its cluster is known the same question is not asked again.
  const found = view.done.flatMap(({ call, result }) =>
    call.tool === 'diagnose_service' ? (readOutput('diagnosis', result) ?? []) : [],
  );
  const same = found.find(
    ({ value }) =>
      value.service.name === service && (cluster ?? value.service.cluster) === value.service.cluster,
  );
  if (same !== undefined) return same;
  const asked = needs(view, [
    { tool: 'diagnose_service', input: cluster === undefined ? { service } : { cluster, service } },
  ]);
  if ('next' in asked) return asked;
  const [result] = asked.results;
  const read = readOutput('diagnosis', result);
  if (read !== null) return read;
  return { next: say(result === undefined ? '' : problemText(result)) };
}

/** "What is wrong in prod?", "Is anything broken?": no service is named, and none is under discussion. */
export function isAboutCluster(view: View): boolean {
  if (EVERYTHING.test(view.question) || ELSE.test(view.question)) return true;
  const { names } = view.intent.entities;
  if (names.length === 0)
    return isAlarm(view.question) || (view.context.subject === null && !isAboutSpeed(view.question));
  if (isClusterAfterAll(view)) return true;
  if (names.some(({ role }) => role === 'service')) return false;
  return names.some(({ role }) => role === 'cluster') || onlyNamesClusters(view);
}

const EVERYTHING =
  /\b(?:everything|anything|all (?:of )?(?:the |my |our )?(?:services|clusters)|(?:every|any) (?:service|cluster)|overview)\b/i;

/** What else is broken, beside the service under discussion. */
export const ELSE =
  /\b(?:anything|something|what|who|everything|anyone) else\b|\b(?:any|some|which|what|the|all|are|do|does) other (?:services?|apps?|things?|ones?|teams?)\b/i;

/** A service whose name stands in the message in ordinary words, such as "my web service". */
function namedInside(view: View): Resolved<Required<Subject> | null> {
  if (EVERYTHING.test(view.question) || ELSE.test(view.question)) return { found: null };
  const clusters = clustersMeant(view);
  if ('next' in clusters) return clusters;
  const listed = servicesListed(view, clusters.found);
  if (listed !== null) return { found: onlyIn(view, listed) };
  const services = servicesIn(view, clusters.found);
  return 'next' in services ? services : { found: onlyIn(view, services.found) };
}

/** The one of `services` whose name the message spells. */
function onlyIn(view: View, services: readonly Required<Subject>[]): Required<Subject> | null {
  const [name, ...others] = namesInText(
    view.question,
    services.map(({ service }) => service),
  );
  const candidates = services.filter(({ service }) => service === name);
  return others.length === 0 && candidates.length === 1 ? (candidates[0] ?? null) : null;
}

/** "Is platform down?": no service has that name, and a cluster may. */
function isClusterAfterAll(view: View): boolean {
  const [hint, ...others] = view.intent.entities.names;
  if (hint === undefined || others.length > 0) return false;
  if (!view.done.some(({ result }) => 'error' in result && result.error.code === 'service-unknown'))
    return false;
  const clusters = clusterNames(view);
  return 'next' in clusters || clusters.found.some((one) => one.toLowerCase() === hint.text.toLowerCase());
}

/** An open name such as in "what is wrong in orders?" is a cluster when the account has one of that name. */
function onlyNamesClusters(view: View): boolean {
  const [hint] = view.intent.entities.names;
  if (hint === undefined || view.context.known.some(({ service }) => service === hint.text)) return false;
  if (clustersListed(view, hint).length > 0) return true;
  const clusters = clusterNames(view);
  return 'next' in clusters || matchNames(hint.text, clusters.found).length > 0;
}

function isSteady({ service }: DiagnosisView): boolean {
  return service.running >= service.desired && service.pending === 0;
}

/** Status and counts, and the gap when there is one. */
function countsLine({ service }: DiagnosisView, evidence: readonly string[]): string {
  const { name, cluster, status, desired, running, pending } = service;
  const facts = `**${name}** in ${cluster} is ${status}: desired ${desired}, running ${running}, pending ${pending}.`;
  const gap = desired - running;
  const missing =
    gap > 0 ? ` ${counted(gap, 'task')} of ${desired} ${gap === 1 ? 'is' : 'are'} missing.` : '';
  return `${facts}${missing}${cite(evidence, 1)}`;
}

function deploymentLines({ service }: DiagnosisView, evidence: readonly string[]): string[] {
  const primary = service.deployments.find(({ status }) => status === 'PRIMARY') ?? service.deployments[0];
  const state = primary?.rolloutState ?? service.rolloutState;
  if (state === null || state === undefined || state === '') return [];
  const revision = primary?.taskDefinition ?? primary?.revision ?? service.taskDefinition;
  const of = revision === null || revision === undefined ? '' : ` of ${revision}`;
  const reason = primary?.rolloutStateReason;
  // ECS repeats the state as its reason; only what it adds is worth a sentence.
  const because =
    !reason || /\b(?:in progress|completed)\.?$/i.test(reason) ? '' : ` ECS says: "${quoted(reason)}"`;
  return [`The deployment${of} is ${state}.${because}${cite(evidence, 1)}`];
}

function stoppedLines({ stopped }: DiagnosisView, evidence: readonly string[], nowMs: number): string[] {
  return stopped
    .filter(({ failed }) => failed)
    .slice(0, 3)
    .map(
      (group) =>
        `${stoppedSentence(group, nowMs)}${cite(group.newest?.evidence ? [group.newest.evidence] : evidence)}`,
    );
}

function stoppedSentence(group: StoppedView, nowMs: number): string {
  const { reason, newest } = group;
  const count = group.count ?? 1;
  const when = ago(newest?.stoppedAt, nowMs);
  const healthCheck = /health/i.test(`${group.kind ?? ''} ${reason ?? ''}`);
  const did = healthCheck ? `failed ${count === 1 ? 'its' : 'their'} health check and stopped` : 'stopped';
  const sentence =
    count === 1
      ? `A task ${did}${when === '' ? '' : ` ${when}`}`
      : `${counted(count, 'task')} ${did}${when === '' ? '' : `, the last one ${when}`}`;
  const code = newest?.exitCode;
  const exit = code === null || code === undefined ? '' : `, exit code ${code}`;
  return reason ? `${sentence}${exit}: "${quoted(reason)}"` : `${sentence}${exit}.`;
}

/** What is said without a cause: that the service is healthy, or what is missing to tell. */
function noCauseLines({ findings, service }: DiagnosisView, evidence: readonly string[]): string[] {
  const told = outcomeLines(findings, evidence);
  if (told.length > 0) return told;
  return service.running >= service.desired
    ? [`Nothing is wrong with ${service.name} as far as its state tells.${cite(evidence, 1)}`]
    : [`No cause is proven for ${service.name}.${cite(evidence, 1)}`];
}

function closing(value: DiagnosisView, cause: Finding | undefined): string {
  if (logsOffered(value).length > 0) return 'Shall I show the logs from the failed task?';
  if (cause?.fixes[0] !== undefined) return 'Shall I prepare the fix?';
  return '';
}

function suggestionsFor(value: DiagnosisView, cause: Finding | undefined): string[] {
  const fix = cause?.fixes[0];
  const logs = logsOffered(value);
  if (cause === undefined && !hasFailed(value)) return [OFFER_TASKS, OFFER_DEPLOYMENTS];
  return [
    ...logs,
    // The offer that the closing question is about goes first: a yes means it.
    ...(fix === undefined || logs.length > 0 ? [] : [offerOf(fix)]),
    ...networkOffer(cause?.paths ?? []),
    ...(fix === undefined || logs.length === 0 ? [] : [offerOf(fix)]),
    ...((cause?.lacks ?? []).length > 0 ? [OFFER_STATEMENT] : []),
    ...(fix === undefined && cause !== undefined ? [OFFER_WHAT_TO_DO] : []),
    ...(logs.length > 0 ? [] : [OFFER_TASKS]),
  ];
}

/** The offer to show logs, where a failed task has come far enough to have one. */
export function logsOffered(value: DiagnosisView): string[] {
  const started = value.stopped.some(({ failed, kind }) => failed && kind !== 'start');
  return started && hasFailed(value) ? [OFFER_LOGS] : [];
}

/** A healthy service may show tasks that failed a while ago; they are no reason to read logs. */
function hasFailed(value: DiagnosisView): boolean {
  return (
    value.stopped.some(({ failed }) => failed) && (causes(value.findings).length > 0 || !isSteady(value))
  );
}
