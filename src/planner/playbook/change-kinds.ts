// The kinds of changes that people name when they want one taken back: "undo the scaling", "revert that rule".

import type { ProposalView } from '../../contract/proposal.ts';

/** What of a conversation's changes a message names, when it names one. */
export const changeKinds: readonly {
  readonly called: string;
  readonly asked: RegExp;
  readonly is: (proposal: ProposalView) => boolean;
}[] = [
  {
    called: 'scaling',
    asked: /\bscal\w*|\b(?:desired |task )?counts?\b|\bnumber of tasks\b|\b(?:upsiz|downsiz)\w*/i,
    is: ({ document }) => document.args.desired_count !== undefined || /scal/.test(document.tool),
  },
  {
    called: 'rule',
    asked: /\brules?\b|\bsecurity groups?\b|\bports?\b|\begress\b|\bingress\b|\bacl\b/i,
    is: ({ document }) => /security_group|network_acl/.test(document.tool),
  },
  {
    called: 'restart',
    asked: /\brestart\w*|\bredeploy\w*/i,
    is: ({ document }) => document.args.force_new_deployment === true,
  },
];

/** True when a message names a kind of change that is none of a revision. */
export function namesChange(text: string): boolean {
  return changeKinds.some(({ asked }) => asked.test(text)) || /\b(?:change|fix|repair)\b/i.test(text);
}
