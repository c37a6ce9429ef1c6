// What a node is started with, and what it takes of its own when it is not told otherwise: the policies of a folder, the
// catalogue's command lines and digests, and a redactor under a key of its own folder. None of it ever comes from a hub.

import { randomBytes } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { renderAwsCli } from '../catalog/cli-line.ts';
import { toolSchemaSha256 } from '../catalog/model-schema.ts';
import type { AwsInput } from '../contract/aws.ts';
import { fail } from '../contract/errors.ts';
import type { Tool } from '../contract/tool.ts';
import type { NodeInventory } from '../contract/wire.ts';
import type { Clock } from '../kernel/clock.ts';
import { messageOf } from '../kernel/errors.ts';
import type { Logger } from '../kernel/log.ts';
import { createRedactor } from '../kernel/redact.ts';
import { loadPolicies } from '../policy/policy-set.ts';
import type { AwsSettings } from './aws/clients.ts';
import type { NodeLimits } from './budget.ts';
import type { Failpoint, NodePolicy, Redactor, RenderCli } from './parts.ts';

export interface NodeOptions {
  /** The node's own folder: key, hub, journal. */
  readonly dataDir: string;
  /** `wss://…`, or `ws://` on this machine; `http(s)` is read as such. */
  readonly hubUrl: string;
  /** Needed once, to join; a function is asked only when this node has not joined yet. */
  readonly joinToken?: string | (() => Promise<string>) | undefined;
  readonly name: string;
  readonly clock: Clock;
  readonly log: Logger;
  readonly tools: readonly Tool[];
  readonly aws: AwsSettings;
  readonly build: string;
  /** The node's own policy, or the folder of its policies. Without either everything is refused. */
  readonly policy?: NodePolicy | undefined;
  readonly policiesDir?: string | undefined;
  readonly renderCli?: RenderCli | undefined;
  readonly toolSchemaSha256?: ((tool: Tool) => string) | undefined;
  readonly redact?: Redactor | undefined;
  /** Raised limits of this node; left out: limits.node. */
  readonly limits?: NodeLimits | undefined;
  /** For tests: called between the steps of a change. */
  readonly failpoint?: Failpoint | undefined;
}

export interface RunningNode {
  /** The id the hub gave this node; null before it joined. */
  id(): string | null;
  /** As it was last told to the hub. */
  readonly inventory: NodeInventory;
  connected(): boolean;
  /** Resolves at the next (or present) open connection. Throws `join-token-invalid` or `hub-identity-changed`. */
  whenConnected(): Promise<void>;
  /** Takes no new work, finishes what runs, tells the hub, and ends. */
  close(): Promise<void>;
}

export interface OwnMeans {
  readonly policy: NodePolicy;
  readonly renderCli: RenderCli;
  readonly redact: Redactor;
  toolSchemaSha256(tool: Tool): string;
  /** Gives back what was loaded here. */
  release(): void;
}

/** Fills in what `options` leaves out. Throws `policy-invalid` or `data-unwritable`. */
export async function ownMeans(options: NodeOptions): Promise<OwnMeans> {
  const loaded = options.policiesDir === undefined ? null : await loadPolicies({ dir: options.policiesDir });
  return {
    policy: options.policy ?? loaded ?? denyAll,
    // The gateway pairs each action with its own input before it asks for the line.
    renderCli:
      options.renderCli ??
      ((action, input, at) => renderAwsCli(action, input as AwsInput<typeof action>, at)),
    redact: options.redact ?? createRedactor({ key: redactionKey(options.dataDir) }),
    toolSchemaSha256: options.toolSchemaSha256 ?? toolSchemaSha256,
    release: () => loaded?.close(),
  };
}

/** The token to join with; null when this node has joined already or was given none. */
export async function joinTokenOf(options: NodeOptions, joined: boolean): Promise<string | null> {
  const { joinToken } = options;
  if (typeof joinToken === 'function') return joined ? null : joinToken();
  return joinToken ?? null;
}

const denyAll: NodePolicy = {
  decide: () => ({
    verdict: 'deny',
    reasons: [],
    approvals: 0,
    level: 'click',
    errors: [],
    policySha256: '0'.repeat(64),
  }),
};

const KEY_BYTES = 32;

/** The key under which equal secrets get equal marks; it is made once and stays in the node's folder. */
function redactionKey(dataDir: string): Uint8Array {
  const file = path.join(dataDir, 'redaction.key');
  try {
    if (!existsSync(file)) writeFileSync(file, randomBytes(KEY_BYTES), { mode: 0o600, flag: 'wx' });
    return readFileSync(file);
  } catch (error) {
    throw fail('data-unwritable', { path: dataDir, detail: messageOf(error) }, error);
  }
}
