// What a proposal card says. Everything above the seal comes from the bytes the node signed, never from a model.
// The card keeps its place in every state; only head, outcome and foot change.

import type { Person } from '../../contract/api.ts';
import type { Finding, ProposedCall } from '../../contract/finding.ts';
import type {
  ProposalDocument,
  ProposalState,
  SignedProposal,
  SuccessTest,
} from '../../contract/proposal.ts';
import { doesFix } from '../../contract/unrepaired.ts';
import type { ProposalCard } from './conversation.ts';
import { clockSeconds, clockTime, count, duration, type Tone } from './words.ts';

export interface ProposalHead {
  /** Classes of the gate: how its leaves stand. */
  readonly gate: string;
  readonly tone: Tone;
  readonly state: string;
  /** What became of it, and whether anything ran. */
  readonly outcome: readonly string[];
  readonly quote: string | null;
}

/** Head and outcome of a card at the moment `now`. */
export function proposalHead(card: ProposalCard, now: number): ProposalHead {
  const state = card.state === 'pending' && now >= card.view.document.exp ? 'expired' : card.state;
  const { gate, tone } = look[state];
  return {
    gate: state === 'pending' && approvalsOf(card) > 0 ? 'open-a' : gate,
    tone,
    ...wordsOf(card, state),
  };
}

const look: Readonly<Record<ProposalState, { gate: string; tone: Tone }>> = {
  pending: { gate: '', tone: 'wait' },
  approved: { gate: 'open-a open-b flowing', tone: 'run' },
  claimed: { gate: 'open-a open-b passing', tone: 'run' },
  done: { gate: 'open-a open-b passed', tone: 'ok' },
  failed: { gate: 'open-a open-b refused', tone: 'bad' },
  unknown: { gate: 'unknown', tone: 'wait' },
  denied: { gate: 'planked', tone: 'off' },
  expired: { gate: 'faded', tone: 'off' },
  superseded: { gate: 'faded', tone: 'off' },
  stale: { gate: 'uneven', tone: 'wait' },
  voided: { gate: 'faded', tone: 'off' },
};

function wordsOf(
  card: ProposalCard,
  state: ProposalState,
): Pick<ProposalHead, 'state' | 'outcome' | 'quote'> {
  const { outcome } = card;
  const at = outcome === null ? '' : ` at ${clockSeconds(outcome.at)}`;
  const detail = outcome?.detail ?? '';
  const approval = card.decisions.findLast(({ decision }) => decision === 'approve');
  const by = approval === undefined ? '' : `Approved by ${approval.person} at ${clockSeconds(approval.at)}.`;
  const denial = card.decisions.findLast(({ decision }) => decision === 'deny');
  switch (state) {
    case 'pending': {
      const wanted = card.view.document.quorum.approvals;
      const got = approvalsOf(card);
      return {
        state: got > 0 ? `${got} of ${wanted} approvals` : 'Waiting for you',
        outcome: [],
        quote: null,
      };
    }
    case 'approved':
      return said(
        'Approved, on its way to the node',
        by,
        'The node checks it against its own bytes and the live state.',
      );
    case 'claimed':
      return said(
        'Running',
        by,
        'One call, one attempt. If contact is lost now, the outcome is read from AWS; it is not repeated.',
      );
    case 'done':
      return said(
        `Done${at}`,
        by,
        detail,
        outcome?.awsRequestId == null ? '' : `AWS request ${outcome.awsRequestId}.`,
      );
    case 'failed':
      return said(
        outcome?.error == null ? 'Failed' : 'AWS refused the call',
        by,
        failure(card),
        'Nothing changed.',
      );
    case 'unknown':
      return said('Outcome unknown', by, detail || 'The node lost contact after the call was sent.');
    case 'denied':
      return {
        state: `Denied${denial === undefined ? '' : ` by ${denial.person}`}`,
        outcome: ['Nothing ran.'],
        quote: denial?.reason || null,
      };
    case 'expired': {
      const { iat, exp } = card.view.document;
      return said(`Expired at ${clockTime(exp)}`, `Nobody decided in ${duration(exp - iat)}. Nothing ran.`);
    }
    case 'superseded':
      return said('Replaced', detail || 'A newer proposal took its place. Nothing ran.');
    case 'stale':
      return said('Out of date', detail || sentence(STALE), 'Nothing ran.');
    case 'voided':
      return said('Withdrawn', detail || 'The node restarted or withdrew it.', 'Nothing ran.');
  }
}

