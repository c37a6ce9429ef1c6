// `run.json` in the data folder: where the hub of this folder listens, so that every command finds it.

import { randomBytes } from 'node:crypto';
import { readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { z } from 'zod';
import { fail } from '../contract/errors.ts';
import { messageOf } from '../kernel/errors.ts';
import { DEFAULT_SCENARIO, scenarios } from '../simulator/scenario-list.ts';
import { type Context, dataDirOf, type GlobalOptions } from './context.ts';
import { createHubClient, type HubClient } from './hub-client.ts';

const runFile = z.strictObject({ url: z.string(), pid: z.number().int(), token: z.string() });
type RunFile = z.infer<typeof runFile>;

/** The demo keeps its data apart from a real hub's. */
export const demoDataDir = (dataDir: string, scenario = DEFAULT_SCENARIO): string =>
  path.join(dataDir, scenario === DEFAULT_SCENARIO ? 'demo' : `demo-${scenario}`);

/** Puts a new file in place of the old one, so that no link is followed and no wider mode kept. Throws `data-unwritable`. */
export function writeRunFile(dataDir: string, run: RunFile): void {
  const file = path.join(dataDir, 'run.json');
  const draft = `${file}.${randomBytes(6).toString('hex')}`;
  try {
    writeFileSync(draft, JSON.stringify(run), { mode: 0o600, flag: 'wx' });
    renameSync(draft, file);
  } catch (error) {
    rmSync(draft, { force: true });
    throw fail('data-unwritable', { path: file, detail: messageOf(error) }, error);
  }
}

export function removeRunFile(dataDir: string): void {
  rmSync(path.join(dataDir, 'run.json'), { force: true });
}

export function readRunFile(dataDir: string): RunFile | null {
  try {
    return runFile.parse(JSON.parse(readFileSync(path.join(dataDir, 'run.json'), 'utf8')));
  } catch {
    return null; // absent or left over from another version: the same as no hub
  }
}

/** A hub that runs on this machine now. */
export interface RunningHere {
  readonly folder: string;
  readonly url: string;
  readonly pid: number;
  readonly client: HubClient;
}

/** The hubs that run in `dataDir` and in the demos below it. */
export function hubsRunningIn(dataDir: string): RunningHere[] {
  return [dataDir, ...scenarios.map(({ name }) => demoDataDir(dataDir, name))].flatMap((folder) => {
    const run = readRunFile(folder);
    if (run === null || !isAlive(run.pid)) return [];
    return [{ folder, url: run.url, pid: run.pid, client: createHubClient(run.url, run.token) }];
  });
}

/** The running hub these options mean: --hub or LOCKKEEPER_HUB, else the one of the data folder, else its demo's. */
export function findHub(
  context: Context,
  options: GlobalOptions,
): { readonly client: HubClient; readonly dataDir: string } {
  const dataDir = dataDirOf(context, options);
  const wanted = (options.hub ?? context.env.hubUrl)?.replace(/\/$/, '');
  const running = hubsRunningIn(dataDir);
  const found = running.find(({ url }) => wanted === undefined || wanted === url);
  if (found !== undefined) {
    const other = running.find((one) => one !== found);
    // Nobody should take the demo's answers for production's, or the other way round.
    if (wanted === undefined && other !== undefined)
      context.terminal.note(
        `Two hubs run here. This one is ${found.url}; the demo is ${other.url}; choose with --hub.`,
      );
    return { client: found.client, dataDir: found.folder };
  }
  if (wanted !== undefined)
    throw fail('usage', {
      detail: `The data folder ${dataDir} holds no operator token for the hub ${wanted}; name the folder with --data.`,
    });
  throw fail('hub-not-running', { path: dataDir });
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}
