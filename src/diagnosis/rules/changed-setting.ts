// A setting of the new revision that holds just what its log complains of: the address it cannot reach where the running revision has another,
// or keys of AWS that are refused. Values stay where they are; of an address host and port are told.

import type { EvidenceRef } from '../../contract/finding.ts';
import { below } from '../evidence.ts';
import { namedDestinations } from '../facts/environment.ts';
import type { Facts } from '../facts/facts.ts';
import { logsOf } from '../facts/last-words.ts';
import { plainLine } from '../facts/log-lines.ts';
import { type Earlier, workingRevision } from '../facts/revisions.ts';
import type { ContainerFacts, TaskFacts } from '../facts/tasks.ts';
import { tidy } from '../network/peer.ts';
import { counted, found, type Judgement, type Rule, silent } from './rule.ts';
import { rollbackFix } from './service-fixes.ts';

export const changedSettingRules: readonly Rule[] = [
  { class: 'app-config-error', needs: ['tasks', 'logs', 'task-definition'], judge: otherAddress },
  { class: 'app-config-error', needs: ['tasks', 'logs', 'task-definition'], judge: refusedKeys },
];

interface Failing {
  readonly task: TaskFacts;
  readonly container: ContainerFacts;
}

function failing({ failed }: Facts): Failing[] {
  return failed.flatMap((task) => (task.culprit === undefined ? [] : [{ task, container: task.culprit }]));
}

/** The variable that names what was not reached, and the running revision has another host or port in it. */
function otherAddress(facts: Facts): Judgement {
  for (const dependency of facts.dependencies) {
    const { attempt, named } = dependency;
    if (attempt === undefined || named === undefined || attempt.host !== named.host) continue;
    // Where the way there is shut, the address may be right.
    if (facts.blocks.some((block) => block.dependency === dependency)) continue;
    const one = failing(facts).find(({ task }) => attempt.tasks.includes(task.arn));
    const earlier = one === undefined ? undefined : workingRevision(facts, one.task, one.container);
    const before = addressIn(earlier, named.variable);
    if (one === undefined || earlier === undefined || before === undefined) continue;
    const [was, is] = [`${before.host}:${before.port ?? ''}`, `${named.host}:${named.port ?? ''}`];
    if (was === is || (attempt.port !== undefined && attempt.port !== named.port)) continue;
    const place = (text: string) => tidy(text.replace(/:$/, ''), 200);
    const { known, at } = databaseAt(facts, before.host);
    return found({
      verdict: known && attempt.kind === 'unresolved' ? 'proven' : 'likely',
      title: `${one.task.revision} has another address in ${named.variable}, and what it names is not reached.`,
      explanation: `${named.variable} names ${place(is)} in ${one.task.revision} and ${place(was)} in ${earlier.revision}, which runs${known ? ' and whose host RDS shows' : ''}. The log of ${counted(attempt.tasks.length, 'task')} says "${attempt.text}". Correct the variable in a new revision, or go back.`,
      evidence: [...attempt.evidence, named.at, below(earlier.definition, '.containerDefinitions'), ...at],
      culprits: [one.task.revision],
      fixes: rollbackFix(facts),
    });
  }
  return silent;
}

function addressIn(earlier: Earlier | undefined, variable: string) {
  if (earlier?.container === undefined) return undefined;
  return namedDestinations({ value: earlier.container, at: earlier.definition.at }).find(
    (one) => one.variable === variable,
  );
}

/** Whether a database of the account has this very host name. */
function databaseAt({ bundle }: Facts, host: string): { known: boolean; at: readonly EvidenceRef[] } {
  const database = bundle.network.databases?.items.find(({ value }) => value.host.toLowerCase() === host);
  return database === undefined ? { known: false, at: [] } : { known: true, at: [database.at] };
}

/** Variables from which AWS SDKs take keys, before they ask for those of the task role (AWS SDKs and Tools Reference Guide). */
const KEY_VARIABLES: ReadonlySet<string> = new Set([
  'AWS_ACCESS_KEY_ID',
  'AWS_SECRET_ACCESS_KEY',
  'AWS_SESSION_TOKEN',
]);
/** AWS's codes for keys it does not know, or a signature that does not fit them. */
const KEYS_REFUSED =
  /\b(?:InvalidAccessKeyId|InvalidClientTokenId|UnrecognizedClientException|SignatureDoesNotMatch|InvalidSignatureException|IncompleteSignature|ExpiredToken(?:Exception)?)\b|security token included in the request is (?:invalid|expired)/i;
const LINES_READ = 60;

function refusedKeys(facts: Facts): Judgement {
  for (const { task, container } of failing(facts)) {
    const { definition } = container;
    const own = definition?.value;
    const keys = [...(own?.environment ?? []), ...(own?.secrets ?? [])]
      .flatMap(({ name }) => name ?? [])
      .filter((name) => KEY_VARIABLES.has(name));
    if (definition === undefined || keys.length === 0 || task.kind !== 'exit') continue;
    const said = logsOf(facts, task, container.name).flatMap((log) =>
      log.lines
        .slice(-LINES_READ)
        .filter(({ text }) => KEYS_REFUSED.test(plainLine(text, 1_000)))
        .map(({ text, path }) => ({ text: plainLine(text, 1_000), at: { id: log.evidence, path } })),
    );
    const last = said.at(-1);
    if (last === undefined) continue;
    const earlier = workingRevision(facts, task, container);
    const before = [...(earlier?.container?.environment ?? []), ...(earlier?.container?.secrets ?? [])];
    const isNew = earlier !== undefined && !before.some(({ name }) => KEY_VARIABLES.has(name ?? ''));
    return found({
      verdict: 'likely',
      title: `AWS refuses the keys that ${task.revision} sets in ${keys[0]}.`,
      explanation: `Its log says "${tidy(last.text, 240)}". ${task.revision} sets ${keys.join(', ')}, and an AWS SDK takes those before the credentials of the task role.${isNew ? ` ${earlier.revision}, which runs, sets none.` : ''} Take the variables out where the task role is meant; otherwise give keys that are valid.`,
      evidence: [last.at, below(definition, '.environment'), below(container.observed, '.exitCode')],
      culprits: [task.revision],
      fixes: rollbackFix(facts),
    });
  }
  return silent;
}
