// Which planner answers: a Claude model when a key is there, else the built-in playbook; --planner decides otherwise.

import { fail } from '../contract/errors.ts';
import { createModelPlanner, defaultModel } from '../planner/model/model-planner.ts';
import { createPlaybookPlanner } from '../planner/playbook/planner.ts';
import type { Planner } from '../planner/port.ts';
import type { Environment } from './environment.ts';

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
    baseURL: env.anthropicBaseUrl,
    model: options.model ?? env.model ?? defaultModel,
  });
}
