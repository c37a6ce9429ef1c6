// What a planner is: given the transcript so far, the next step. It never executes anything itself.

import type { ToolResult } from '../contract/call.ts';
import type { Usage } from '../contract/chat.ts';
import type { ErrorCode } from '../contract/errors.ts';
import type { Tool } from '../contract/tool.ts';
import type { Json } from '../kernel/canonical-json.ts';

/** The history of a conversation as a planner reads it; derived from chat events by planner/history. */
export type TranscriptItem =
  | { readonly kind: 'person'; readonly text: string; readonly turn: string }
  | {
      readonly kind: 'planner';
      readonly text: string;
      readonly calls: readonly PlannedCall[];
      readonly raw: Json;
      /** The follow-ups an answer offered; what a bare "yes" refers to. */
      readonly suggestions?: readonly string[];
    }
  /** `result` is null while the call has not ended: executing it (again) is what resuming means. */
  | {
      readonly kind: 'result';
      readonly call: string;
      readonly tool: string;
      readonly result: ToolResult | null;
      /** When the result was recorded; absent while there is none. */
      readonly atMs?: number | undefined;
    }
  | { readonly kind: 'note'; readonly text: string };

export interface PlannedCall {
  readonly id: string;
  readonly tool: string;
  readonly input: Readonly<Record<string, Json>>;
}

export interface PlannerRequest {
  readonly transcript: readonly TranscriptItem[];
  readonly tools: readonly Tool[];
  /** True on the last step a turn may take: answer with what there is, calls are refused. */
  readonly answerNow?: boolean;
  /** Where the questions are about. */
  readonly account: string;
  readonly region: string;
  readonly nowMs: number;
  readonly signal: AbortSignal;
  /** Makes the id of a call. */
  newCallId(): string;
  /** Text as it streams; must not throw. */
  onText(delta: string): void;
}

export interface PlannerStep {
  readonly text: string;
  /** Empty when the planner has answered. */
  readonly calls: readonly PlannedCall[];
  /** The planner's own form of the step, stored and handed back in the transcript. */
  readonly raw: Json;
  readonly suggestions: readonly string[];
  /** Set when the answer is that something was not found or is not clear; scripts read it from the exit code. */
  readonly problem?: ErrorCode | undefined;
  readonly usage: Usage;
}

export interface Planner {
  readonly name: 'playbook' | 'model' | 'puppet';
  readonly model: string | null;
  /** Throws `LockkeeperError` (model-unavailable, model-refused, cancelled); nothing else. */
  step(request: PlannerRequest): Promise<PlannerStep>;
}
