// What a hub is started with and what it is once it runs.

import type { Tool } from '../contract/tool.ts';
import type { Clock } from '../kernel/clock.ts';
import type { Logger } from '../kernel/log.ts';
import type { NodeDirectory } from '../link/port.ts';
import type { Planner } from '../planner/port.ts';
import type { PolicySet } from '../policy/policy-set.ts';
import type { DemoStage } from './scenario-switch.ts';

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
  /** The incidents of a demo; null when what is read is a real account. */
  readonly stage?: DemoStage | null;
  readonly planner: Planner;
  readonly policiesDir: string;
  /** The digest of policies that were checked before; see `loadPolicies`. */
  readonly checkedPoliciesSha256?: string | undefined;
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
  /** What the hub decides with; for a node in the same process, which would read the same files. Closed with the hub. */
  readonly policies: PolicySet;
  createJoinToken(): Promise<{ readonly token: string; readonly expiresAt: number }>;
  /** A one-time link that signs the operator in, good for 15 minutes. */
  createSignInLink(): Promise<string>;
  /** Drains and ends. Nothing of this process writes to the data folder afterwards. */
  close(): Promise<void>;
}