const STALE = 'the account changed after it was prepared';

/** What a list says of a proposal that no longer waits: its state, who approved it, and whether anything ran. */
export function listWords(card: ProposalCard, now: number): string {
  const { state } = proposalHead(card, now);
  if (card.state === 'stale') return `${state}: ${STALE}; nothing ran`;
  const people = card.decisions.filter(({ decision }) => decision === 'approve').map(({ person }) => person);
  return people.length === 0 ? state : `${state}, approved by ${people.join(' and ')}`;
}

function sentence(words: string): string {
  return `${words.charAt(0).toUpperCase()}${words.slice(1)}.`;
}

function said(state: string, ...outcome: string[]): Pick<ProposalHead, 'state' | 'outcome' | 'quote'> {
  // A detail from the node may already say the closing sentence.
  const sentences = outcome.filter(
    (sentence, at) => sentence !== '' && !outcome.slice(0, at).some((one) => one.includes(sentence)),
  );
  return { state, outcome: sentences, quote: null };
}

function failure(card: ProposalCard): string {
  const error = card.outcome?.error;
  return error == null ? (card.outcome?.detail ?? '') : `${error.code}: ${error.message}`;
}

function approvalsOf(card: ProposalCard): number {
  const given = card.decisions.filter(({ decision }) => decision === 'approve').length;
  return Math.max(given, card.outcome?.approvals ?? 0);
}

/** `4 of 4 tasks running and healthy within 10 minutes`. */
export function successWords(test: SuccessTest): string {
  if (test.kind === 'none') return `No test: ${test.because}`;
  return `${test.running} of ${test.running} tasks running and healthy within ${duration(test.withinMs)}`;
}

/** `1 approval.` and what the level asks for. */
export function needsWords(document: ProposalDocument): string {
  const how = { click: '', passkey: ' with a passkey', independent: ' with a key enrolled at the node' }[
    document.assuranceMin
  ];
  return `${count(document.quorum.approvals, 'approval')}${how}`;
}

/**
 * The fix of a finding that a change is: its tool, with what the fix asks for, on what has to change. An undo or a change asked for on
 * other grounds must not carry the finding as its reason.
 */
export function fixBehind(document: ProposalDocument, finding: Finding): ProposedCall | null {
  const touched = JSON.stringify([document.targets, document.args]);
  const isTouched = finding.culprits.some((culprit) => culprit !== '' && touched.includes(culprit));
  return isTouched ? (finding.fixes.find((fix) => doesFix(document, fix)) ?? null) : null;
}

/** Why this person cannot approve here, or null when they can. */
export function cannotApprove(document: ProposalDocument, person: Person): string | null {
  if (document.assuranceMin !== 'click') return 'this change is approved in a terminal';
  if (document.quorum.exclude.includes(person.id)) return 'you asked for it';
  if (!person.roles.includes('approver')) return 'you are not an approver';
  return null;
}

/**
 * The document inside the signed bytes, or null when they do not hold one. The card is drawn from this, so that what is
 * read is what is approved.
 */
export function signedDocument(signed: SignedProposal): ProposalDocument | null {
  const bytes = signedBytes(signed);
  if (bytes === null) return null;
  try {
    const document: unknown = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
    const whole =
      typeof document === 'object' && document !== null && 'display' in document && 'call' in document;
    // The hub has parsed these bytes with the contract's shape; the card needs the same shape again from the bytes themselves.
    return whole ? (document as ProposalDocument) : null;
  } catch {
    return null;
  }
}

/** The exact bytes a proposal's digest is taken over, or null when they are not base64url. */
export function signedBytes(signed: SignedProposal): Uint8Array<ArrayBuffer> | null {
  try {
    const raw = atob(signed.bytes.replaceAll('-', '+').replaceAll('_', '/'));
    return Uint8Array.from(raw, (char) => char.charCodeAt(0));
  } catch {
    return null;
  }
}

/** A digest as hexadecimal text, for comparing it with the one an approval names. */
export function hex(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
}
