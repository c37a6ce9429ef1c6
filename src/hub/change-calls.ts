// AWS calls that a node makes for an approved proposal, outside any running call: the state is read again, then the change.
// They are recorded like all others, in the conversation the proposal belongs to, and before they are sent.

import { isCommandLineOf } from '../catalog/cli-line.ts';
import type { AuditEntry } from '../contract/audit-event.ts';
import type { AwsCall, Evidence } from '../contract/call.ts';
import { fail } from '../contract/errors.ts';
import type { ProposalView } from '../contract/proposal.ts';
import { type LockkeeperError, messageOf } from '../kernel/errors.ts';
import { limits } from '../kernel/limits.ts';
import type { Logger } from '../kernel/log.ts';
import type { NodeReports } from '../link/port.ts';
import type { Store, Write } from '../store/port.ts';
import { originOf } from './decision-step.ts';

const OPEN_MAX = 1_000;

/** The two reports of the link that concern such calls. */
export function recordChangeCalls(ports: {
  readonly store: Store;
  readonly log: Logger;
}): Required<Pick<NodeReports, 'awsStarted' | 'awsFinished'>> {
  const open = new Map<string, { readonly aws: AwsCall; readonly proposal: ProposalView }>();

  async function started(node: string, aws: AwsCall): Promise<void> {
    const proposal = await proposalOf(ports.store, node, aws.call);
    // A node has no business with AWS that no call and no proposal of its own asked for.
    if (proposal === null || open.size >= OPEN_MAX || open.has(aws.id))
      throw refused(aws, 'it sends AWS requests that nobody asked for');
    if (!isCommandLineOf(aws.action, aws.cli))
      throw refused(aws, `an AWS call came under a command line that is none of ${aws.action.slice(0, 100)}`);
    await ports.store.commit(
      [append(proposal, { type: 'aws.started', aws })],
      [audit(proposal, { event: 'aws.started', aws, data: {} })],
    );
    open.set(aws.id, { aws, proposal });
  }

  async function finished(node: string, aws: AwsCall, evidence: Evidence | null): Promise<void> {
    const begun = open.get(aws.id);
    // Most often the late end of a read whose call was given up, such as when its node was replaced: nothing is made of it.
    if (begun === undefined || begun.proposal.node !== node)
      return ports.log.debug({ node, aws: aws.id }, 'an AWS call ended that nobody waits for');
    open.delete(aws.id);
    const { proposal } = begun;
    const belongs =
      evidence !== null &&
      evidence.aws === aws.id &&
      evidence.call === begun.aws.call &&
      Buffer.byteLength(evidence.body) <= limits.evidence.bytes;
    const kept = belongs ? evidence : null;
    const end: AwsCall = {
      ...begun.aws,
      status: aws.status,
      ms: aws.ms,
      error: aws.error,
      evidence: kept?.id ?? null,
    };
    const data = {
      status: aws.status,
      ms: aws.ms,
      evidence: kept?.id ?? null,
      ...(aws.error === null ? {} : { error: aws.error.code }),
    };
    await ports.store.commit(
      [
        ...(kept === null ? [] : [{ kind: 'evidence.save', evidence: kept } as const]),
        append(proposal, { type: 'aws.finished', aws: end }),
      ],
      [audit(proposal, { event: 'aws.finished', aws: begun.aws, data })],
    );
  }

  return {
    awsStarted: started,
    awsFinished(node, aws, evidence) {
      finished(node, aws, evidence).catch((error: unknown) => {
        ports.log.error(
          { node, aws: aws.id, error: messageOf(error) },
          'the end of an AWS call is not on record',
        );
      });
    },
  };
}

/** The live proposal of `node` that `call` made. */
function refused(aws: AwsCall, detail: string): LockkeeperError {
  return fail('node-answer-invalid', { tool: aws.call.slice(0, 64), detail });
}

async function proposalOf(store: Store, node: string, call: string): Promise<ProposalView | null> {
  for (const state of ['approved', 'claimed', 'pending', 'unknown'] as const) {
    const page = await store.proposals({ node, state }, null, limits.http.pageMax);
    const found = page.items.find((proposal) => proposal.call === call);
    if (found !== undefined) return found;
  }
  return null;
}

function append(
  proposal: ProposalView,
  event: { readonly type: 'aws.started' | 'aws.finished'; readonly aws: AwsCall },
): Write {
  return {
    kind: 'events.append',
    conversation: proposal.conversation,
    events: [{ turn: proposal.turn, ...event }],
  };
}

function audit(
  proposal: ProposalView,
  on: {
    readonly event: 'aws.started' | 'aws.finished';
    readonly aws: AwsCall;
    readonly data: NonNullable<AuditEntry['data']>;
  },
): AuditEntry {
  const { event, aws, data } = on;
  return {
    ...originOf(proposal),
    event,
    actor: { kind: 'node', id: proposal.node },
    cli: aws.cli,
    data: { aws: aws.id, action: aws.action, proposal: proposal.id, ...data },
  };
}
