// What earlier turns and earlier results established: the service under discussion, the last diagnosis, path and offers.
// Read from the transcript each time; the playbook itself remembers nothing.

import type { ToolResult } from '../../contract/call.ts';
import { type CallEnding, callEnding } from '../../contract/call-ending.ts';
import type { Finding } from '../../contract/finding.ts';
import type { ProposalView } from '../../contract/proposal.ts';
import type { Json } from '../../kernel/canonical-json.ts';
import type { PlannedCall, TranscriptItem } from '../port.ts';
import { type DiagnosisView, type PathsView, readOutput } from './outputs.ts';
import { type Listed, listedAfter, nothingListed } from './remembered.ts';
import { isAboutSpeed } from './speed.ts';

export interface Subject {
  readonly service: string;
  /** Absent while only the name of the service was given. */
  readonly cluster?: string;
}

export interface Context {
  /** The service that was talked about last. */
  readonly subject: Subject | null;
  readonly cluster: string | null;
  /** Every service seen in any result, with its cluster. */
  readonly known: readonly Required<Subject>[];
  /** The newest lists of names. */
  readonly listed: Listed;
  readonly diagnosis: { readonly value: DiagnosisView; readonly evidence: readonly string[] } | null;
  /** The newest cause that any diagnosis named, also when a later one found the service well. */
  readonly cause: { readonly finding: Finding; readonly evidence: readonly string[] } | null;
  readonly path: { readonly value: PathsView; readonly evidence: readonly string[] } | null;
  /** The last question about the service under discussion was about speed. */
  readonly speedAsked: boolean;
  /** Every tool that was called and answered, oldest first, with the service or cluster it was about. */
  readonly calls: readonly {
    readonly tool: string;
    readonly about: string;
    readonly ended: CallEnding | 'ok';
  }[];
  /** Changes of this conversation, the newest last. */
  readonly proposals: readonly ProposalView[];
  /** The change of an earlier turn that waits for a decision now. */
  readonly waiting: ProposalView | null;
  /** The follow-ups of the last answer. */
  readonly offers: readonly string[];
  /** Follow-ups of the answers before it, since the last change, the newest first. */
  readonly offeredBefore: readonly string[];
  /** The id of a task whose logs or failure were shown last. */
  readonly task: string | null;
  /** Ids of all tasks that any result named. */
  readonly tasks: readonly string[];
}

/** Reads the context of all `items`; later items outweigh earlier ones. */
export function readContext(items: readonly TranscriptItem[]): Context {
  const calls = new Map<string, PlannedCall>();
  let context: Context = {
    subject: null,
    cluster: null,
    known: [],
    listed: nothingListed,
    diagnosis: null,
    cause: null,
    path: null,
    speedAsked: false,
    calls: [],
    proposals: [],
    waiting: null,
    offers: [],
    offeredBefore: [],
    task: null,
    tasks: [],
  };
  let sick: readonly Required<Subject>[] = [];
  let before: Subject | null = null;
  let question = '';
  for (const item of items) {
    if (item.kind === 'person') {
      sick = [];
      before = context.subject;
      question = item.text;
      if (isAboutSpeed(question)) context = { ...context, speedAsked: true };
    }
    if (item.kind === 'planner') {
      for (const call of item.calls) calls.set(call.id, call);
      if (item.calls.length === 0) context = { ...context, ...offering(context, item.suggestions ?? []) };
    }
    if (item.kind === 'result' && item.result !== null) {
      const call = calls.get(item.call);
      const next = afterResult(context, call, item.result);
      const isOther = next.subject?.service !== context.subject?.service;
      context = {
        ...next,
        listed:
          call === undefined
            ? next.listed
            : listedAfter(next.listed, call, { result: item.result, atMs: item.atMs }),
        cause: causeIn(call, item.result) ?? next.cause,
        speedAsked: isOther ? isAboutSpeed(question) : next.speedAsked,
        calls: [...next.calls, ...called(call, item.result)],
        tasks: [...new Set([...next.tasks, ...taskIdsIn(item.result)])],
      };
      const found = sickIn(call, item.result);
      sick = [...sick, ...found];
      // One that is in trouble alone is what "fix it" means next.
      const [only] = sick;
      if (only !== undefined && found.length > 0)
        context = { ...context, ...(sick.length === 1 ? speakingOf(context, only) : { subject: before }) };
    }
  }
  return context;
}

/** The follow-ups of one more answer; those before it stay known. */
function offering(
  { offers, offeredBefore }: Context,
  suggestions: readonly string[],
): Pick<Context, 'offers' | 'offeredBefore'> {
  const before = [...offers, ...offeredBefore].slice(0, OFFERS_MAX);
  return { offers: suggestions, offeredBefore: before };
}

const OFFERS_MAX = 40;

