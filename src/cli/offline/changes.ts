// The fixes of findings as the exact commands that would be proposed, worked out against the state by the change tools
// themselves. Only their reading half runs here: without a hub nothing is proposed, and nothing is sent.

import { renderAwsCli } from '../../catalog/cli-line.ts';
import type { Finding, ProposedCall } from '../../contract/finding.ts';
import { type AwsRequest, type ChangeTool, isChangeTool, type PreparedChange } from '../../contract/tool.ts';
import { LockkeeperError } from '../../kernel/errors.ts';
import { toJson } from '../../node/bounded-json.ts';
import type { Investigation } from './investigation.ts';

/** More are named by their reason only: a cluster may have many sick services. */
const CHANGES_MAX = 8;

/** A change as people and scripts read it. */
export interface OfferedChange {
  readonly title: string;
  /** The exact `aws …` line. */
  readonly command: string;
  readonly changes: PreparedChange['diff'];
  readonly touches: string;
  readonly opens: readonly string[];
  /** The `aws …` line that undoes it, or why there is none. */
  readonly undo: { readonly command: string } | { readonly none: string };
  readonly warnings: readonly string[];
}

/** What became of working out one fix. */
export type Worked = { readonly change: OfferedChange } | { readonly because: string };

export interface WorkedFixes {
  /** Undefined for a fix that was not worked out, for there are too many. */
  of(fix: ProposedCall): Worked | undefined;
  /** How many have a command. */
  readonly worked: number;
  /** AWS requests that it took. */
  readonly awsCalls: number;
}

/** Works out the fixes of `findings`. What cannot be worked out says why; never throws for an expected failure. */
export async function workOutFixes(
  investigation: Investigation,
  findings: readonly Finding[],
): Promise<WorkedFixes> {
  const fixes = findings.flatMap((finding) => finding.fixes).slice(0, CHANGES_MAX);
  const before = investigation.calls.length;
  const worked = new Map<ProposedCall, Worked>();
  if (fixes.length > 0) {
    // All tools are loaded only where one of them has something to work out.
    const { allTools } = await import('../../../tools/index.ts');
    for (const fix of fixes) {
      const tool = allTools.find(({ name }) => name === fix.tool);
      if (tool !== undefined && isChangeTool(tool)) worked.set(fix, await workOut(investigation, tool, fix));
    }
  }
  const withCommand = [...worked.values()].filter((one) => 'change' in one).length;
  return { of: (fix) => worked.get(fix), worked: withCommand, awsCalls: investigation.calls.length - before };
}

async function workOut(investigation: Investigation, tool: ChangeTool, fix: ProposedCall): Promise<Worked> {
  const input = tool.input.safeParse(fix.input);
  if (!input.success) return { because: 'what it needs to know is not complete' };
  try {
    const change = await investigation.ask(tool, async (aws, context) => {
      const state = toJson(await tool.observe(input.data, aws, context));
      return tool.prepare(input.data, state, aws, context);
    });
    return { change: offered(investigation, change) };
  } catch (error) {
    if (error instanceof LockkeeperError) return { because: `${error.message} ${error.next}`.trim() };
    throw error;
  }
}

function offered({ region, redact }: Investigation, change: PreparedChange): OfferedChange {
  const clean = (text: string): string => redact.text(text).text;
  const line = ({ action, input }: AwsRequest): string => clean(renderAwsCli(action, input, { region }));
  const { title, diff, blastRadius, opens, inverse, warnings } = change;
  return {
    title: clean(title),
    command: line(change.call),
    changes: {
      caption: clean(diff.caption),
      rows: diff.rows.map(({ sign, cells }) => ({ sign, cells: cells.map(clean) })),
    },
    touches: clean(blastRadius.summary),
    opens: opens.map(clean),
    undo: 'call' in inverse ? { command: line(inverse.call) } : { none: clean(inverse.none) },
    warnings: warnings.map(clean),
  };
}
