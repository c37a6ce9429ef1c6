// The first look: when a question names a service, its diagnosis runs before the model is asked anything.
// The model then starts from evidence, and one round trip is usually enough. The step is made by code, so it has no `raw`.

import type { Tool } from '../contract/tool.ts';
import type { Json } from '../kernel/canonical-json.ts';
import { currentTurn } from './history.ts';
import { hintFor } from './playbook/entities.ts';
import { type IntentKind, parseIntent } from './playbook/intents.ts';
import type { Planner, PlannerStep, TranscriptItem } from './port.ts';

const DIAGNOSE = 'diagnose_service';
/** What is asked of a service when its diagnosis answers. */
const ABOUT_HEALTH: readonly IntentKind[] = ['status', 'why', 'down', 'blame', 'since'];

/** The call that opens the running turn; null when the question names no service or the turn has begun already. */
export function openingCall(
  transcript: readonly TranscriptItem[],
  tools: readonly Tool[],
): { readonly tool: string; readonly input: Readonly<Record<string, Json>> } | null {
  const turn = currentTurn(transcript);
  const [first] = turn;
  if (first?.kind !== 'person' || turn.some((item) => item.kind === 'planner')) return null;
  if (!tools.some((tool) => tool.name === DIAGNOSE)) return null;
  const { kind, entities } = parseIntent(first.text);
  if (!ABOUT_HEALTH.includes(kind)) return null;
  const service = hintFor(entities, 'service');
  const cluster = hintFor(entities, 'cluster');
  if (service === undefined || service.role !== 'service') return null;
  // A nickname such as "prod" is no cluster name; without one the diagnosis looks in every cluster.
  const named = cluster?.sure === true && cluster.role === 'cluster' ? { cluster: cluster.text } : {};
  return { tool: DIAGNOSE, input: { ...named, service: service.text } };
}

/** The same planner, with the opening made before its own first step. */
export function withOpening(planner: Planner): Planner {
  return {
    name: planner.name,
    model: planner.model,
    step: async (request) => {
      const opening = openingCall(request.transcript, request.tools);
      if (opening === null) return planner.step(request);
      const usage: PlannerStep['usage'] = {
        planner: planner.name,
        model: planner.model,
        roundTrips: 0,
        inputTokens: 0,
        outputTokens: 0,
        cacheReadTokens: 0,
        costUsd: 0,
      };
      return {
        text: '',
        calls: [{ id: request.newCallId(), ...opening }],
        raw: null,
        suggestions: [],
        usage,
      };
    },
  };
}
