// Destinations that a program could not reach, each with what that had to do with the end of its tasks. What ended none of them stands last.

import type { ContainerLog } from '../evidence.ts';
import { type Attempt, endpointOf, kindOf } from './attempts.ts';
import { type Bearing, bearingOf, type Complaining, strongestBearing } from './bearing.ts';
import { missingSetting } from './last-words.ts';
import { says } from './saying.ts';
import type { TaskFacts } from './tasks.ts';

export interface WeighedAttempt extends Attempt {
  readonly bearing: Bearing;
}

/** `attempts` as they were found in `logs`, weighed by the ends of `tasks`; in their order, those that are beside the matter last. */
export function weighedAttempts(
  attempts: readonly Attempt[],
  logs: readonly ContainerLog[],
  tasks: readonly TaskFacts[],
): WeighedAttempt[] {
  const weighed = attempts.map((attempt) => {
    const complaint = complaintOf(attempt);
    const bearings = logs.flatMap((log) => {
      const task = tasks.find(({ arn }) => arn === log.taskArn);
      return task === undefined || !attempt.tasks.includes(task.arn) ? [] : [bearingOf(log, task, complaint)];
    });
    return { ...attempt, bearing: strongestBearing(bearings) };
  });
  const isAside = ({ bearing }: WeighedAttempt) => bearing === 'aside';
  return [...weighed.filter((one) => !isAside(one)), ...weighed.filter(isAside)];
}

function complaintOf({ host, port }: Attempt): Complaining {
  const names = (line: string) => {
    const named = endpointOf(line);
    if (named === undefined) return undefined;
    return named.host === host && (named.port === undefined || port === undefined || named.port === port);
  };
  return {
    about: (line) => names(line) === true,
    kin: (line) => names(line) !== false && missingSetting(line) === undefined && isOfConnections(line),
  };
}

function isOfConnections(line: string): boolean {
  return kindOf(line) !== undefined || says(line, 'peer', 'cannotReach', 'silence', 'dns', 'closed');
}
