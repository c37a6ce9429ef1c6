// What the role that starts a task has to do for the step that failed, for a role of which only its host tells the name.

import { pullRequests } from './image-state.ts';
import { logArns } from './log-target.ts';
import type { RoleRequest } from './needs.ts';
import type { StartFailure } from './start-failure.ts';
import { environmentFiles, imagesOf, isVague, logTargetsOf } from './start-subjects.ts';

/** The requests of the failed step. Secrets are none of a host's: a task definition with secrets has to name an execution role. */
export function startRequests(start: StartFailure): RoleRequest[] {
  if (start.phase === 'pull' || isVague(start))
    return imagesOf(start)
      .filter(({ ecr }) => ecr !== undefined)
      .flatMap(pullRequests);
  if (start.phase === 'logger') return logRequests(start);
  return start.phase === 'env-file' ? environmentRequests(environmentFiles(start)) : [];
}

/** What it takes to read these files from their buckets. */
export function environmentRequests(files: readonly string[]): RoleRequest[] {
  return files.flatMap((file) => [
    { action: 's3:GetObject', resource: file },
    { action: 's3:GetBucketLocation', resource: file.split('/')[0] ?? file },
  ]);
}

function logRequests(start: StartFailure): RoleRequest[] {
  const account = start.task.arn.split(':')[4] ?? '';
  return logTargetsOf(start).flatMap((target) => {
    const arns = logArns(target, account);
    const of = (action: string, list: readonly string[]) => list.map((resource) => ({ action, resource }));
    return [
      ...(target.creates ? of('logs:CreateLogGroup', arns.group) : []),
      ...of('logs:CreateLogStream', arns.stream),
      ...of('logs:PutLogEvents', arns.stream),
    ];
  });
}
