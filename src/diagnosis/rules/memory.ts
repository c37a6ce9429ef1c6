// Containers that were killed for memory. ECS's reason proves it whatever the exit code; an exit code of 137 alone is SIGKILL from anywhere, so
// it takes the memory metric near its limit, or the runtime's own last words, to call it memory.

import type { EvidenceRef } from '../../contract/finding.ts';
import { below } from '../evidence.ts';
import type { Facts } from '../facts/facts.ts';
import { lastSaying, logsOf, type Words } from '../facts/last-words.ts';
import { memoryGrowth } from '../facts/memory-growth.ts';
import { peakOf } from '../facts/metrics.ts';
import { says } from '../facts/saying.ts';
import { cutShort } from '../facts/stopping.ts';
import type { ContainerFacts, TaskFacts } from '../facts/tasks.ts';
import { ending, firstEnded } from './ended.ts';
import { memoryFix } from './fixes-service.ts';
import { counted, found, type Judgement, type Rule, refuted, silent } from './rule.ts';
import { rollbackFix } from './service-fixes.ts';

export const memoryRules: readonly Rule[] = [
  { class: 'oom-killed', needs: ['tasks', 'task-definition', 'logs', 'metrics'], judge: outOfMemory },
];

/** AWS's words in the reason of a container or a task. */
const OUT_OF_MEMORY = /OutOfMemory|out of memory|OOM[- ]?killed|memory limit too low/i;
/** Above this share of the limit the next allocation may be the last (percent). */
const FULL_PERCENT = 97;
const SIGKILL_EXIT = 137;
/** The proxy of Service Connect (Amazon ECS Developer Guide, "Service Connect concepts"). */
const MESH_PROXY = /^ecs-service-connect-/;

function outOfMemory(facts: Facts): Judgement {
  const isTold = (container: ContainerFacts, task: TaskFacts) =>
    OUT_OF_MEMORY.test(container.reason) ||
    (OUT_OF_MEMORY.test(task.stoppedReason) && container === (task.culprit ?? container));
  // A container the task lives without is told of only where no other was killed.
  const told =
    firstEnded(facts, (container, task) => isTold(container, task) && !isSpared(container, task)) ??
    firstEnded(facts, isTold);
  // What the containers leave to the proxy is another cause, and another change mends it.
  if (told !== undefined && MESH_PROXY.test(told.container.name))
    return refuted(`What was killed for memory is ${told.container.name}, which AWS added to the task.`);
  if (told !== undefined) return reported(facts, told);
  const killed = firstEnded(
    facts,
    (container, task) =>
      container.exitCode === SIGKILL_EXIT && task.kind === 'exit' && task.culprit === container,
  );
  if (killed !== undefined && cutShort(killed.task) === undefined) return unexplainedKill(facts, killed);
  const heap = heapExhausted(facts);
  if (heap !== undefined) return heap;
  if (killed !== undefined)
    return refuted(
      `Exit code 137 of ${killed.container.name} came after its stop time-out, without an out-of-memory reason.`,
    );
  return facts.failed.some((task) => task.containers.some((one) => one.exitCode !== undefined))
    ? refuted('No container reports an out-of-memory reason.')
    : silent;
}

interface Hit {
  readonly task: TaskFacts;
  readonly container: ContainerFacts;
  readonly alike: number;
}

/** The limit that is met first: the container's own, else that of the whole task. In MiB. */
function limitOf({ task, container }: Hit): { mib: number; whose: string; at: EvidenceRef } | undefined {
  const own = container.definition?.value.memory;
  if (container.definition !== undefined && own !== undefined)
    return { mib: own, whose: 'its own limit', at: below(container.definition, '.memory') };
  const whole = Number(task.definition?.value.memory ?? task.observed.value.memory ?? 0);
  if (!(whole > 0)) return undefined;
  return {
    mib: whole,
    whose: 'the limit of the task, which its containers share',
    at: task.definition === undefined ? below(task.observed, '.memory') : below(task.definition, '.memory'),
  };
}

function reported(facts: Facts, hit: Hit): Judgement {
  const { container, task, alike } = hit;
  const own = OUT_OF_MEMORY.test(container.reason);
  const reason = own ? container.reason : task.stoppedReason;
  const limit = limitOf(hit);
  const started = task.startedAtMs !== undefined || task.kind !== 'start';
  const grown = growthOf(facts, hit);
  const zero =
    container.exitCode === 0
      ? ' Its exit code is 0, since the main process survived a child that was killed.'
      : '';
  const spared = isSpared(container, task);
  return found({
    verdict: !spared ? 'proven' : task.kind === 'exit' ? 'possible' : 'likely',
    title: started
      ? `Container ${container.name} is killed for memory.`
      : `Container ${container.name} does not start: its memory limit is too low even for that.`,
    explanation: `ECS gives the reason "${reason.slice(0, 120)}"${limit === undefined ? '' : `; ${limit.whose} is ${limit.mib} MiB`}.${zero} It happened in ${counted(alike, 'task')} of ${task.revision}.${spared ? ' It is not essential, so its end alone does not end the task.' : ''}${grown.text}`,
    evidence: [
      own ? below(container.observed, '.reason') : below(task.observed, '.stoppedReason'),
      ...(limit === undefined ? [] : [limit.at]),
      ...grown.evidence,
    ],
    culprits: [task.revision],
    fixes: [...rollbackFix(facts), ...memoryFix(task, container)],
  });
}

