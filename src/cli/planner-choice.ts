// Which planner answers: a Claude model when a key is there, else the built-in playbook; --planner decides otherwise.

import { fail } from '../contract/errors.ts';
import { createModelPlanner } from '../planner/model/planner.ts';
import { createPlaybookPlanner } from '../planner/playbook/planner.ts';
import type { Planner } from '../planner/port.ts';
import type { Environment } from './environment.ts';

/** The model when none is named: quick and careful enough to read evidence; change it with --model. */
const DEFAULT_MODEL = 'claude-sonnet-5';
const STEP_TOKENS_MAX = 8_192;

export interface PlannerOptions {
  readonly planner?: string;
  readonly model?: string;
}

/** Throws `usage` when a model is asked for and no key is set. */
export function choosePlanner(env: Environment, options: PlannerOptions): Planner {
  const wanted = options.planner ?? (env.anthropicApiKey === undefined ? 'playbook' : 'model');
  if (wanted === 'playbook') return createPlaybookPlanner();
  if (wanted !== 'model') throw fail('usage', { detail: `--planner is playbook or model, not ${wanted}.` });
  if (env.anthropicApiKey === undefined)
    throw fail('usage', {
      detail: 'The model planner needs ANTHROPIC_API_KEY in the environment of the hub.',
    });
  return createModelPlanner({
    apiKey: env.anthropicApiKey,
    ...(env.anthropicBaseUrl === undefined ? {} : { baseURL: env.anthropicBaseUrl }),
    model: options.model ?? env.model ?? DEFAULT_MODEL,
    maxTokens: STEP_TOKENS_MAX,
  });
}
