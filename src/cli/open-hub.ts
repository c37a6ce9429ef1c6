// Opens the hub of a data folder and leaves `run.json` for the other commands while it runs.

import path from 'node:path';
import { allTools } from '../../tools/index.ts';
import { type RunningHub, startHub } from '../hub/compose.ts';
import type { DemoStage } from '../hub/scenario-switch.ts';
import type { Planner } from '../planner/port.ts';
import type { Context } from './context.ts';
import { policyFolder } from './policy-folder.ts';
import { removeRunFile, writeRunFile } from './run-file.ts';

export const defaultPort = 7373;

export interface OpenHubOptions {
  readonly dataDir: string;
  readonly host: string;
  readonly port: number;
  readonly demo: boolean;
  readonly planner: Planner;
  readonly stage?: DemoStage | null;
}

export async function openHub(context: Context, options: OpenHubOptions): Promise<RunningHub> {
  const policies = policyFolder(context);
  const hub = await startHub({
    ...options,
    clock: context.clock,
    log: context.log,
    version: context.version,
    policiesDir: policies.dir,
    checkedPoliciesSha256: policies.checkedSha256,
    webDir: path.join(context.packageDir, 'dist', 'web'),
    tools: allTools,
  });
  try {
    writeRunFile(options.dataDir, { url: hub.url, pid: process.pid, token: hub.operatorToken });
  } catch (error) {
    // A hub that no command finds must not go on in the background.
    await hub.close();
    throw error;
  }
  return {
    ...hub,
    close: async () => {
      removeRunFile(options.dataDir);
      await hub.close();
    },
  };
}
