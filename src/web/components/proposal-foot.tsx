// The foot of a pending proposal: Approve in two steps, Deny with a reason. The decision names the digest of what was shown.

import { Fragment, type JSX } from 'preact';
import { useCallback, useState } from 'preact/hooks';
import type { ProposalDocument } from '../../contract/proposal.ts';
import { type ApiError, asApiError } from '../api.ts';
import { useConsole } from '../context.ts';
import { type Arming, useArming } from '../hooks/use-arming.ts';
import type { Reading } from '../hooks/use-reading.ts';
import type { Verified } from '../hooks/use-verified.ts';
import type { ProposalCard } from '../model/conversation.ts';
import { cannotApprove } from '../model/proposal-card.ts';
import { visible } from '../model/words.ts';
import { CommandLine } from './command-line.tsx';
import { Gate } from './gate.tsx';
import { Icon } from './icon.tsx';
import { Modal } from './modal.tsx';

interface FootProps {
  readonly card: ProposalCard;
  readonly document: ProposalDocument;
  readonly verified: Verified;
  readonly reading: Reading;
}

/** Buttons and their reasons. */
export function ProposalFoot({ card, document, verified, reading }: FootProps): JSX.Element {
  const { api, me, refresh } = useConsole();
  const [denying, setDenying] = useState(false);
  const [sending, setSending] = useState(false);
  const [problem, setProblem] = useState<ApiError | null>(null);
  const mine = card.decisions.some(
    ({ decision, person }) =>
      decision === 'approve' && (person === me.person.id || person === me.person.name),
  );
  const reason =
    cannotApprove(document, me.person) ??
    (verified === 'mismatch' ? 'the bytes do not match' : mine ? 'you have approved it' : null);
  const decide = useCallback(
    (decision: 'approve' | 'deny', why: string | null): void => {
      setSending(true);
      setProblem(null);
      api
        .decide(card.view.id, { decision, digest: card.view.digest, reason: why })
        .then(refresh, (error: unknown) => {
          setSending(false);
          setProblem(asApiError(error));
        });
    },
    [api, card.view.id, card.view.digest, refresh],
  );
  const blocked = reason !== null || sending || verified === 'checking';
  return (
    <Fragment>
      {problem !== null && <Problem problem={problem} />}
      {document.assuranceMin !== 'click' && (
        <div class="elsewhere small muted">
          This change is approved in a terminal, which shows the node’s own text:
          <CommandLine text={`lockkeeper approvals approve ${card.view.id}`} label="Command that approves" />
        </div>
      )}
      <footer>
        <p class="only-phone small approves">
          <span class="faint">Approves</span> {visible(document.display.title)}
        </p>
        <ApproveButton
          reading={reading}
          blocked={blocked}
          reason={reason}
          sending={sending}
          onApprove={() => decide('approve', null)}
        />
        <button
          class="btn"
          type="button"
          data-action="deny"
          disabled={sending || !me.person.roles.includes('approver')}
          onClick={() => setDenying(true)}
        >
          Deny…<kbd class="hide-phone">D</kbd>
        </button>
      </footer>
      {denying && (
        <DenyDialog
          title={document.display.title}
          onClose={() => setDenying(false)}
          onDeny={(why) => {
            setDenying(false);
            decide('deny', why);
          }}
        />
      )}
    </Fragment>
  );
}

function Problem({ problem }: { problem: ApiError }): JSX.Element {
  return (
    <div class="banner bad" role="alert">
      <Icon name="bad" tone="bad" />
      <span>
        <b class="strong">{visible(problem.message)}</b> {visible(problem.next)}
      </span>
    </div>
  );
}

interface ApproveProps {
  readonly reading: Reading;
  readonly blocked: boolean;
  readonly reason: string | null;
  readonly sending: boolean;
  readonly onApprove: () => void;
}

function ApproveButton(props: ApproveProps): JSX.Element {
  const arming = useArming();
  if (props.sending) {
    return (
      <button class="btn primary" type="button" disabled>
        <Icon name="run" spin />
        Sending the decision
      </button>
    );
  }
  if (props.reason !== null) {
    return (
      <button class="btn" type="button" disabled>
        Approve <span class="faint">{props.reason}</span>
      </button>
    );
  }
  if (!props.reading.done) {
    return (
      <button class="btn primary" type="button" data-action="read" onClick={props.reading.readOn}>
        <Icon name="down" />
        Read the rest, then approve<kbd class="hide-phone">A</kbd>
      </button>
    );
  }
  if (arming.armed) return <ArmedButtons arming={arming} onApprove={props.onApprove} />;
  return (
    <button class="btn primary" type="button" data-action="arm" disabled={props.blocked} onClick={arming.arm}>
      <Icon name="key" />
      Approve<kbd class="hide-phone">A</kbd>
    </button>
  );
}

function ArmedButtons({ arming, onApprove }: { arming: Arming; onApprove: () => void }): JSX.Element {
  return (
    <Fragment>
      <button
        ref={arming.button}
        class="btn armed"
        type="button"
        data-action="approve"
        onBlur={arming.disarm}
        // A key that is held down repeats; approving takes a fresh press.
        onKeyDown={(event) => event.repeat && event.preventDefault()}
        onClick={() => {
          if (!arming.isSettled()) return;
          arming.disarm();
          onApprove();
        }}
      >
        <Icon name="key" />
        Press again to approve<kbd class="hide-phone">Enter</kbd>
      </button>
      <button
        class="btn"
        type="button"
        onMouseDown={(event) => event.preventDefault()}
        onClick={arming.disarm}
      >
        Step back<kbd class="hide-phone">Esc</kbd>
      </button>
    </Fragment>
  );
}

function DenyDialog(props: {
  title: string;
  onClose: () => void;
  onDeny: (reason: string | null) => void;
}): JSX.Element {
  const [reason, setReason] = useState('');
  return (
    <Modal label="Deny" onClose={props.onClose}>
      <form
        class="pad"
        onSubmit={(event) => {
          event.preventDefault();
          props.onDeny(reason.trim() === '' ? null : reason.trim());
        }}
      >
        <h3 class="row">
          <Gate state="planked" tone="off" />
          Deny “{visible(props.title)}”
        </h3>
        <label class="small muted">
          Reason, kept in the audit log
          <textarea
            autofocus
            maxLength={1_024}
            value={reason}
            onInput={(event) => setReason(event.currentTarget.value)}
          />
        </label>
        <div class="row">
          <button class="btn danger" type="submit">
            Deny
          </button>
          <button class="btn quiet" type="button" onClick={props.onClose}>
            Step back<kbd>Esc</kbd>
          </button>
        </div>
      </form>
    </Modal>
  );
}
