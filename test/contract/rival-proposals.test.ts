// Changes of the same thing that wait, whichever conversation they are of.

import { describe, expect, it } from 'vitest';
import type { ProposalDocument, ProposalState } from '../../src/contract/proposal.ts';
import { rivalsOf } from '../../src/contract/rival-proposals.ts';
import { documentWith } from '../approval/fixtures.ts';

const NOW_MS = 10_000;
const arn = 'arn:aws:ecs:us-east-1:123456789012:service/c/web';
const waiting = (id: string, document: Partial<ProposalDocument>, state: ProposalState = 'pending') => ({
  id,
  state,
  document: documentWith({ args: {}, ...document }),
});
const healing = (service: string): Partial<ProposalDocument> => {
  const { display } = documentWith();
  const success = { kind: 'service-steady', cluster: 'c', service, running: 1, withinMs: 1 } as const;
  return { targets: [`sg-of-${service}`], display: { ...display, success } };
};
const scale = waiting('prop_a', { targets: [arn], args: { cluster: 'c', service: 'web' } });
const ids = (...others: ReturnType<typeof waiting>[]) =>
  rivalsOf(scale, [scale, ...others], NOW_MS).map(({ id }) => id);

describe('the rivals of a change', () => {
  it('are those with the same target, of the same service, and those meant to heal it', () => {
    expect(ids(waiting('prop_b', { targets: [arn] }))).toEqual(['prop_b']);
    const bounds = {
      targets: ['service/c/web'],
      args: { cluster: 'arn:aws:ecs:x:1:cluster/c', service: arn },
    };
    expect(ids(waiting('prop_b', bounds))).toEqual(['prop_b']);
    expect(ids(waiting('prop_b', healing('web')))).toEqual(['prop_b']);
  });

  it('are none that touch something else, are elsewhere, or can no longer be decided', () => {
    const same = { targets: [arn] };
    expect(
      ids(
        waiting('prop_b', healing('other')),
        waiting('prop_c', { ...same, account: '999999999999' }),
        waiting('prop_d', { ...same, region: 'eu-west-1' }),
        waiting('prop_e', same, 'done'),
        waiting('prop_f', { ...same, exp: NOW_MS }),
      ),
    ).toEqual([]);
  });
});
