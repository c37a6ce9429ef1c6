// What the rules about failed starts share: which starts concern a class, how the failure is told, and how unseen things are.

import type { CauseClass } from '../../contract/finding.ts';
import type { Facts } from '../facts/facts.ts';
import type { StartFailure } from '../facts/start-failure.ts';
import { counted, type Found, found, type Judgement, type Need, type Rule, refuted, silent } from './rule.ts';

export interface StartRule {
  readonly class: CauseClass;
  /** The starts that may have this cause, by phase and words. */
  readonly concerns: (start: StartFailure) => boolean;
  /** One start against the state; undefined when it says nothing about this class. */
  readonly judge: (start: StartFailure, facts: Facts) => Judgement | undefined;
}

const strength = { proven: 3, likely: 2, possible: 1, unknown: 0 } as const;
const NEEDS: readonly Need[] = ['tasks', 'task-definition', 'resources'];

/** A rule over all failed starts: the surest finding wins, and a refutation counts only where nothing was found. */
export function startRule(one: StartRule): Rule {
  return {
    class: one.class,
    needs: NEEDS,
    judge: (facts) => {
      const concerned = facts.starts.filter((start) => one.concerns(start));
      const judgements = concerned.flatMap((start) => {
        if (start.reply === 'silence' || start.reply === 'dns' || start.reply === 'closed')
          return [refuted('No answer came back at all, so nothing refused it.')];
        return one.judge(start, facts) ?? [];
      });
      const now = strongest(judgements);
      return now.outcome === 'found' ? now : (aheadOf(one, facts) ?? now);
    },
  };
}

/** What stops the start next, by state alone: nothing was said about it, so anything less than proof would be a guess. */
function aheadOf(one: StartRule, facts: Facts): Judgement | undefined {
  const proven = facts.ahead
    .filter((start) => one.concerns(start))
    .map((start) => one.judge(start, facts))
    .find((judgement) => judgement?.outcome === 'found' && judgement.found.verdict === 'proven');
  return proven?.outcome === 'found' ? found(asNext(proven.found)) : undefined;
}

/** The same finding, told as what comes after the cause that was met. */
export function asNext(one: Found): Found {
  return {
    ...one,
    ahead: true,
    explanation: `${one.explanation} No task has come that far yet: this would stop them next, on its own.`,
  };
}

/** The surest finding, else a refutation, else silence. */
export function strongest(judgements: readonly Judgement[]): Judgement {
  const best = judgements
    .flatMap((one) => (one.outcome === 'found' ? [one.found] : []))
    .reduce<Found | undefined>(
      (so, one) => (so === undefined || strength[one.verdict] > strength[so.verdict] ? one : so),
      undefined,
    );
  if (best !== undefined) return found(best);
  return judgements.find(({ outcome }) => outcome === 'refuted') ?? silent;
}

/** "4 tasks of api:7 could not start.": those whose start failed like this one. */
export function couldNotStart({ alike, task }: StartFailure): string {
  return `${counted(alike.length, 'task')} of ${task.revision} could not start.`;
}

/** AWS's own words, bounded. */
export function quoted(start: StartFailure): string {
  return `AWS says: "${start.text.slice(0, 240)}"`;
}

/** "New tasks" while older ones still run. */
export function subjectOf(facts: Facts): string {
  return facts.service.running > 0 ? 'New tasks cannot start' : 'Tasks cannot start';
}
