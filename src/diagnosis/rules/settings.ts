// Applications that end with an error of their own. The last lines of the container that ended first decide: a setting that is missing, a file,
// a limit. A missing setting is proven when the task definition really does not have it; any other complaint stays the application's word.

import type { EvidenceRef } from '../../contract/finding.ts';
import { below, type ContainerLog } from '../evidence.ts';
import type { SignalName } from '../explain/signals/all-signals.ts';
import type { Facts } from '../facts/facts.ts';
import {
  lastSaying,
  lastWords,
  logsOf,
  missingSetting,
  uncaughtIn,
  type Words,
} from '../facts/last-words.ts';
import { workingRevision } from '../facts/revisions.ts';
import { says } from '../facts/saying.ts';
import type { ContainerFacts, TaskFacts } from '../facts/tasks.ts';
import { type Ended, ending, firstEnded } from './ended.ts';
import { hostsWithoutPort } from './port-taken.ts';
import { counted, found, type Judgement, type Rule, refuted, silent } from './rule.ts';
import { rollbackFix } from './service-fixes.ts';

export const settingRules: readonly Rule[] = [
  { class: 'app-config-error', needs: ['tasks', 'logs', 'task-definition'], judge: ownError },
];

/** Exit codes that say something else: success, a signal, a command that could not be run. */
const OTHER_STORIES: ReadonlySet<number> = new Set([0, 126, 127, 132, 133, 134, 135, 136, 137, 139, 143]);
const ABORT = 134;
/** What an application says about its configuration, its files and its limits. */
const ABOUT_SETTINGS = [
  'envMissing',
  'configWords',
  'migration',
  'dbAuth',
  'openFiles',
  'addressInUse',
] as const satisfies readonly SignalName[];
/** What belongs to another cause even when it sounds like a setting. */
const ABOUT_ELSE = [
  'execFormat',
  'oom',
  'crash',
  'noSpace',
  'sdkCall',
  'credentials',
  'logRouter',
] as const satisfies readonly SignalName[];

function ownError(facts: Facts): Judgement {
  const hit = firstEnded(
    facts,
    (container, task) =>
      task.kind === 'exit' &&
      task.culprit === container &&
      container.exitCode !== undefined &&
      (!OTHER_STORIES.has(container.exitCode) || abortedItself(facts, task, container)),
  );
  if (hit === undefined) return silent;
  const { task, container } = hit;
  const refusing = hostsWithoutPort(facts);
  if (refusing !== undefined) return refuted(`The same revision runs elsewhere; ${refusing}.`);
  const logs = logsOf(facts, task, container.name);
  const said = lastSaying(logs, ...ABOUT_SETTINGS);
  const last = lastWords(logs);
  const elsewhere =
    facts.dependencies.some(({ attempt }) => attempt !== undefined && attempt.bearing !== 'aside') ||
    unseenWay(facts, logs) ||
    (last !== undefined && says(last.text, ...ABOUT_ELSE));
  if (said === undefined || says(said.text, ...ABOUT_ELSE))
    return unexplained(facts, hit, { last, elsewhere });
  return settled(facts, hit, { said, elsewhere });
}

/** It says that something did not answer, and whether the network lets it reach what its environment names could not be read. */
function unseenWay({ dependencies }: Facts, logs: readonly ContainerLog[]): boolean {
  const ways = dependencies.filter(({ why }) => why === 'named').flatMap(({ candidates }) => candidates);
  const unread = ways.flatMap(({ paths }) => paths).some(({ verdict }) => verdict === 'unknown');
  return unread && lastSaying(logs, 'silence', 'dns') !== undefined;
}

/** An abort is a crash, but for runtimes that end with it after an exception of the program. */
function abortedItself(facts: Facts, task: TaskFacts, { exitCode, name }: ContainerFacts): boolean {
  return exitCode === ABORT && uncaughtIn(logsOf(facts, task, name)) !== undefined;
}

/** The log names what the application misses. */
function settled(
  facts: Facts,
  hit: Ended,
  { said, elsewhere }: { said: Words; elsewhere: boolean },
): Judgement {
  const { task, container, alike } = hit;
  const setting = missingSetting(said.text);
  const state = setting === undefined ? undefined : stateOf(facts, hit, setting);
  const earlier = workingRevision(facts, task, container);
  const absent = state?.there === false;
  return found({
    verdict: absent ? 'proven' : elsewhere ? 'possible' : 'likely',
    title:
      setting !== undefined && state?.there !== true
        ? `Container ${container.name} ends because its setting ${setting} is missing.`
        : `Container ${container.name} ends with an error of its configuration.`,
    explanation: `${ending(container)} in ${counted(alike, 'task')} of ${task.revision}; its log says "${said.text}".${state?.sentence ?? ''}${earlier === undefined ? '' : ` ${earlier.revision} still runs.`}`,
    evidence: [said.at, below(container.observed, '.exitCode'), ...(state?.at ?? [])],
    culprits: [task.revision],
    fixes: rollbackFix(facts),
    // Beside a closed way to what it needs, what the application says about settings may only follow from that.
    symptom: elsewhere && !absent,
  });
}

interface SettingState {
  readonly there: boolean;
  readonly sentence: string;
  readonly at: readonly EvidenceRef[];
}

/** Whether the task definition has the setting, by name only; environment files and the image may bring more. */
function stateOf(facts: Facts, { task, container }: Ended, setting: string): SettingState | undefined {
  const { definition } = container;
  if (definition === undefined || !/^[A-Z][A-Z0-9_]*$/.test(setting)) return undefined;
  const names = (one: typeof definition.value | undefined) =>
    [...(one?.environment ?? []), ...(one?.secrets ?? [])].map(({ name }) => name);
  const at = [below(definition, '.environment'), below(definition, '.secrets')];
  if (names(definition.value).includes(setting))
    return {
      there: true,
      sentence: ` ${task.revision} does set ${setting}, so its value is not what the application takes.`,
      at,
    };
  if ((definition.value.environmentFiles ?? []).length > 0) return undefined;
  const earlier = workingRevision(facts, task, container);
  const lost = names(earlier?.container).includes(setting);
  return {
    there: false,
    sentence: ` ${task.revision} sets no ${setting}${lost ? `, and ${earlier?.revision} does` : ''}.`,
    at,
  };
}

/** A non-zero exit that nothing else explains: the application's own doing, as far as one can see. */
function unexplained(
  facts: Facts,
  { task, container, alike }: Ended,
  { last, elsewhere }: { last: Words | undefined; elsewhere: boolean },
): Judgement {
  const unread = facts.bundle.logs.every((log) => log.taskArn !== task.arn);
  return found({
    verdict: elsewhere ? 'possible' : 'likely',
    title: `Container ${container.name} exits with code ${container.exitCode}.`,
    explanation: `The application ended with an error in ${counted(alike, 'task')} of ${task.revision}. ${last === undefined ? 'Its log would say why.' : `Its log ends with "${last.text}".`}`,
    evidence: [below(container.observed, '.exitCode'), ...(last === undefined ? [] : [last.at])],
    culprits: [task.revision],
    cannotVerify: unread ? [{ what: 'the log of the container', missingAction: 'logs:GetLogEvents' }] : [],
    fixes: rollbackFix(facts),
    symptom: true,
  });
}
