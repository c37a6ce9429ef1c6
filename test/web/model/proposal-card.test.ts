// What a proposal card says in each of its states, and that it is drawn from the signed bytes.

import { describe, expect, it } from 'vitest';
import type { ProposalOutcome, ProposalState } from '../../../src/contract/proposal.ts';
import type { ProposalCard } from '../../../src/web/model/conversation.ts';
import {
  cannotApprove,
  fixBehind,
  listWords,
  needsWords,
  proposalHead,
  signedDocument,
  successWords,
} from '../../../src/web/model/proposal-card.ts';
import { breakable } from '../../../src/web/model/words.ts';
import { proposal } from '../support/change.ts';
import { finding } from '../support/findings.ts';

const at = 1_800_000_000_000;

function cardIn(state: ProposalState, outcome: Partial<ProposalOutcome> = {}): ProposalCard {
  const view = proposal(at);
  const full = {
    proposal: view.id,
    state,
    at,
    detail: '',
    awsRequestId: null,
    error: null,
    approvals: 0,
    ...outcome,
  };
  return { view, state, outcome: state === 'pending' ? null : full, decisions: [] };
}

describe('a proposal card', () => {
  it.each<[ProposalState, string, RegExp]>([
    ['pending', 'Waiting for you', /^$/],
    ['approved', 'Approved, on its way to the node', /checks it against its own bytes/],
    ['claimed', 'Running', /One call, one attempt/],
    ['stale', 'Out of date', /Nothing ran/],
    ['voided', 'Withdrawn', /Nothing ran/],
    ['superseded', 'Replaced', /Nothing ran/],
    ['expired', 'Expired', /Nobody decided in 15 min\. Nothing ran/],
    ['denied', 'Denied', /Nothing ran/],
    ['unknown', 'Outcome unknown', /lost contact/],
    ['failed', 'Failed', /Nothing changed/],
  ])('in state %s says "%s" and whether anything ran', (state, words, outcome) => {
    const head = proposalHead(cardIn(state), at);
    expect(head.state).toMatch(new RegExp(`^${words}`));
    expect(head.outcome.join(' ')).toMatch(outcome);
  });

  it('says in a list that an approved change ran into a changed account, and who approved one that ran', () => {
    const approval = { decision: 'approve', person: 'Mira', at, reason: null, via: 'console' } as const;
    const stale = cardIn('stale');
    expect(listWords(stale, at)).toBe('Out of date: the account changed after it was prepared; nothing ran');
    stale.decisions = [approval];
    expect(listWords(stale, at)).toBe('Out of date: the account changed after it was prepared; nothing ran');
    expect(proposalHead(stale, at).outcome.join(' ')).toBe(
      'The account changed after it was prepared. Nothing ran.',
    );
    const done = cardIn('done');
    done.decisions = [approval];
    expect(listWords(done, at)).toMatch(/^Done at .*, approved by Mira$/);
    expect(listWords(cardIn('superseded'), at)).toBe('Replaced');
  });

  it('has expired once its time is over, whatever the hub has said so far', () => {
    const card = cardIn('pending');
    expect(proposalHead(card, card.view.document.exp - 1).state).toBe('Waiting for you');
    expect(proposalHead(card, card.view.document.exp).state).toMatch(/^Expired/);
  });

  it('names the AWS request of a change that was made and the error of one that AWS refused', () => {
    expect(proposalHead(cardIn('done', { awsRequestId: '4f0cd2' }), at).outcome.join(' ')).toContain(
      '4f0cd2',
    );
    const failed = proposalHead(
      cardIn('failed', {
        error: { code: 'InvalidPermission.Duplicate', message: 'the rule already exists' },
      }),
      at,
    );
    expect(failed.state).toBe('AWS refused the call');
    expect(failed.outcome.join(' ')).toContain('InvalidPermission.Duplicate: the rule already exists');
  });

  it('keeps the reason of a denial as a quotation', () => {
    const card = {
      ...cardIn('denied'),
      decisions: [
        { decision: 'deny' as const, person: 'Jonas', at, reason: 'Use terraform.', via: 'console' },
      ],
    };
    expect(proposalHead(card, at)).toMatchObject({ state: 'Denied by Jonas', quote: 'Use terraform.' });
  });

  it('does not say twice that nothing ran', () => {
    const outcome = proposalHead(
      cardIn('stale', { detail: 'The rules changed at 03:09. Nothing ran.' }),
      at,
    ).outcome.join(' ');
    expect(outcome.match(/Nothing ran/g)).toHaveLength(1);
  });

  it('says why somebody cannot approve, and nothing when they can', () => {
    const person = { id: 'person_mira', name: 'Mira', roles: ['approver'] };
    const { document } = proposal(at);
    expect(cannotApprove(document, person)).toBeNull();
    expect(cannotApprove(document, { ...person, roles: ['operator'] })).toBe('you are not an approver');
    expect(cannotApprove({ ...document, quorum: { approvals: 1, exclude: [person.id] } }, person)).toBe(
      'you asked for it',
    );
    expect(cannotApprove({ ...document, assuranceMin: 'passkey' }, person)).toMatch(/terminal/);
  });

  it('reads the document out of the signed bytes and refuses bytes that hold none', () => {
    const view = proposal(at);
    expect(signedDocument(view.signed)).toEqual(view.document);
    expect(signedDocument({ ...view.signed, bytes: 'bm90IGpzb24' })).toBeNull();
    expect(signedDocument({ ...view.signed, bytes: '***' })).toBeNull();
  });

  it('carries a finding as its reason only when the finding asks for this very change', () => {
    const { document } = proposal(at);
    expect(fixBehind(document, finding)).not.toBeNull();
    expect(fixBehind({ ...document, tool: 'ec2_revoke_security_group_egress' }, finding)).toBeNull();
    expect(fixBehind({ ...document, targets: ['sg-of-another-service'] }, finding)).toBeNull();
    expect(fixBehind(document, { ...finding, fixes: [] })).toBeNull();
    const [fix] = finding.fixes;
    const other = { ...fix!, input: { ...fix!.input, from_port: 1 } };
    expect(fixBehind(document, { ...finding, fixes: [other] })).toBeNull();
  });

  it('words the test and the need', () => {
    const { document } = proposal(at);
    expect(successWords(document.display.success)).toBe('4 of 4 tasks running and healthy within 10 min');
    expect(needsWords({ ...document, assuranceMin: 'passkey', quorum: { approvals: 2, exclude: [] } })).toBe(
      '2 approvals with a passkey',
    );
  });
});

describe('a long name in a narrow cell', () => {
  it('may go on after a separator and loses nothing', () => {
    const image = '123456789012.dkr.ecr.us-east-1.amazonaws.com/my-web-service:2.13.4';
    expect(breakable('my-web-service:42')).toEqual(['my-web-service:', '42']);
    expect(breakable(image).join('')).toBe(image);
    expect(breakable('unchanged')).toEqual(['unchanged']);
    expect(breakable('')).toEqual(['']);
  });
});
