// The lines of a diagnosis that a planner reads, the same for every subject: a finding with its evidence, fixes and gaps.

import type { Finding } from '../../src/contract/finding.ts';
import { counted } from '../text-lines.ts';

const RULED_OUT_SHOWN = 8;
const MOMENTS_SHOWN = 5;

/** One finding: the verdict with the answers behind it, why, the changes to propose, what could not be read. */
export function findingLines(one: Finding): string[] {
  const refs = [...new Set(one.evidence.map((ref) => ref.id))].slice(0, 5).map((id) => `[${id}]`);
  return [
    `${one.verdict.toUpperCase()} ${one.class}: ${one.title} ${refs.join(' ')}`,
    `  ${one.explanation}`,
    ...one.fixes
      .slice(0, 2)
      .map(
        (fix) =>
          `  Fix to propose: ${fix.tool} ${JSON.stringify(fix.input)}${alsoOpens(fix.counterfactual?.alsoOpens)}`,
      ),
    ...one.cannotVerify.slice(0, 4).map((gap) => `  Cannot verify: ${gap.what} (needs ${gap.missingAction})`),
  ];
}

function alsoOpens(what: readonly string[] | undefined): string {
  if (what === undefined) return ' (not verifiable beforehand)';
  return what.length === 0 ? ' (nothing else opens)' : ` (also opens: ${what.join(' ')})`;
}

/** What was considered and is not it, of the deciding finding. */
export function ruledOutLines(first: Finding | undefined): string[] {
  return (first?.ruledOut ?? [])
    .slice(0, RULED_OUT_SHOWN)
    .map((one) => `Ruled out: ${one.class} (${one.because.slice(0, 160)})`);
}

/** What happened in which order, oldest first. */
export function timelineLines(
  timeline: readonly { readonly at: string; readonly what: string; readonly evidence: string }[],
): string[] {
  return timeline
    .slice(-MOMENTS_SHOWN)
    .map((moment) => `${moment.at.slice(0, 19)}Z ${moment.what.slice(0, 160)}`);
}

interface ShownLog {
  readonly task: string;
  readonly container: string;
  readonly evidence: string;
  readonly counts: { readonly error: number; readonly warn: number };
  readonly lines: readonly {
    readonly level: string;
    readonly text: string;
    readonly repeated?: number | undefined;
  }[];
}

/** The errors in the first log. */
export function logLines(logs: readonly ShownLog[]): string[] {
  return logs.slice(0, 1).flatMap((log) => [
    `Log of ${log.container} in task ${log.task} (${log.counts.error} errors, ${log.counts.warn} warnings) [${log.evidence}]:`,
    ...log.lines
      .filter((line) => line.level === 'error')
      .slice(0, 5)
      .map(
        (line) => `  ${line.text.slice(0, 200)}${line.repeated === undefined ? '' : ` (×${line.repeated})`}`,
      ),
  ]);
}

/** What the answer cost. */
export function costLine(stats: { readonly awsCalls: number; readonly stages: number }): string {
  return `Read with ${counted(stats.awsCalls, 'AWS call')} in ${counted(stats.stages, 'stage')}; nothing was changed.`;
}
