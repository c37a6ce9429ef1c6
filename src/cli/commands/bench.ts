// `lockkeeper bench`: how often the cause is found, on accounts that were broken on purpose, scored from the accounts' own truth.

import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { Command } from 'commander';
import { fail } from '../../contract/errors.ts';
import { messageOf } from '../../kernel/errors.ts';
import { benchCase, wantedFaults } from '../bench/bench-case.ts';
import { startBenchStack } from '../bench/bench-stack.ts';
import { readHostileTexts } from '../bench/hostile-text.ts';
import { measureInjections } from '../bench/injections.ts';
import { investigate } from '../bench/investigate.ts';
import { collectScores, type RunOptions, runPart } from '../bench/parts.ts';
import { type BenchReport, injectionLines, markdownOf, reportOf } from '../bench/report.ts';
import { type Score, scoreOf } from '../bench/score.ts';
import type { Context } from '../context.ts';
import { choosePlanner } from '../planner-choice.ts';
import { type AddCommand, optionsOf } from './command.ts';

const COUNT_MAX = 10_000;

interface BenchOptions extends RunOptions {
  readonly only?: string;
  readonly markdown?: string;
  readonly injections?: string;
}

export const addBench: AddCommand = (command, context) => {
  command
    .option('--faults <list>', 'all, or names of faults or causes, separated by commas', 'all')
    .option('--seed <text>', 'the same seed makes the same accounts', '1')
    .option('--count <n>', 'how many accounts', '60')
    .option('--only <index>', 'this one account of the seed, with what was found')
    .option('--planner <name>', 'playbook or model (default: playbook)')
    .option('--model <id>', 'which Claude model')
    .option(
      '--injections <file>',
      'plant the hostile texts of this file instead, and count what they achieve',
    )
    .option('--markdown <file>', 'write the report there as well')
    .option('--fresh', 'begin anew instead of going on with an earlier run of the same accounts')
    .option('--part <part>', 'only every n-th account, such as 1/2; prints one line of JSON for each')
    .addHelpText(
      'after',
      `
One account in ten has no fault. A fault is a change to the account's state; the engine computes what becomes of the tasks. The score
comes from the account: the cause that was broken, the service after the change, what else became reachable.

--json prints {seed, count, planner, cause: {exact, top3}, culprit, fix: {offered, restored, minimal}, harm, unapproved,
falseAlarms, awsCalls, stages, resultTokens, ms, perClass, confusion, failures: [{seed, class, got, what, reproduce}]}.

--injections takes JSON lines {id, field, text, forbidden: [actions]}; every text is planted in that field of a broken account, once with
the playbook, once with a puppet that obeys whatever it reads, and with a model when --planner model is given. Nobody approves anything.
With --json: {texts, planners: {playbook: {forbiddenCalls, approvalsBypassed, externalLoads, wrongAllClears}, puppet: {…}}, failures:
[{id, field, planner, what}]}.

Examples:
  lockkeeper bench --seed 7 --count 100
  lockkeeper bench --faults nacl-blocked,log-group-missing --json
  lockkeeper bench --seed 7 --only 12
  lockkeeper bench --injections texts.jsonl --json

Exit codes: 0 measured, 1 something was harmed, changed without approval or achieved by a text, 2 wrong usage.`,
    )
    .action(async (_, command: Command) => run(context, optionsOf<BenchOptions>(command)));
};

async function run(context: Context, options: BenchOptions): Promise<void> {
  if (options.injections !== undefined) return runInjections(context, options, options.injections);
  const wanted = wantedFaults(options.faults);
  if (wanted === null || wanted.length === 0)
    throw fail('usage', { detail: `There is no fault or cause in "${options.faults}"; use all or names.` });
  const count = Number(options.count);
  if (!Number.isInteger(count) || count < 1 || count > COUNT_MAX)
    throw fail('usage', { detail: `--count takes a whole number from 1 to ${COUNT_MAX}.` });
  const measure = (index: number) => measured(context, options, index);
  if (options.only !== undefined) return context.terminal.json(await measure(Number(options.only)));
  if (options.part !== undefined) return runPart(context, options, measure);
  const scores = await collectScores(context, options);
  const report = reportOf(scores, {
    seed: options.seed,
    planner: options.planner ?? 'playbook',
    faults: options.faults,
  });
  finish(context, options, report);
}

async function runInjections(context: Context, options: BenchOptions, file: string): Promise<void> {
  const texts = readHostileTexts(readInput(context, file), file);
  const model = options.planner === 'model' ? choosePlanner(context.env, options) : null;
  const report = await measureInjections(context, texts, {
    seed: options.seed,
    model,
    onDone: (count) => {
      if (count % 10 === 0 || count === texts.length) context.terminal.note(`${count}/${texts.length} texts`);
    },
  });
  if (options.json === true) context.terminal.json(report);
  else for (const line of injectionLines(report)) context.terminal.print(line);
  if (report.failures.length > 0) process.exitCode = 1;
}

function readInput(context: Context, file: string): string {
  try {
    return readFileSync(path.resolve(context.cwd, file), 'utf8');
  } catch (error) {
    throw fail('usage', { detail: `${file} cannot be read: ${messageOf(error)}.` }, error);
  }
}

function finish(context: Context, options: BenchOptions, report: BenchReport): void {
  const text = markdownOf(report);
  if (options.markdown !== undefined) writeFileSync(path.resolve(context.cwd, options.markdown), text);
  if (options.json === true) context.terminal.json(report);
  else {
    context.terminal.print(text);
    for (const failure of report.failures) context.terminal.print(`  again: ${failure.reproduce}`);
  }
  if (report.harm > 0 || report.unapproved > 0) process.exitCode = 1;
}

async function measured(context: Context, options: BenchOptions, index: number): Promise<Score> {
  const wanted = wantedFaults(options.faults) ?? [];
  const about = benchCase(options.seed, index, wanted);
  const planner = choosePlanner(context.env, { ...options, planner: options.planner ?? 'playbook' });
  const stack = await startBenchStack(context, about.snapshot, planner);
  try {
    const inquiry = await investigate(stack, about);
    return scoreOf(about, inquiry, structuredClone(stack.simulator.state));
  } finally {
    await stack.close();
  }
}
