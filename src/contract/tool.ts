// A tool is one file that calls `defineReadTool` or `defineChangeTool`. Everything else about it is derived:
// the model's schema, the `aws …` line, the IAM document, the Cedar action, the reference page.

import type { z } from 'zod';
import type { Json } from '../kernel/canonical-json.ts';
import type { Aws, AwsAction, AwsInput } from './aws.ts';
import type { SuccessTest } from './proposal.ts';

/** read · reveal (customer data, such as logs) · change (recoverable) · destroy */
export type Risk = 'read' | 'reveal' | 'change' | 'destroy';

/** What a call is about: the resource policy sees. Unknown parts are left out. */
export interface Target {
  readonly cluster?: string;
  readonly service?: string;
  /** ARNs or ids named by the input. */
  readonly resources: readonly string[];
}

/** What a running tool has besides AWS. */
export interface ToolContext {
  /** Milliseconds since the epoch: the "now" of everything relative. */
  readonly nowMs: number;
  /** Names the stage the following AWS calls belong to, such as "tasks and task definition". */
  stage(name: string): void;
  /** Aborts when the answer is wanted now: a tool that reads in stages ends with what it has. Left out: there is no hurry. */
  readonly hurry?: AbortSignal;
  /** Resolves after `ms` of the call's clock, for asking again about what AWS is working on; rejects when the call ends sooner. */
  wait(ms: number): Promise<void>;
}

interface ToolBase<I extends z.ZodType> {
  /** What the model calls: `<service>_<operation>`. */
  readonly name: string;
  /** What the model reads: when to use it and what it returns. */
  readonly summary: string;
  /** Every AWS action the tool may use. The gateway refuses any other. */
  readonly actions: readonly AwsAction[];
  readonly input: I;
  target(input: z.infer<I>): Target;
}

export interface ReadTool<I extends z.ZodType = z.ZodType, O extends z.ZodType = z.ZodType>
  extends ToolBase<I> {
  readonly risk: 'read' | 'reveal';
  readonly output: O;
  /** Collects and shapes. Throws `AwsCallError` or `LockkeeperError`; both become a result the planner can act on. */
  run(input: z.infer<I>, aws: Aws, context: ToolContext): Promise<z.infer<O>>;
  /** The compact text the planner reads; at most limits.call.textChars. */
  text(output: z.infer<O>): string;
}

/** One AWS request, typed. */
export type AwsRequest = { [A in AwsAction]: { readonly action: A; readonly input: AwsInput<A> } }[AwsAction];

/** One row of a difference: what is, what goes, what comes. Cells are columns such as protocol, peer, description. */
export interface DiffRow {
  readonly sign: ' ' | '+' | '-';
  readonly cells: readonly string[];
}

/** A change worked out against the live state, ready to be written into a proposal. All text is shown to people. */
export interface PreparedChange {
  /** Imperative, one line: "Allow tcp/5432 from my-web-service tasks to orders-db". */
  readonly title: string;
  /** The exact request that will run, and nothing else. */
  readonly call: AwsRequest;
  /** ARNs or ids that change. */
  readonly targets: readonly string[];
  readonly diff: { readonly caption: string; readonly rows: readonly DiffRow[] };
  /** Who else uses what changes: one summary sentence and the list behind it. */
  readonly blastRadius: { readonly summary: string; readonly items: readonly string[] };
  /** What becomes possible that was not, one sentence each ("nothing else opens" is an answer). */
  readonly opens: readonly string[];
  /** The request that undoes it, or why there is none. */
  readonly inverse: { readonly call: AwsRequest } | { readonly none: string };
  readonly success: SuccessTest;
  readonly warnings: readonly string[];
  /** token: AWS dedups by client token · declarative: repeating is harmless while the state proves it · none: never repeated by machine. */
  readonly idempotency: 'token' | 'declarative' | 'none';
}

export interface ChangeTool<I extends z.ZodType = z.ZodType> extends ToolBase<I> {
  readonly risk: 'change' | 'destroy';
  /**
   * Reads the state the change depends on. The node reads it again right before it runs and refuses when it differs,
   * so leave out what moves by itself (running counts, event lists).
   */
  observe(input: z.infer<I>, aws: Aws, context: ToolContext): Promise<Json>;
  /** Works the change out against what `observe` returned. Throws `change-unneeded` when nothing would change. */
  prepare(input: z.infer<I>, state: Json, aws: Aws, context: ToolContext): Promise<PreparedChange>;
}

export type Tool = ReadTool | ChangeTool;

/** Keeps the types of one tool while it is written down. */
export function defineReadTool<I extends z.ZodType, O extends z.ZodType>(
  tool: ReadTool<I, O>,
): ReadTool<I, O> {
  return tool;
}

/** Keeps the types of one change tool while it is written down. */
export function defineChangeTool<I extends z.ZodType>(tool: ChangeTool<I>): ChangeTool<I> {
  return tool;
}

export function isChangeTool(tool: Tool): tool is ChangeTool {
  return tool.risk === 'change' || tool.risk === 'destroy';
}
