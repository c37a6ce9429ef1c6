// A diagnosis for people: the verdict first, then why, what shows it, what was ruled out, what could not be seen, and the
// change that would help, as the command that would be proposed. Text of others is made harmless line by line.

import { z } from 'zod';
import type { AwsCall, Evidence } from '../../contract/call.ts';
import { readableBody } from '../../contract/evidence-body.ts';
import type { EvidenceRef, Finding, ProposedCall } from '../../contract/finding.ts';
import { oneLine, type Style, type Terminal } from '../terminal/terminal.ts';
import type { OfferedChange, WorkedFixes } from './changes.ts';
import { type ClusterDiagnosis, isHealthy } from './cluster-diagnosis.ts';
import type { Diagnosis } from './diagnoses.ts';

const EVIDENCE_SHOWN = 8;
const RULED_OUT_SHOWN = 12;
const MOMENTS_SHOWN = 6;
const VALUE_CHARS = 160;
const POLICY_CHARS = 600;
const LABEL_CHARS = 15;
const policyLike = z.looseObject({ Statement: z.unknown() });

const colours: Readonly<Record<Finding['verdict'], Style>> = {
  proven: 'red',
  likely: 'yellow',
  possible: 'yellow',
  unknown: 'yellow',
};

/** What findings refer to: the answers of AWS, and the changes that were worked out. */
export interface Material {
  readonly evidence: ReadonlyMap<string, Evidence>;
  readonly fixes: WorkedFixes;
}

/** The lines for one service. */
export function diagnosisLines(terminal: Terminal, one: Diagnosis, material: Material): string[] {
  const { service, findings, stats } = one.output;
  const head = `${service.name} in ${service.cluster}: ${service.running} of ${service.desired} running, ${service.pending} pending`;
  return [
    ...findingsLines(terminal, findings, material),
    ...timelineLines(terminal, one.output.timeline),
    label(terminal, 'Service', head),
    readLine(terminal, stats),
  ];
}

/** Every finding, and what was ruled out on the way to the first. */
export function findingsLines(
  terminal: Terminal,
  findings: readonly Finding[],
  material: Material,
): string[] {
  const [first] = findings;
  return [
    ...findings.flatMap((finding) => [...findingLines(terminal, finding, material), '']),
    ...(first === undefined ? [] : ruledOutLines(terminal, first)),
  ];
}

/** What happened in which order; the newest moments. */
export function timelineLines(
  terminal: Terminal,
  timeline: readonly { readonly at: string; readonly what: string }[],
): string[] {
  return timeline
    .slice(-MOMENTS_SHOWN)
    .map((moment, index) =>
      label(terminal, index === 0 ? 'Timeline' : '', `${moment.at.slice(0, 19)}Z  ${moment.what}`),
    );
}

/** What the answer cost. */
export function readLine(
  terminal: Terminal,
  stats: { readonly awsCalls: number; readonly stages: number; readonly ms: number },
): string {
  return label(
    terminal,
    'Read',
    `${stats.awsCalls} AWS requests in ${stats.stages} stages, ${stats.ms} ms; nothing was changed`,
  );
}

/** The lines for a cluster: each ill service in full, the healthy ones in one line. */
export function clusterLines(terminal: Terminal, found: ClusterDiagnosis, material: Material): string[] {
  const ill = found.diagnoses.filter((one) => !isHealthy(one));
  const well = found.diagnoses.filter(isHealthy).map((one) => one.output.service.name);
  const total = found.diagnoses.length + found.failed.length + found.notLookedAt.length;
  return [
    terminal.style(
      'bold',
      `${oneLine(found.cluster)}: ${ill.length} of ${total} services need attention${ill.length === 0 ? '.' : ':'}`,
    ),
    '',
    ...ill.flatMap((one) => [
      terminal.style('bold', `── ${oneLine(one.output.service.name)}`),
      ...diagnosisLines(terminal, one, material),
      '',
    ]),
    ...besideServices(terminal, found),
    ...(well.length === 0 ? [] : [`${terminal.style('green', 'Healthy:')} ${oneLine(well.join(', '))}`]),
    ...found.failed.map(
      (one) =>
        `${terminal.style('yellow', 'Not diagnosed:')} ${oneLine(one.service)}: ${oneLine(one.because)}`,
    ),
    ...(found.notLookedAt.length === 0
      ? []
      : [
          `${terminal.style('yellow', 'Not looked into')} (their counts look right): ${oneLine(found.notLookedAt.join(', '))}`,
        ]),
  ];
}

/** Trouble of the cluster that is no service's: tasks run by hand or by a schedule, hosts without an agent. */
function besideServices(terminal: Terminal, { overview }: ClusterDiagnosis): string[] {
  const { standalone, hosts } = overview;
  const warn = (what: string, text: string) => `${terminal.style('yellow', what)} ${oneLine(text)}`;
  return [
    ...standalone.map((one) =>
      warn(
        'Failed without a service:',
        `${one.count} of ${one.family}, the newest ${one.task}: "${one.reason}"`,
      ),
    ),
    ...(hosts.disconnected.length === 0
      ? []
      : [warn('Hosts without a connected agent:', `${hosts.disconnected.join(', ')} (of ${hosts.total})`)]),
    ...(hosts.draining.length === 0 ? [] : [warn('Hosts being drained:', hosts.draining.join(', '))]),
  ];
}

