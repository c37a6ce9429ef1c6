// `lockkeeper explain`: what a message of ECS, AWS, Docker or an application points to. Needs no hub and no AWS access.
// Without a text it reads lines from standard input and groups them by the cause they point to first.

import { randomBytes } from 'node:crypto';
import type { Command } from 'commander';
import { fail } from '../../contract/errors.ts';
import type { CauseClass } from '../../contract/finding.ts';
import { type Candidate, type Explanation, explainText } from '../../diagnosis/explain/explanation.ts';
import { harmlessJson } from '../../kernel/harmless.ts';
import { createRedactor } from '../../kernel/redact.ts';
import type { Context } from '../context.ts';
import { lookUp } from '../look-up.ts';
import { oneLine } from '../terminal/terminal.ts';
import { type AddCommand, optionsOf } from './command.ts';

const EXAMPLES_PER_GROUP = 3;
const EXAMPLE_CHARS = 160;
const FITS_WELL_FROM = 0.6;
const FITS_FROM = 0.35;

export const addExplain: AddCommand = (command, context) => {
  command
    // A log line may begin with a dash.
    .allowUnknownOption()
    .addHelpText(
      'after',
      '\nExamples:\n  lockkeeper explain "CannotPullContainerError: ... 403 Forbidden"\n  lockkeeper explain 137                     an exit code\n  lockkeeper explain --json < events.txt     one JSON object a line\n',
    )
    .action(async (words: string[], _, command: Command) => {
      const { json = false } = optionsOf(command);
      const text = words.join(' ');
      if (words.length === 0) return explainLines(context, json);
      if (text.trim() === '') throw nothingToExplain();
      const explanation = createExplainer()(BARE_EXIT_CODE.test(text) ? `exit code ${text.trim()}` : text);
      if (json) return context.terminal.json(explanation);
      printOne(context, explanation);
    });
};

/** A number alone on the command line is the exit code of a container. */
const BARE_EXIT_CODE = /^\s*-?\d{1,3}\s*$/;
const KEY_BYTES = 32;

/** Explains texts; what is shown of them has no secrets, since it goes where the log itself would not. */
function createExplainer(): (text: string) => Explanation {
  const redactor = createRedactor({ key: randomBytes(KEY_BYTES) });
  const clean = (text: string): string => redactor.text(text).text;
  return (text) => {
    const { candidates, decidable } = explainText(text);
    return {
      text: clean(text),
      candidates: candidates.map((candidate) => ({ ...candidate, why: clean(candidate.why) })),
      decidable,
    };
  };
}

interface Group {
  count: number;
  /** The line that points there most strongly. */
  best: Explanation;
  readonly examples: string[];
}

/** One JSON object a line, or groups by first cause; empty lines are passed over. */
async function explainLines(context: Context, json: boolean): Promise<void> {
  const { terminal } = context;
  if (terminal.canAsk) terminal.note('Paste lines; Ctrl-D ends.');
  const groups = new Map<CauseClass, Group>();
  const explain = createExplainer();
  let lines = 0;
  for (let line = await terminal.ask(''); line !== null; line = await terminal.ask('')) {
    if (line.trim() === '') continue;
    lines += 1;
    const explanation = explain(line);
    if (json) terminal.print(harmlessJson(explanation));
    else addTo(groups, explanation);
  }
  if (lines === 0) throw nothingToExplain();
  if (json) return;
  for (const group of inOrder(groups)) printGroup(context, group);
  printLegend(context);
}

function nothingToExplain(): Error {
  return fail('usage', {
    detail: 'There is nothing to explain: put the message in quotes behind the command, or send lines to it.',
  });
}

function addTo(groups: Map<CauseClass, Group>, explanation: Explanation): void {
  const [first] = explanation.candidates;
  if (first === undefined) return;
  const group = groups.get(first.class) ?? { count: 0, best: explanation, examples: [] };
  group.count += 1;
  if ((group.best.candidates[0]?.confidence ?? 0) < first.confidence) group.best = explanation;
  const example = shortened(explanation.text);
  if (group.examples.length < EXAMPLES_PER_GROUP && !group.examples.includes(example))
    group.examples.push(example);
  groups.set(first.class, group);
}

/** The most frequent cause first; what is healthy or unknown comes last. */
function inOrder(groups: ReadonlyMap<CauseClass, Group>): Group[] {
  const rank = (cause: CauseClass): number => (cause === 'unknown' ? 2 : cause === 'healthy' ? 1 : 0);
  return [...groups]
    .sort(([a, one], [b, other]) => rank(a) - rank(b) || other.count - one.count)
    .map(([, group]) => group);
}

function printGroup(context: Context, { count, best, examples }: Group): void {
  const { terminal } = context;
  const [first] = best.candidates;
  if (first === undefined) return;
  terminal.print(
    `${terminal.style('bold', first.class)}  ${count} line${count === 1 ? '' : 's'}  ${doubt(best)}`,
  );
  for (const example of examples) terminal.print(terminal.style('dim', `  > ${example}`));
  printCandidate(context, first);
  const others = best.candidates.slice(1).map((one) => `${one.class} (${fitOf(one.confidence)})`);
  if (others.length > 0) terminal.print(`  also: ${others.join(', ')}`);
  terminal.print('');
}

function printOne(context: Context, explanation: Explanation): void {
  const { terminal } = context;
  for (const candidate of explanation.candidates) {
    terminal.print(`${terminal.style('bold', candidate.class)}  ${fitOf(candidate.confidence)}`);
    printCandidate(context, candidate);
  }
  terminal.print(doubt(explanation));
  if (explanation.candidates.some((one) => one.class !== 'unknown')) printLegend(context);
}

/** How well the words fit, as a word with its number. */
function fitOf(confidence: number): string {
  const word = confidence >= FITS_WELL_FROM ? 'fits well' : confidence >= FITS_FROM ? 'fits' : 'fits poorly';
  return `${word}, ${confidence.toFixed(2)} of 1`;
}

function printLegend({ terminal }: Context): void {
  terminal.print(
    terminal.style(
      'dim',
      'The number says how well the words fit a cause, not how probable it is. Only the account decides: lockkeeper diagnose --cluster CLUSTER --service SERVICE',
    ),
  );
}

function printCandidate({ terminal }: Context, { why, confirmWith }: Candidate): void {
  terminal.print(`  ${oneLine(why)}`);
  for (const look of confirmWith) terminal.print(terminal.style('dim', `  to confirm: ${lookUp(look)}`));
}

function doubt({ decidable }: Explanation): string {
  return decidable
    ? 'The text is clear about this; what stands behind "to confirm" would prove it.'
    : 'The text alone cannot decide.';
}

function shortened(text: string): string {
  const line = oneLine(text);
  return line.length <= EXAMPLE_CHARS ? line : `${line.slice(0, EXAMPLE_CHARS - 1)}…`;
}
