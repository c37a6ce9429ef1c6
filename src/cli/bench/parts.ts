// The accounts of a run shared out to threads, one line of JSON for each that is done, kept so that a run that was broken off goes on.

import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import readline from 'node:readline';
import { Worker } from 'node:worker_threads';
import { invariant } from '../../kernel/assert.ts';
import { harmlessJson } from '../../kernel/harmless.ts';
import { type Context, dataDirOf, type GlobalOptions, madeFolder } from '../context.ts';
import type { Score } from './score.ts';

export interface RunOptions extends GlobalOptions {
  readonly faults: string;
  readonly seed: string;
  readonly count: string;
  readonly planner?: string;
  readonly model?: string;
  readonly part?: string;
  readonly fresh?: boolean;
}

/** Two cores are what the smallest machines have; every thread holds a hub, a node and an account. */
const THREADS = 2;
const PROGRESS_EVERY = 10;

/** The work of one thread: its share of the accounts that are not done yet. `measure` is asked for one index at a time. */
export async function runPart(
  context: Context,
  options: RunOptions,
  measure: (index: number) => Promise<Score>,
): Promise<void> {
  const [mine = 1, of = 1] = (options.part ?? '1/1').split('/').map(Number);
  const done = new Set(earlierScores(fileOf(context, options)).map((score) => score.id));
  for (let index = mine - 1; index < Number(options.count); index += of) {
    if (done.has(`${options.seed}/${index}`)) continue;
    context.terminal.print(harmlessJson(await measure(index)));
  }
}

/** Every score of this run in order, those of an earlier run that was broken off included. */
export async function collectScores(context: Context, options: RunOptions): Promise<Score[]> {
  const file = fileOf(context, options);
  const count = Number(options.count);
  madeFolder(path.dirname(file));
  const wanted = new Set(Array.from({ length: count }, (_, index) => `${options.seed}/${index}`));
  const scores = options.fresh === true ? [] : earlierScores(file).filter((score) => wanted.has(score.id));
  writeFileSync(file, scores.map((score) => `${JSON.stringify(score)}\n`).join(''));
  const began = context.clock.monotonic();
  const before = scores.length;
  const take = (score: Score): void => {
    scores.push(score);
    writeFileSync(file, `${JSON.stringify(score)}\n`, { flag: 'a' });
    if (scores.length % PROGRESS_EVERY !== 0 && scores.length !== count) return;
    const each = (context.clock.monotonic() - began) / (scores.length - before);
    const left = Math.ceil((each * (count - scores.length)) / 1000);
    context.terminal.note(`${scores.length}/${count} accounts, about ${left} s left`);
  };
  const threads = Array.from({ length: Math.min(THREADS, count) }, (_, thread) =>
    startThread(context, options, `${thread + 1}/${Math.min(THREADS, count)}`),
  );
  void context.interrupted.then(() => Promise.all(threads.map((thread) => thread.terminate())));
  await Promise.all(threads.map((thread) => readScores(thread, take)));
  return scores.sort((left, right) => indexOf(left) - indexOf(right));
}

const indexOf = (score: Score): number => Number(score.id.slice(score.id.lastIndexOf('/') + 1));

function fileOf(context: Context, options: RunOptions): string {
  const name = `${options.planner ?? 'playbook'}-${options.faults}-${options.seed}`.replace(/[^\w.-]+/g, '_');
  return path.join(dataDirOf(context, options), 'bench', `${name.slice(0, 120)}.jsonl`);
}

function earlierScores(file: string): Score[] {
  if (!existsSync(file)) return [];
  return readFileSync(file, 'utf8')
    .split('\n')
    .flatMap((line) => {
      try {
        // The bench itself wrote these lines.
        return line === '' ? [] : [JSON.parse(line) as Score];
      } catch {
        // The last line of a run that was broken off; its account is measured again.
        return [];
      }
    });
}

/** The command itself again, for one part. */
function startThread(context: Context, options: RunOptions, part: string): Worker {
  const given = { faults: options.faults, seed: options.seed, count: options.count, part };
  const optional = { planner: options.planner, model: options.model, data: options.data };
  const argv = Object.entries({ ...given, ...optional }).flatMap(([name, value]) =>
    value === undefined ? [] : [`--${name}`, value],
  );
  return new Worker(context.entry, { argv: ['bench', ...argv], stdout: true, stderr: false });
}

async function readScores(thread: Worker, take: (score: Score) => void): Promise<void> {
  const ended = new Promise<number>((resolve, reject) => {
    thread.once('exit', resolve);
    thread.once('error', reject);
  });
  // The thread prints nothing but scores.
  for await (const line of readline.createInterface({ input: thread.stdout }))
    if (line.startsWith('{')) take(JSON.parse(line) as Score);
  const code = await ended;
  invariant(code === 0, `a part of the bench ended with ${code}; what went wrong stands above`);
}
