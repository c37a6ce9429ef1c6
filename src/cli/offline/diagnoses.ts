// Diagnoses without a hub, through the same tools that a planner calls. What a tool returns is redacted and measured as a node does it.

import type { z } from 'zod';
import { diagnoseContainerInstance } from '../../../tools/diagnose/diagnose-container-instance.ts';
import { diagnoseFamily } from '../../../tools/diagnose/diagnose-family.ts';
import { diagnoseSchedule } from '../../../tools/diagnose/diagnose-schedule.ts';
import { type DiagnoseServiceOutput, diagnoseService } from '../../../tools/diagnose/diagnose-service.ts';
import { type DiagnoseTaskOutput, diagnoseTask } from '../../../tools/diagnose/diagnose-task.ts';
import { fail } from '../../contract/errors.ts';
import { firstIssue } from '../../contract/json.ts';
import type { ReadTool } from '../../contract/tool.ts';
import { limits } from '../../kernel/limits.ts';
import { toJson } from '../../node/bounded-json.ts';
import type { Investigation } from './investigation.ts';

/** What a tool found, with the size of what a planner would read of it: characters of its text / 4, rounded up. */
export interface Answer<T> {
  readonly output: T;
  readonly resultTokens: number;
}

export type Diagnosis = Answer<DiagnoseServiceOutput>;

type Wanted = Readonly<Record<string, string | number | undefined>>;

/** Runs a tool here as a node would. Throws `input-invalid` naming the option, `answer-invalid`, and what the tool throws. */
export async function answerOf<I extends z.ZodType, O extends z.ZodType>(
  investigation: Investigation,
  tool: ReadTool<I, O>,
  wanted: Wanted,
): Promise<Answer<z.infer<O>>> {
  const given = Object.fromEntries(Object.entries(wanted).filter(([, value]) => value !== undefined));
  const parsed = tool.input.safeParse(given);
  if (!parsed.success) {
    const { where, detail } = firstIssue(parsed.error);
    throw fail('input-invalid', { where: `--${where.replace(/_/g, '-')}`, detail });
  }
  const { redact } = investigation;
  const raw = await investigation.ask(tool, (aws, context) => tool.run(parsed.data, aws, context));
  const text = redact.text(tool.text(raw)).text.slice(0, limits.call.textChars);
  const output = tool.output.safeParse(redact.json(toJson(raw)).value);
  if (!output.success) {
    const { where, detail } = firstIssue(output.error);
    throw fail('answer-invalid', { tool: tool.name, where: where || 'the top', detail }, output.error);
  }
  return { output: output.data, resultTokens: Math.ceil(text.length / 4) };
}

/** Diagnoses one service. Throws what the tool throws, such as `service-unknown`. */
export function diagnoseOne(
  investigation: Investigation,
  { cluster, service }: { readonly cluster?: string | undefined; readonly service: string },
): Promise<Diagnosis> {
  return answerOf(investigation, diagnoseService, { cluster, service });
}

/** Diagnoses one task, of a service or of none. Throws `resource-unknown`, `cluster-unknown`, `usage` or `input-invalid`. */
export function diagnoseOneTask(
  investigation: Investigation,
  { cluster, task }: { readonly cluster?: string | undefined; readonly task: string },
): Promise<Answer<DiagnoseTaskOutput>> {
  return answerOf(investigation, diagnoseTask, { cluster, task });
}

/** Diagnoses one host. Throws `resource-unknown`, `cluster-unknown` or `input-invalid`. */
export function diagnoseHost(
  investigation: Investigation,
  { cluster, host }: { readonly cluster?: string | undefined; readonly host: string },
) {
  return answerOf(investigation, diagnoseContainerInstance, { cluster, container_instance: host });
}

/** Diagnoses everything that runs a task definition family. Throws `resource-unknown` or `input-invalid`. */
export function diagnoseOneFamily(
  investigation: Investigation,
  { cluster, family }: { readonly cluster?: string | undefined; readonly family: string },
) {
  return answerOf(investigation, diagnoseFamily, { cluster, family });
}

/** Diagnoses a scheduled rule of EventBridge. Throws `resource-unknown`, `name-ambiguous` or `input-invalid`. */
export function diagnoseRule(investigation: Investigation, { rule }: { readonly rule: string }) {
  return answerOf(investigation, diagnoseSchedule, { rule });
}
