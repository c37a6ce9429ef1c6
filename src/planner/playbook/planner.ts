// The built-in playbook: a planner without a model. It understands everyday questions and answers them from typed tool
// outputs. It keeps nothing: the same transcript always leads to the same next step.

import type { Usage } from '../../contract/chat.ts';
import { fail } from '../../contract/errors.ts';
import { currentTurn } from '../history.ts';
import type { Planner, PlannerRequest, PlannerStep, TranscriptItem } from '../port.ts';
import { type Context, readContext } from './context.ts';
import type { IntentKind } from './intents.ts';
import { languageNote } from './language.ts';
import { understood } from './meant.ts';
import { again } from './replies/again.ts';
import { beyond } from './replies/beyond.ts';
import { blame } from './replies/blame.ts';
import { changes } from './replies/changes.ts';
import { compare } from './replies/compare.ts';
import { approve, decided, eta, preview, ran } from './replies/conversation.ts';
import { cost, swings } from './replies/cost.ts';
import { diagnosis } from './replies/diagnosis.ts';
import { explain } from './replies/explain.ts';
import { clusters, deployments, services, tasks, watch } from './replies/inventory.ts';
import { logs } from './replies/logs.ts';
import { network } from './replies/network.ts';
import { options } from './replies/options.ts';
import { past } from './replies/past.ts';
import { pauseScaling } from './replies/pause-scaling.ts';
import { down, proof, since, summary, todo } from './replies/plainly.ts';
import { rollback } from './replies/rollback.ts';
import { addRule, fix, removeRule } from './replies/rule.ts';
import { refuseDelete, restart, scale, stopTask } from './replies/service-change.ts';
import { act, help, identity, no, thanks, unknown, yes } from './replies/small-talk.ts';
import { statement } from './replies/statement.ts';
import { undo } from './replies/undo.ts';
import { takenAs } from './taken.ts';
import { callsDone, type Next, type Reply, say, type View } from './view.ts';

const replies: Readonly<Record<IntentKind, Reply>> = {
  status: diagnosis,
  why: diagnosis,
  logs,
  network,
  fix,
  'add-rule': addRule,
  'remove-rule': removeRule,
  undo,
  scale,
  'pause-scaling': pauseScaling,
  restart,
  rollback,
  'stop-task': stopTask,
  delete: refuseDelete,
  deployments,
  tasks,
  compare,
  cost,
  swings,
  changes,
  clusters,
  services,
  watch,
  identity,
  explain,
  blame,
  down,
  since,
  summary,
  proof,
  todo,
  statement,
  options,
  eta,
  past,
  preview,
  decided,
  ran,
  approve,
  help,
  thanks,
  yes,
  no,
  act,
  again,
  beyond,
  unknown,
};

/** The planner that works without a model and without a key. */
export function createPlaybookPlanner(): Planner {
  return {
    name: 'playbook',
    model: null,
    step: async (request) => {
      if (request.signal.aborted) throw fail('cancelled');
      const next = nextStep(request);
      if (next.kind === 'answer') request.onText(next.text);
      return stepOf(next, request);
    },
  };
}

/** The offers of the last answer count until this turn answers; results of this turn count at once. */
function nextStep(request: PlannerRequest): Next {
  const turn = currentTurn(request.transcript);
  const before = request.transcript.slice(0, request.transcript.length - turn.length);
  const earlier = withWaiting(readContext(before), request.nowMs);
  const { intent, question } = understood(messageOf(turn), earlier);
  const done = callsDone(turn);
  const context = {
    ...withoutStale(readContext(request.transcript), done),
    offers: earlier.offers,
    offeredBefore: earlier.offeredBefore,
    waiting: earlier.waiting,
  };
  const view: View = {
    intent,
    question,
    context,
    nowMs: request.nowMs,
    account: request.account,
    region: request.region,
    done,
  };
  const next = replies[intent.kind](view);
  if (next.kind === 'calls' && request.answerNow === true) {
    return say('This took more steps than a turn may have. Ask for a smaller part of it.');
  }
  if (next.kind !== 'answer') return next;
  const note = languageNote(view);
  const answer = namingSubstitution(view, next);
  return note === '' ? answer : { ...answer, text: `${note}\n\n${answer.text}` };
}

/** The newest change of earlier turns that still waits for people. */
function withWaiting(context: Context, nowMs: number): Context {
  const waiting = context.proposals.findLast(
    ({ state, document }) => state === 'pending' && document.exp > nowMs,
  );
  return { ...context, waiting: waiting ?? null };
}

/** What was found before a change of an earlier turn ran says nothing about the state of now. */
function withoutStale(context: Context, done: View['done']): Context {
  const seenMs = Date.parse(context.diagnosis?.value.at ?? '');
  const isStale = context.proposals.some(
    ({ state, outcome, call }) =>
      state === 'done' && (outcome?.at ?? 0) > seenMs && !done.some((one) => one.call.id === call),
  );
  return isStale ? { ...context, diagnosis: null, path: null } : context;
}

/** When a name did not exist and another was taken instead, the answer says so first. */
function namingSubstitution(
  view: View,
  next: Extract<Next, { kind: 'answer' }>,
): Extract<Next, { kind: 'answer' }> {
  const last = view.done.at(-1);
  if (next.problem !== undefined || last?.result.status !== 'ok') return next;
  const lead = takenAs(view, last.call.input);
  return lead === '' ? next : { ...next, text: `${lead}\n\n${next.text}` };
}

function messageOf(turn: readonly TranscriptItem[]): string {
  const first = turn.find((item) => item.kind === 'person');
  return first?.kind === 'person' ? first.text : '';
}

function stepOf(next: Next, request: PlannerRequest): PlannerStep {
  const usage: Usage = {
    planner: 'playbook',
    model: null,
    roundTrips: 0,
    inputTokens: 0,
    outputTokens: 0,
    cacheReadTokens: 0,
    costUsd: 0,
  };
  if (next.kind === 'answer') {
    const { text, suggestions, problem } = next;
    return { text, calls: [], raw: null, suggestions, problem, usage };
  }
  const calls = next.calls.map(({ tool, input }) => ({ id: request.newCallId(), tool, input }));
  return { text: next.text, calls, raw: null, suggestions: [], usage };
}
