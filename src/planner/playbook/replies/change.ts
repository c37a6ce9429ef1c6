// The step that every change takes: ask for the call of a change tool once, then say what became of it.
// The playbook never decides a change; it names the call, and people decide the proposal the node prepares from it.

import type { ProposalView } from '../../../contract/proposal.ts';
import { doesFix, leftUnrepaired } from '../../../contract/unrepaired.ts';
import { canonicalJson, type Json } from '../../../kernel/canonical-json.ts';
import { takenAs } from '../taken.ts';
import { type Next, problemText, quoted, resultOf, say, type View, type WantedCall } from '../view.ts';
import { causes, citeFinding, OFFER_STATUS } from '../words.ts';
import { outcome } from './outcome.ts';
import { secondStep } from './second-step.ts';

/** Asks for `wanted`, or tells its outcome when it has one. `why` is shown beside the waiting proposal. */
export function change(view: View, wanted: WantedCall, why: string): Next {
  const result = resultOf(view, wanted);
  if (result === undefined) {
    const { waiting } = view.context;
    if (waiting !== null && doesFix(waiting.document, wanted)) return stillWaiting(waiting);
    const other = otherWaiting(view, wanted);
    if (other !== undefined) return decideFirst(other);
    return {
      kind: 'calls',
      calls: [wanted],
      text: [
        takenAs(view, wanted.input),
        why,
        leftOpen(view, wanted),
        'This is the change. Nothing runs until it is approved.',
      ]
        .filter((part) => part !== '')
        .join('\n\n'),
    };
  }
  if (result.status === 'changed' || result.status === 'proposed') {
    const then = secondStep(view, wanted, result.proposal);
    if (then?.kind === 'read') return { kind: 'calls', calls: [then.call], text: '' };
    return then === undefined ? outcome(result.proposal) : change(view, then.call, then.why);
  }
  if (result.status === 'ok') return say('Nothing was changed.', [OFFER_STATUS]);
  const lead = result.error.code === 'change-unneeded' ? '' : 'Nothing ran. ';
  return say(`${lead}${problemText(result)}`, [OFFER_STATUS]);
}

/** What is proven of the service and stays so; empty when nothing is, or when the change repairs it. */
function leftOpen({ context: { diagnosis } }: View, { tool, input }: WantedCall): string {
  if (diagnosis === null) return '';
  const { name, cluster, desired } = diagnosis.value.service;
  if (input.service !== name || input.cluster !== cluster) return '';
  const [cause] = causes(diagnosis.value.findings);
  const left = cause === undefined ? null : leftUnrepaired({ tool, args: input, desired }, cause);
  return cause === undefined || left === null
    ? ''
    : `${quoted(left)}${citeFinding(cause, diagnosis.evidence)}`;
}

/** How a change that waits is approved; a message does not do it. */
export function stillWaiting({ id }: ProposalView): Next {
  return say(
    `This waits for approval: use its card, or run \`npx lockkeeper approvals approve ${id}\`. A message does not approve.`,
    [OFFER_STATUS],
  );
}

/** A change of the same thing that waits already: when one of the two has run, the other was worked out against a state that is gone. */
function otherWaiting({ context, nowMs, done }: View, wanted: WantedCall): ProposalView | undefined {
  const object = objectOf(wanted.tool, wanted.input);
  return context.proposals.findLast(
    ({ state, document, call }) =>
      state === 'pending' &&
      document.exp > nowMs &&
      !done.some((one) => one.call.id === call) &&
      object !== null &&
      objectOf(document.tool, document.args) === object,
  );
}

function decideFirst({ id, document }: ProposalView): Next {
  return say(
    [
      `Not prepared: another change of the same thing waits already, **${quoted(document.display.title)}**. Once one of them has run, the other no longer fits the state.`,
      `Decide that change first: on its card, or with \`npx lockkeeper approvals approve ${id}\` or \`npx lockkeeper approvals deny ${id}\`. Then ask again.`,
    ],
    ['What would this change?', OFFER_STATUS],
    'change-waits',
  );
}

/** What a change is made on: a service, a security group, a target group, a task. Null when its input names no such thing. */
function objectOf(tool: string, input: Readonly<Record<string, Json>>): string | null {
  const { cluster, service } = input;
  if (tool !== 'ecs_stop_task' && typeof cluster === 'string' && typeof service === 'string')
    return canonicalJson([cluster, service]);
  const name = OBJECT_FIELDS.find((field) => typeof input[field] === 'string');
  return name === undefined ? null : canonicalJson([name, input[name] ?? '']);
}

const OBJECT_FIELDS = ['group_id', 'target_group_arn', 'network_acl_id', 'task', 'vpc_id', 'group'] as const;
