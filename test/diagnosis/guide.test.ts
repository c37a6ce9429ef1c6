import { expect, it } from 'vitest';
import { awsActions } from '../../src/contract/aws.ts';
import { causeClasses } from '../../src/contract/finding.ts';
import { causeNotes } from '../../src/diagnosis/explain/cause-table.ts';
import { causeGuide, isBeyondProof } from '../../src/diagnosis/guide/cause-guide.ts';
import { allRules } from '../../src/diagnosis/rules/all-rules.ts';
import { causes } from '../accounts/all.ts';

it('there is a guide to every cause, and no other', () => {
  const named = causeClasses.filter((name) => name !== 'healthy' && name !== 'unknown');
  expect(Object.keys(causeGuide).sort()).toEqual([...named].sort());
});

it('what the guide calls not provable is what no account can prove', () => {
  const unprovable = causes.filter(({ verdict }) => verdict === 'likely').map((one) => one.class);
  const guided = Object.entries(causeGuide).filter(([, guide]) => isBeyondProof(guide));
  expect(guided.map(([name]) => name).sort()).toEqual([...unprovable].sort());
});

it('every text is a short sentence or two', () => {
  for (const [name, guide] of Object.entries(causeGuide))
    for (const text of [guide.what, guide.recognise, guide.proof, guide.fix]) {
      expect(text, name).toMatch(/^\S.*\.$/su);
      expect(text.length, name).toBeLessThan(300);
    }
});

/** What of an account a rule reads, by the AWS service that a note sends people to. */
const looksAt: Readonly<Record<string, RegExp>> = {
  capacity: /ContainerInstances|autoscaling:|CapacityProviders|ec2:DescribeInstance/,
  scaling: /application-autoscaling:/,
  targets: /Target/,
};

it('a note sends people where the rule itself looks', () => {
  for (const rule of allRules) {
    const note = causeNotes[rule.class].confirmWith.join(' ');
    for (const [need, pattern] of Object.entries(looksAt))
      if (rule.needs[0] === need || (rule.needs.length === 1 && rule.needs.some((one) => one === need)))
        expect(note, `${rule.class} needs ${need}`).toMatch(pattern);
  }
});

it('a note sends people to actions that read', () => {
  const known = new Set<string>(awsActions);
  for (const [name, note] of Object.entries(causeNotes))
    for (const line of note.confirmWith) {
      const action = /^[a-z0-9-]+:[A-Z]\w+/.exec(line)?.[0] ?? '';
      if (known.has(action)) expect(action, name).toMatch(/:(?:Describe|Get|List|Lookup|Batch|Simulate)/);
    }
});