/** A change is told by its proposal and is no call here. */
function called(call: PlannedCall | undefined, result: ToolResult): Context['calls'] {
  if (call === undefined || result.status === 'proposed' || result.status === 'changed') return [];
  const about = [call.input.cluster, call.input.service].filter((one) => typeof one === 'string').join(' / ');
  const ended = result.status === 'ok' ? 'ok' : callEnding(result.status, result.error.code);
  return [{ tool: call.tool, about, ended }];
}

function causeIn(call: PlannedCall | undefined, result: ToolResult): Context['cause'] {
  const kind = CAUSES_OF[call?.tool ?? ''];
  const read = kind === undefined ? null : readOutput(kind, result);
  const finding = read?.value.findings.find((one) => one.class !== 'healthy' && one.class !== 'unknown');
  return finding === undefined ? null : { finding, evidence: read?.evidence ?? [] };
}

const CAUSES_OF: Readonly<Record<string, 'diagnosis' | 'clusterDiagnosis'>> = {
  diagnose_service: 'diagnosis',
  diagnose_cluster: 'clusterDiagnosis',
};

/** The services that a look at a cluster found in trouble. */
function sickIn(call: PlannedCall | undefined, result: ToolResult): Required<Subject>[] {
  const read = call?.tool === 'diagnose_cluster' ? readOutput('clusterDiagnosis', result) : null;
  return (read?.value.sick ?? []).map(({ name }) => ({
    service: name,
    cluster: read?.value.cluster.name ?? '',
  }));
}

function taskIdsIn(result: ToolResult): string[] {
  return result.status === 'ok' ? (JSON.stringify(result.output).match(/\b[0-9a-f]{32}\b/g) ?? []) : [];
}

/** The context once one more result is known. */
function afterResult(context: Context, call: PlannedCall | undefined, result: ToolResult): Context {
  if (result.status === 'proposed' || result.status === 'changed') {
    const others = context.proposals.filter((proposal) => proposal.call !== result.proposal.call);
    return {
      ...context,
      proposals: [...others, result.proposal],
      offers: [],
      offeredBefore: [],
      ...subjectOfChange(context, call),
    };
  }
  if (result.status !== 'ok')
    return UNKNOWN_NAMES.has(result.error.code) ? context : { ...context, ...subjectOfChange(context, call) };
  if (call === undefined) return context;
  const next = withNames(context, call, result);
  if (call.tool === 'diagnose_service') {
    const read = readOutput('diagnosis', result);
    if (read === null) return next;
    const { name, cluster } = read.value.service;
    const other = context.diagnosis !== null && context.diagnosis.value.service.name !== name;
    const speedAsked = next.speedAsked && !other;
    return {
      ...next,
      diagnosis: read,
      path: null,
      speedAsked,
      ...speakingOf(next, { service: name, cluster }),
    };
  }
  if (call.tool === 'check_network_path') {
    return { ...next, path: readOutput('paths', result) ?? next.path };
  }
  if (call.tool === 'task_logs') {
    return { ...next, task: readOutput('logs', result)?.value.task ?? next.task };
  }
  return next;
}

const UNKNOWN_NAMES = new Set([
  'cluster-unknown',
  'service-unknown',
  'name-ambiguous',
  'input-invalid',
  'tool-unknown',
]);

/** What a change, or a call that failed for another reason than its names, was about is under discussion as well. */
function subjectOfChange(context: Context, call: PlannedCall | undefined) {
  const service = textOf(call?.input.service);
  const cluster = textOf(call?.input.cluster);
  return service === null || cluster === null ? {} : speakingOf(context, { service, cluster });
}

/** Learns names from inventories, and the subject from the call's own input. */
function withNames(context: Context, call: PlannedCall, result: ToolResult): Context {
  if (call.tool === 'ecs_list_services') {
    const read = readOutput('serviceNames', result);
    const found = (read?.value.services ?? []).map(({ name }) => ({
      service: name,
      cluster: read?.value.cluster ?? '',
    }));
    return { ...context, known: merge(context.known, found) };
  }
  const service = textOf(call.input.service) ?? onlyOf(call.input.services);
  const cluster = textOf(call.input.cluster);
  if (service === null || cluster === null || call.tool === 'diagnose_service') return context;
  return { ...context, ...speakingOf(context, { service, cluster }) };
}

function speakingOf(context: Context, subject: Required<Subject>) {
  return { subject, cluster: subject.cluster, known: merge(context.known, [subject]) };
}

function merge(
  known: readonly Required<Subject>[],
  found: readonly Required<Subject>[],
): Required<Subject>[] {
  const keyed = new Map([...known, ...found].map((one) => [`${one.cluster}/${one.service}`, one]));
  return [...keyed.values()];
}

/** The service of a call that describes one alone. */
function onlyOf(value: Json | undefined): string | null {
  return Array.isArray(value) && value.length === 1 ? textOf(value[0]) : null;
}

function textOf(value: Json | undefined): string | null {
  return typeof value === 'string' ? value : null;
}
