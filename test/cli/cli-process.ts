// The command line as its users have it: a process of its own with arguments, streams, an environment and an exit code.

import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { z } from 'zod';
import { bundleEntry } from '../support/bundle-entry.ts';

export interface Finished {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface Running<T> {
  /** The first JSON document on stdout. */
  readonly said: T;
  readonly pid: number;
  stderr(): string;
  /** Ctrl-C, and the exit code. */
  interrupt(): Promise<number | null>;
}

export interface Cli {
  run(args: readonly string[], options?: RunOptions): Promise<Finished>;
  /** Runs a command and presses Ctrl-C when its output matches. */
  interrupt(args: readonly string[], when: RegExp): Promise<Finished>;
  /** Runs a command whose output nobody reads: the pipe is closed before anything is written. */
  unread(args: readonly string[]): Promise<Finished>;
  /** Starts a command that stays, such as `up --json`, and waits for its first JSON document. */
  start<S extends z.ZodType>(
    args: readonly string[],
    shape: S,
    options?: RunOptions,
  ): Promise<Running<z.infer<S>>>;
  /** A fresh folder that `close` removes. */
  folder(): string;
  close(): Promise<void>;
}

export interface RunOptions {
  readonly env?: Readonly<Record<string, string>>;
  readonly stdin?: string;
}

/** With `entry` that file is run instead of the sources bundled alone. */
export async function openCli(given?: string): Promise<Cli> {
  const entry = given ?? (await bundleEntry('src/cli/main.ts'));
  const home = mkdtempSync(path.join(os.tmpdir(), 'lockkeeper-cli-'));
  const alive = new Set<ChildProcess>();
  let folders = 0;

  function spawnCli(args: readonly string[], options: RunOptions) {
    const child = spawn(process.execPath, [entry, ...args], {
      cwd: home,
      // Nothing of the machine's own AWS set-up or keys reaches the command line.
      env: { PATH: process.env['PATH'], HOME: home, AWS_EC2_METADATA_DISABLED: 'true', ...options.env },
      stdio: ['pipe', 'pipe', 'pipe'],
    });
    alive.add(child);
    const out = { stdout: '', stderr: '' };
    for (const name of ['stdout', 'stderr'] as const)
      child[name].setEncoding('utf8').on('data', (text: string) => {
        out[name] += text;
      });
    child.stdin.on('error', () => {});
    child.stdin.end(options.stdin ?? '');
    const ended = new Promise<number | null>((resolve) => {
      child.on('close', (code) => {
        alive.delete(child);
        resolve(code);
      });
    });
    return { child, out, ended };
  }

  return {
    async run(args, options = {}) {
      const { out, ended } = spawnCli(args, options);
      const code = await ended;
      return { code, ...out };
    },
    async interrupt(args, when) {
      const { child, out, ended } = spawnCli(args, {});
      let pressed = false;
      for (const name of ['stdout', 'stderr'] as const)
        child[name].on('data', () => {
          if (when.test(out[name]) && !pressed) pressed = child.kill('SIGINT');
        });
      const code = await ended;
      return { code, ...out };
    },
    async unread(args) {
      const { child, out, ended } = spawnCli(args, {});
      child.stdout.destroy();
      const code = await ended;
      return { code, ...out };
    },
    async start(args, shape, options = {}) {
      const { child, out, ended } = spawnCli([...args, '--json'], options);
      const text = await new Promise<string>((resolve, reject) => {
        child.stdout.on('data', () => {
          if (out.stdout.includes('\n')) resolve(out.stdout);
        });
        void ended.then((code) => reject(new Error(`it ended with ${code}: ${out.stderr}`)));
      });
      return {
        said: shape.parse(JSON.parse(text)),
        pid: child.pid ?? 0,
        stderr: () => out.stderr,
        interrupt() {
          child.kill('SIGINT');
          return ended;
        },
      };
    },
    folder: () => path.join(home, `data-${folders++}`),
    async close() {
      const ended = [...alive].map((child) => new Promise((resolve) => child.once('close', resolve)));
      for (const child of alive) child.kill('SIGKILL');
      await Promise.all(ended);
      rmSync(home, { recursive: true, force: true });
    },
  };
}

export const upJson = z.looseObject({
  url: z.string(),
  link: z.string(),
  dataDir: z.string(),
  node: z.string(),
  account: z.string(),
  problem: z.string().nullable(),
});

/** The document of `ask --json`, exactly. */
export const askJson = z.strictObject({
  conversation: z.string().startsWith('conv_'),
  answer: z.string(),
  findings: z.array(z.looseObject({ class: z.string(), verdict: z.string() })),
  commands: z.array(
    z.strictObject({
      cli: z.string().startsWith('aws '),
      status: z.enum(['started', 'ok', 'denied', 'failed']),
      ms: z.number().nullable(),
      evidence: z.string().nullable(),
    }),
  ),
  proposals: z.array(
    z.strictObject({ id: z.string(), cli: z.string(), state: z.string(), expiresAt: z.iso.datetime() }),
  ),
  audit: z.strictObject({ from: z.number(), to: z.number() }).nullable(),
});