/** A request as it ends, for progress on stderr. */
export function progressLine(terminal: Terminal, call: AwsCall): string {
  const mark = call.status === 'ok' ? '✓' : call.status === 'denied' ? '⊘' : '✗';
  const problem = call.error === null ? '' : ` ${oneLine(call.error.code)}`;
  return terminal.style('dim', terminal.fit(`  ${mark} ${oneLine(call.cli)}${problem}`, 'note'));
}

function findingLines(terminal: Terminal, finding: Finding, material: Material): string[] {
  const verdict =
    finding.class === 'healthy'
      ? terminal.style('green', 'HEALTHY')
      : terminal.style(
          colours[finding.verdict],
          finding.class === 'unknown' ? 'UNKNOWN' : `${finding.verdict.toUpperCase()} ${finding.class}`,
        );
  return [
    `${verdict}  ${terminal.style('bold', oneLine(finding.title))}`,
    label(terminal, 'Why', finding.explanation),
    ...evidenceLines(terminal, finding.evidence, material),
    ...finding.cannotVerify.map((gap) =>
      label(terminal, 'Cannot verify', `${gap.what} (needs ${gap.missingAction})`),
    ),
    ...finding.fixes.flatMap((fix) => fixLines(terminal, fix, material)),
  ];
}

function evidenceLines(terminal: Terminal, refs: readonly EvidenceRef[], material: Material): string[] {
  const lines: string[] = [];
  let last = '';
  for (const ref of refs.slice(0, EVIDENCE_SHOWN)) {
    const kept = material.evidence.get(ref.id);
    if (kept === undefined) continue;
    if (kept.cli !== last)
      lines.push(styled(terminal, 'Evidence', terminal.style('cyan', oneLine(kept.cli))));
    last = kept.cli;
    const value = valueAt(kept, ref.path);
    const shown = value === undefined ? '' : ` = ${oneLine(value)}`;
    lines.push(label(terminal, '', `${oneLine(ref.path)}${shown}`));
  }
  return lines;
}

function fixLines(terminal: Terminal, fix: ProposedCall, material: Material): string[] {
  const worked = material.fixes.of(fix);
  if (worked !== undefined && 'change' in worked) return changeLines(terminal, worked.change);
  const opens = fix.counterfactual?.alsoOpens ?? [];
  return [
    label(terminal, 'Fix to propose', fix.why),
    ...(fix.counterfactual === undefined
      ? []
      : [label(terminal, '', opens.length === 0 ? 'Nothing else opens.' : `Also opens: ${opens.join(' ')}`)]),
    label(
      terminal,
      '',
      worked === undefined
        ? `Ask about it alone for its command (${fix.tool}).`
        : `Its command could not be worked out here: ${worked.because}`,
    ),
  ];
}

/** The same as the card of a proposal says, in the same order: the whole command, what changes, touches, opens, the undo. */
function changeLines(terminal: Terminal, change: OfferedChange): string[] {
  const { undo } = change;
  return [
    label(terminal, 'Fix to propose', change.title),
    styled(terminal, '', terminal.style('cyan', oneLine(change.command))),
    label(terminal, 'Changes', change.changes.caption),
    ...change.changes.rows.map(({ sign, cells }) => {
      const row = `${sign} ${cells.map(oneLine).join('   ')}`;
      const colour = sign === '+' ? 'green' : sign === '-' ? 'red' : 'dim';
      return styled(terminal, '', terminal.style(colour, row));
    }),
    label(terminal, 'Touches', change.touches),
    label(terminal, 'Opens', change.opens.length === 0 ? 'Nothing else.' : change.opens.join(' ')),
    label(terminal, 'Undo', 'command' in undo ? undo.command : `None. ${undo.none}`),
    ...change.warnings.map((warning) => label(terminal, 'Note', warning)),
  ];
}

function ruledOutLines(terminal: Terminal, finding: Finding): string[] {
  const shown = finding.ruledOut.slice(0, RULED_OUT_SHOWN);
  return shown.map((one, index) =>
    label(terminal, index === 0 ? 'Ruled out' : '', `${one.class}: ${one.because}`),
  );
}

/** One line of a block: what it is about, and the text, made harmless. */
export function label(terminal: Terminal, name: string, text: string): string {
  return styled(terminal, name, oneLine(text));
}

/** As `label`, for text that was made harmless before it was coloured. */
function styled(terminal: Terminal, name: string, text: string): string {
  return `  ${terminal.style('dim', name.padEnd(LABEL_CHARS))} ${text}`;
}

/** The value a path of ours (`$.services[0].events[2].message`) leads to in the kept answer, as short text. */
function valueAt(kept: Evidence, path: string): string | undefined {
  if (kept.truncated) return undefined;
  let value: unknown = readableBody(JSON.parse(kept.body));
  for (const [, key, index] of path.matchAll(/\.([A-Za-z_]\w*)|\[(\d+)\]/g)) {
    if (typeof value !== 'object' || value === null) return undefined;
    // Any object may be asked for any key; what is not there is undefined and ends the walk.
    value = (value as Record<string, unknown>)[key ?? index ?? ''];
  }
  if (value === undefined) return undefined;
  // Of a policy its statements decide.
  const { Statement: statements } = policyLike.safeParse(value).data ?? {};
  if (statements !== undefined) return cutTo(JSON.stringify(statements), POLICY_CHARS);
  return cutTo(typeof value === 'string' ? value : JSON.stringify(value), VALUE_CHARS);
}

function cutTo(text: string, max: number): string {
  return text.length > max ? `${text.slice(0, max)}…` : text;
}
