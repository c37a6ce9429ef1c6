// What one question about a service costs, in one account: requests, round trips that had to be waited for, and the text a model reads.

import type { Snapshot } from '../../src/contract/snapshot.ts';
import { type DiagnoseServiceOutput, diagnoseService } from '../../tools/diagnose/diagnose-service.ts';
import { lockstep } from './lockstep.ts';
import { simulatedAws } from './simulated-aws.ts';

export interface QuestionCost {
  readonly out: DiagnoseServiceOutput;
  readonly requests: number;
  readonly rounds: number;
  readonly text: string;
  /** Characters of all answers of AWS as JSON: what a model would read without us. */
  readonly answerChars: number;
}

/** Asks the question and counts. Undefined where one of `denied` keeps the service itself from being described. */
export async function costOfQuestion(
  snapshot: Snapshot,
  service: { readonly cluster: string; readonly service: string },
  denied: readonly string[],
): Promise<QuestionCost | undefined> {
  const aws = await simulatedAws(snapshot);
  let answerChars = 0;
  const step = lockstep({
    ...aws,
    call: async (action, input) => {
      const answer = await aws.call(action, input);
      answerChars += JSON.stringify(answer.output).length;
      return answer;
    },
  });
  try {
    const context = { nowMs: Date.parse(snapshot.takenAt), stage: () => {}, wait: async () => {} };
    const out = diagnoseService.output.parse(await diagnoseService.run(service, step.aws, context));
    const text = diagnoseService.text(out);
    return { out, requests: step.requests(), rounds: step.rounds(), text, answerChars };
  } catch (error) {
    if (denied.some((action) => String(error).includes(action))) return undefined;
    throw error;
  } finally {
    await aws.close();
  }
}

/** A model's tokens, at four characters each. */
export const tokensOf = (chars: number): number => Math.ceil(chars / 4);
