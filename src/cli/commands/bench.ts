// `lockkeeper bench`: how often the cause is found, on accounts that were broken on purpose, scored from the accounts' own truth.

import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import readline from 'node:readline';
import type { Command } from 'commander';
import { fail } from '../../contract/errors.ts';
import { invariant } from '../../kernel/assert.ts';
import { benchCase, wantedFaults } from '../bench/bench-case.ts';
import { startBenchStack } from '../bench/bench-stack.ts';
import { investigate } from '../bench/investigate.ts';
import { type BenchReport, markdownOf, reportOf } from '../bench/report.ts';
import { type Score, scoreOf } from '../bench/score.ts';
import { type Context, dataDirOf, madeFolder } from '../context.ts';
import { choosePlanner } from '../planner-choice.ts';
import { type AddCommand, optionsOf } from './command.ts';

const JOBS = 2;
const COUNT_MAX = 10_000;

interface BenchOptions {
  readonly faults: string;
  readonly seed: string;
  readonly count: string;
  readonly planner?: string;
  readonly model?: string;
  readonly only?: string;
  readonly part?: string;
  readonly markdown?: string;
  readonly fresh?: boolean;
  readonly json?: boolean;
  readonly data?: string;
}

export const addBench: AddCommand = (program, context) => {
  program
    .command('bench')
    .description('score investigations on simulated accounts that were broken on purpose')
    .option('--faults <list>', 'all, or names of faults or causes, separated by commas', 'all')
    .option('--seed <text>', 'the same seed makes the same accounts', '1')
    .option('--count <n>', 'how many accounts', '60')
    .option('--only <index>', 'this one account of the seed, with what was found')
    .option('--planner <name>', 'playbook or model (default: playbook)')
    .option('--model <id>', 'which Claude model')
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

Examples:
  lockkeeper bench --seed 7 --count 100
  lockkeeper bench --faults nacl-blocked,log-group-missing --json
  lockkeeper bench --seed 7 --only 12

Exit codes: 0 measured, 1 something was harmed or changed without approval, 2 wrong usage.`,
    )
    .action(async (_, command: Command) => run(context, optionsOf<BenchOptions>(command)));
};

async function run(context: Context, options: BenchOptions): Promise<void> {
  const wanted = wantedFaults(options.faults);
  if (wanted === null || wanted.length === 0)
    throw fail('usage', { detail: `There is no fault or cause in "${options.faults}"; use all or names.` });
  const count = Number(options.count);
  if (!Number.isInteger(count) || count < 1 || count > COUNT_MAX)
    throw fail('usage', { detail: `--count takes a whole number from 1 to ${COUNT_MAX}.` });
  const measure = (index: number) => measured(context, options, index);
  if (options.only !== undefined) return context.terminal.json(await measure(Number(options.only)));
  if (options.part !== undefined) return runPart(context, options, { count, measure });
  const scores = await collect(context, options, count);
  const report = reportOf(scores, {
    seed: options.seed,
    planner: options.planner ?? 'playbook',
    faults: options.faults,
  });
  finish(context, options, report);
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

interface PartOptions {
  readonly count: number;
  measure(index: number): Promise<Score>;
}

/** The work of one process: its share of the accounts that are not done yet, one line each. */
async function runPart(context: Context, options: BenchOptions, part: PartOptions): Promise<void> {
  const [mine = 0, of = 1] = (options.part ?? '1/1').split('/').map(Number);
  const doneBefore = new Set(earlierScores(fileOf(context, options)).map((score) => score.id));
  for (let index = mine - 1; index < part.count; index += of) {
    if (doneBefore.has(`${options.seed}/${index}`)) continue;
    context.terminal.print(JSON.stringify(await part.measure(index)));
  }
}

function fileOf(context: Context, options: BenchOptions): string {
  const name = `${options.planner ?? 'playbook'}-${options.faults}-${options.seed}`.replace(/[^\w.-]+/g, '_');
  return path.join(dataDirOf(context, options), 'bench', `${name.slice(0, 120)}.jsonl`);
}

function earlierScores(file: string): Score[] {
  if (!existsSync(file)) return [];
  return readFileSync(file, 'utf8')
    .split('\n')
    .flatMap((line) => {
      try {
        return line === '' ? [] : [JSON.parse(line) as Score];
      } catch {
        // The last line of a run that was broken off; its account is measured again.
        return [];
      }
    });
}

/** Every score of this run, those of an earlier run that was broken off included. */
async function collect(context: Context, options: BenchOptions, count: number): Promise<Score[]> {
  const file = fileOf(context, options);
  madeFolder(path.dirname(file));
  if (options.fresh === true || !existsSync(file)) writeFileSync(file, '');
  mkdirSync(path.dirname(file), { recursive: true });
  const wanted = new Set(Array.from({ length: count }, (_, index) => `${options.seed}/${index}`));
  const scores = earlierScores(file).filter((score) => wanted.has(score.id));
  writeFileSync(file, scores.map((score) => `${JSON.stringify(score)}\n`).join(''));
  const began = context.clock.monotonic();
  const before = scores.length;
  const progress = (): void => {
    const made = scores.length - before;
    const left = made === 0 ? 0 : ((context.clock.monotonic() - began) / made) * (count - scores.length);
    context.terminal.note(`${scores.length}/${count} accounts, about ${Math.ceil(left / 1000)} s left`);
  };
  const children = Array.from({ length: Math.min(JOBS, count) }, (_, job) =>
    startPart(options, `${job + 1}/${JOBS}`),
  );
  void context.interrupted.then(() => {
    for (const child of children) child.kill();
  });
  await Promise.all(
    children.map((child) =>
      read(child, (score) => {
        scores.push(score);
        writeFileSync(file, `${JSON.stringify(score)}\n`, { flag: 'a' });
        if (scores.length % 10 === 0 || scores.length === count) progress();
      }),
    ),
  );
  return scores.sort((left, right) => numberOf(left) - numberOf(right));
}

const numberOf = (score: Score): number => Number(score.id.slice(score.id.lastIndexOf('/') + 1));

function startPart(options: BenchOptions, part: string): ChildProcess {
  const entry = process.argv[1] ?? '';
  const more = [
    ['--planner', options.planner],
    ['--model', options.model],
    ['--data', options.data],
  ].flatMap(([name, value]) => (value === undefined || name === undefined ? [] : [name, value]));
  return spawn(
    process.execPath,
    [
      ...process.execArgv,
      entry,
      'bench',
      '--faults',
      options.faults,
      '--seed',
      options.seed,
      '--count',
      options.count,
      '--part',
      part,
      ...more,
    ],
    { stdio: ['ignore', 'pipe', 'inherit'] },
  );
}

async function read(child: ChildProcess, take: (score: Score) => void): Promise<void> {
  if (child.stdout === null) return;
  const ended = new Promise<number | null>((resolve) => child.once('close', resolve));
  for await (const line of readline.createInterface({ input: child.stdout }))
    if (line.startsWith('{')) take(JSON.parse(line) as Score);
  const code = await ended;
  invariant(code === 0, `a part of the bench ended with ${code ?? 'a signal'}; what went wrong stands above`);
}
