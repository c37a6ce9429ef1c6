// Starts that failed at the container itself: the runtime answered that it cannot run what the task definition names.

import type { Facts } from '../facts/facts.ts';
import { aboutProgram } from '../facts/saying.ts';
import { counted, found, type Judgement, type Rule, silent } from './rule.ts';
import { subjectOf } from './start-rule.ts';

export const startRules: readonly Rule[] = [
  { class: 'entrypoint-invalid', needs: ['tasks', 'task-definition'], judge: cannotBeRun },
];

function cannotBeRun(facts: Facts): Judgement {
  const start = facts.starts.find(({ phase, whole }) => phase === 'container' && aboutProgram(whole));
  if (start === undefined) return silent;
  const alike = facts.failed.filter((task) => task.kind === 'start').length;
  return found({
    verdict: 'likely',
    title: `${subjectOf(facts)}: the command of the container cannot be run.`,
    explanation: `${counted(alike, 'task')} failed to start this way: "${start.text.slice(0, 240)}"`,
    evidence: start.evidence,
    cannotVerify: [{ what: 'what the image contains', missingAction: 'ecr:GetDownloadUrlForLayer' }],
  });
}
