// A field of the definition that the container runtime does not take: its own words and the definition agree, which proves it.

import type { Facts } from '../facts/facts.ts';
import { refusedField } from '../facts/refused-field.ts';
import { differs, workingRevision } from '../facts/revisions.ts';
import { tidy } from '../network/peer.ts';
import { counted, found, type Judgement, type Rule, silent } from './rule.ts';
import { rollbackFix } from './service-fixes.ts';

export const refusedFieldRules: readonly Rule[] = [
  { class: 'invalid-task-definition', needs: ['tasks', 'task-definition'], judge: refusedByRuntime },
];

function refusedByRuntime(facts: Facts): Judgement {
  const hits = facts.failed.flatMap((task) => refusedField(task) ?? []);
  const [first] = hits;
  if (first === undefined) return silent;
  const { task, container, path, value, words, ofHost, evidence } = first;
  const field = path.slice(1).replace(/\[\d+\]/g, '');
  const [top = ''] = field.split('.');
  const earlier = workingRevision(facts, task, container);
  const key = top as keyof NonNullable<typeof container.definition>['value'];
  const changed =
    earlier?.container !== undefined && differs(earlier.container[key], container.definition?.value[key]);
  const ran = facts.tasks.some((one) => one.revision === task.revision && one.startedAtMs !== undefined);
  return found({
    // A host that takes the same revision shows that the field alone does not decide.
    verdict: ran ? 'likely' : 'proven',
    title: `Container ${container.name} cannot be started with what ${task.revision} sets as ${field}: ${tidy(value, 80)}.`,
    explanation: `The container runtime says: "${tidy(words, 240)}" It is so in ${counted(hits.length, 'task')} of ${task.revision}.${changed ? ` ${earlier.revision}, which runs, has another ${top}.` : ''} A revision cannot be changed: register a corrected one and deploy it${ofHost ? ', or give the hosts what it names' : ''}.`,
    evidence,
    culprits: [task.revision],
    fixes: rollbackFix(facts),
  });
}
