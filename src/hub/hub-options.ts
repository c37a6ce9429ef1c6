// What a hub is started with and what it is once it runs.

import type { Tool } from '../contract/tool.ts';
import type { Clock } from '../kernel/clock.ts';
import type { Logger } from '../kernel/log.ts';
import type { NodeDirectory } from '../link/port.ts';
import type { Planner } from '../planner/port.ts';

export interface HubOptions {
  readonly dataDir: string;
  /** 127.0.0.1 unless the settings name TLS files. */
  readonly host: string;
  /** 0 takes any free port. */
  readonly port: number;
  readonly clock: Clock;
  readonly log: Logger;
  readonly version: string;
  readonly demo: boolean;
  readonly planner: Planner;
  readonly policiesDir: string;
  /** The built web page; null serves a note that there is none. */
  readonly webDir: string | null;
  readonly tools: readonly Tool[];
}

export interface RunningHub {
  readonly url: string;
  readonly port: number;
  /** Raw public key of the hub, base64url. */
  readonly hubKey: string;
  readonly operatorToken: string;
  readonly directory: NodeDirectory;
  createJoinToken(): Promise<{ readonly token: string; readonly expiresAt: number }>;
  /** A one-time link that signs the operator in, good for 15 minutes. */
  createSignInLink(): Promise<string>;
  /** Drains and ends. Nothing of this process writes to the data folder afterwards. */
  close(): Promise<void>;
}