/** True for a container that is not essential, in a task that another one of its containers or a check ended. */
function isSpared(container: ContainerFacts, { culprit, kind }: TaskFacts): boolean {
  if (container.essential !== false || kind === 'start') return false;
  return kind !== 'exit' || (culprit !== undefined && culprit !== container);
}

/** Killed although nobody asked it to stop: the metric says whether memory was the reason. */
function unexplainedKill(facts: Facts, hit: Hit): Judgement {
  const { container, task, alike } = hit;
  const peak = peakOf(facts.bundle, 'MemoryUtilization');
  const said = lastSaying(logsOf(facts, task, container.name), 'oom', 'sigkill');
  const limit = limitOf(hit);
  if (peak !== undefined && peak.value < FULL_PERCENT && said === undefined)
    return refuted(
      `Exit code 137 of ${container.name} comes without an out-of-memory reason, and memory stayed below ${Math.ceil(peak.value)} % of its limit.`,
    );
  const full = peak !== undefined && peak.value >= FULL_PERCENT;
  const grown = growthOf(facts, hit);
  const refusedRead = (facts.bundle.metrics?.gaps ?? []).length > 0;
  // SIGKILL alone is no sign of memory; it becomes a possibility when the metric that would tell was refused.
  if (!full && said === undefined && !refusedRead) return silent;
  return found({
    verdict: full ? 'proven' : said === undefined ? 'possible' : 'likely',
    title: full
      ? `Container ${container.name} is killed when memory is used up.`
      : `Container ${container.name} is killed from outside, ${said === undefined ? 'possibly' : 'as it seems'} for memory.`,
    explanation: `It ended with SIGKILL (exit code 137) although nobody had asked it to stop, in ${counted(alike, 'task')} of ${task.revision}${full ? `; memory reached ${Math.round(peak.value)} %${limit === undefined ? '' : ` of ${limit.mib} MiB`} just before` : ''}.${saidText(said)}${full ? grown.text : ''}`,
    evidence: [
      below(container.observed, '.exitCode'),
      ...(full ? grown.evidence : []),
      ...(peak === undefined || !full ? [] : [peak.at]),
      ...(said === undefined ? [] : [said.at]),
      ...(limit === undefined ? [] : [limit.at]),
    ],
    culprits: [task.revision],
    fixes: [...rollbackFix(facts), ...memoryFix(task, container)],
  });
}

/** A runtime that gives up by itself (Java, Node): an ordinary exit code, and the reason in the last lines. */
function heapExhausted(facts: Facts): Judgement | undefined {
  for (const task of facts.failed) {
    const { culprit } = task;
    if (task.kind !== 'exit' || culprit?.exitCode === undefined || culprit.exitCode === 0) continue;
    const said = lastSaying(logsOf(facts, task, culprit.name), 'oom');
    if (said === undefined || says(said.text, 'hostLacks', 'openFiles')) continue;
    const limit = limitOf({ task, container: culprit, alike: 1 });
    return found({
      verdict: 'likely',
      title: `Container ${culprit.name} runs out of memory and ends.`,
      explanation: `${ending(culprit)}, and its log ends with "${said.text}"${limit === undefined ? '' : `; ${limit.whose} is ${limit.mib} MiB`}.`,
      evidence: [said.at, below(culprit.observed, '.exitCode'), ...(limit === undefined ? [] : [limit.at])],
      culprits: [task.revision],
      fixes: rollbackFix(facts),
    });
  }
  return undefined;
}

/** How memory grew until the kill, in words. */
function growthOf(facts: Facts, hit: Hit): { text: string; evidence: readonly EvidenceRef[] } {
  const killed = facts.failed.filter((task) => task.containers.some((one) => isKilled(one)));
  const growth = memoryGrowth(facts, killed);
  if (growth === undefined) return { text: '', evidence: [] };
  const { ageMs, rise } = growth;
  const age = ageMs === undefined ? '' : ` Each of them lived for about ${Math.round(ageMs / 1_000)} s.`;
  const climb =
    rise === undefined
      ? ''
      : ` Memory rose from ${Math.round(rise.from.value)} % to ${Math.round(rise.to.value)} % without falling before the kill.`;
  const sense =
    rise === undefined
      ? ''
      : ` That is how memory that is never given back looks (a leak): more of it moves the kill, and only a change of ${hit.task.revision} ends it.`;
  return { text: `${climb}${age}${sense}`, evidence: growth.evidence };
}

function isKilled({ exitCode, reason }: ContainerFacts): boolean {
  return exitCode === SIGKILL_EXIT || OUT_OF_MEMORY.test(reason);
}

function saidText(said: Words | undefined): string {
  return said === undefined ? '' : ` Its log says "${said.text}".`;
}
