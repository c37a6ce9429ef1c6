// A task definition that nothing can run: decided from its own fields, once no task of it has ever run. What is refused when it is registered
// never becomes a revision; see refused-requests.ts for that.

import { below } from '../evidence.ts';
import { definitionDefects, loggerDefects } from '../facts/definition-defects.ts';
import type { Facts } from '../facts/facts.ts';
import { runsOnHosts, waitsForPlace } from '../facts/further.ts';
import { found, type Judgement, listed, type Rule, refuted, silent } from './rule.ts';
import { rollbackFix } from './service-fixes.ts';

export const definitionRules: readonly Rule[] = [
  { class: 'invalid-task-definition', needs: ['service', 'tasks', 'task-definition'], judge: cannotRun },
];

/** ECS's words when it looks at the definition itself. */
const SAID =
  /PlatformTaskDefinitionIncompatibility|requested capabilities are not supported|No Fargate configuration exists|incompatible with the (?:launch type|capacity provider)|not (?:supported|compatible) (?:with|on) Fargate|\bawslogs-[a-z-]{1,40} is required/i;

function cannotRun(facts: Facts): Judgement {
  const { service, bundle } = facts;
  const arn = service.primary?.taskDefinitionArn;
  const definition = bundle.taskDefinitions.items.find(({ value }) => value.taskDefinitionArn === arn);
  if (definition === undefined || arn === undefined || !waitsForPlace(facts)) return silent;
  const own = facts.tasks.filter(({ observed }) => observed.value.taskDefinitionArn === arn);
  // Whatever came as far as its image, its secrets or its program has passed this.
  const begun = own.some(
    ({ kind, startedAtMs, stopped }) => startedAtMs !== undefined || (!stopped && kind !== 'start'),
  );
  const passed = facts.starts.some(
    ({ phase, whole }) => phase !== 'other' && phase !== 'container' && !SAID.test(whole),
  );
  const complaint = facts.complaints.find(({ message }) => SAID.test(message));
  const start = facts.starts.find(({ whole }) => SAID.test(whole));
  const said = [...(complaint === undefined ? [] : [complaint.at]), ...(start?.evidence ?? [])];
  const quoted = (complaint?.message ?? start?.text ?? '').slice(0, 240);
  const defects = [
    ...(/awslogs-/.test(quoted) ? loggerDefects(definition.value) : []),
    ...definitionDefects(definition.value, runsOnHosts(facts) ? 'hosts' : 'fargate'),
  ];
  if (begun || passed)
    return defects.length === 0 ? silent : refuted(`Tasks of ${service.primary?.revision} came to run.`);
  const revision = service.primary?.revision ?? arn;
  if (defects.length === 0)
    return said.length === 0
      ? silent
      : found({
          verdict: 'likely',
          title: `${revision} asks for something that cannot be run where ${service.name} runs.`,
          explanation: `AWS says: "${quoted}"`,
          evidence: [...said, below(definition, '')],
          culprits: [revision],
          fixes: rollbackFix(facts),
        });
  return found({
    verdict: 'proven',
    title: `No task of ${revision} can be started: ${defects[0]?.says ?? ''}.`,
    explanation: `${defects.length === 1 ? 'That is' : `It is so in several ways: ${listed(defects.map(({ says }) => says))}. All of it is`} in the task definition itself, so no other attempt will do better.${quoted === '' ? '' : ` AWS says: "${quoted}"`} A revision cannot be changed: register a corrected one and deploy it.`,
    evidence: [...defects.map(({ path }) => below(definition, path)), ...said],
    culprits: [revision],
    fixes: rollbackFix(facts),
  });
}
