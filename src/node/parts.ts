// What the rooms of a node share: the ports it was given and the few things that live as long as the process.

import type { AwsAction } from '../contract/aws.ts';
import type { Decision, DecisionRequest } from '../contract/decision.ts';
import type { Tool } from '../contract/tool.ts';
import type { Json } from '../kernel/canonical-json.ts';
import type { Clock } from '../kernel/clock.ts';
import type { SigningKey } from '../kernel/keys.ts';
import type { Logger } from '../kernel/log.ts';
import type { AwsClients } from './aws/clients.ts';
import type { Budget } from './budget.ts';
import type { HubLine } from './hub-line.ts';
import type { Journal } from './journal.ts';

/** The node's own policy. Throwing counts as a refusal. */
export interface NodePolicy {
  decide(request: DecisionRequest): Decision;
}

/** Takes secrets out of what leaves the node. */
export interface Redactor {
  text(text: string): { readonly text: string; readonly count: number };
  json(value: Json): { readonly value: Json; readonly count: number };
}

/** The `aws …` line that does the same as a request. */
export type RenderCli = (
  action: AwsAction,
  input: Readonly<Record<string, Json>>,
  options: { region: string },
) => string;

/** Where the node's credentials lead. */
export interface Place {
  readonly account: string;
  readonly region: string;
  /** ARN of the identity behind the credentials. */
  readonly identity: string;
}

/** Called between two steps of a change with the name of the point. Tests end the process there. */
export type Failpoint = (point: FailpointName) => void | Promise<void>;
export type FailpointName =
  | 'before-prepared'
  | 'after-prepared'
  | 'before-counted'
  | 'after-counted'
  | 'before-claim'
  | 'after-claim'
  | 'before-send'
  | 'after-send'
  | 'before-outcome'
  | 'after-outcome';

export interface NodeParts {
  readonly clock: Clock;
  readonly log: Logger;
  readonly key: SigningKey;
  readonly build: string;
  readonly bootEpoch: string;
  readonly tools: ReadonlyMap<string, Tool>;
  readonly policy: NodePolicy;
  readonly redact: Redactor;
  readonly renderCli: RenderCli;
  toolSchemaSha256(tool: Tool): string;
  readonly clients: AwsClients;
  /** For tools that only read: requests that several calls make within moments are sent once. */
  readonly reads: AwsClients;
  readonly journal: Journal;
  readonly budget: Budget;
  readonly line: HubLine;
  readonly failpoint: Failpoint;
  /** Where requests go. Throws `aws-credentials-missing`, `aws-region-missing` or `aws-failed`. */
  place(): Promise<Place>;
  /** The key of the hub this node joined. */
  hubKey(): string;
}

/** What one AWS request needs of the node. Without a hub, its line and its journal can be something else. */
export type RequestParts = Pick<NodeParts, 'clock' | 'log' | 'redact' | 'renderCli' | 'clients'> & {
  readonly journal: Pick<Journal, 'append' | 'appendLater'>;
  readonly budget: Pick<Budget, 'checkBytes' | 'addBytes'>;
  readonly line: Pick<HubLine, 'announce' | 'finished'>;
};
