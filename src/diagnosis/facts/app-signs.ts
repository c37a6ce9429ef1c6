// What the logs of failed tasks say about things outside ECS: a call AWS refused, credentials that did not come, a full disk, a mount
// that may not be written, a program for another processor. A line says where to look and proves nothing.

import type { EvidenceRef } from '../../contract/finding.ts';
import { type Bearing, bearingOf, type Complaining } from './bearing.ts';
import type { Facts } from './facts.ts';
import { NO_SPACE } from './full-disk.ts';
import { plainLine } from './log-lines.ts';
import { type Refusal, refusalIn } from './refusal.ts';
import type { TaskFacts } from './tasks.ts';

export type AppSignKind = 'refused' | 'no-credentials' | 'no-space' | 'may-not-write' | 'wrong-program';

export interface AppSign {
  readonly kind: AppSignKind;
  readonly text: string;
  readonly refusal: Refusal | undefined;
  /** Of a refusal that names no call: whether its words are those of an AWS SDK. */
  readonly ofAws: boolean;
  /** What it had to do with the end of the task. */
  readonly bearing: Bearing;
  readonly task: TaskFacts;
  readonly container: string;
  readonly at: EvidenceRef;
}

/** How SDKs of several languages print a refusal of AWS that has no text of its own, as those of S3. */
const AWS_REFUSED =
  /\(AccessDenied(?:Exception)?\) when calling the \w{1,80} operation|api error (?:AccessDenied|Forbidden)|\bAccessDenied(?:Exception)?: Access Denied\b|Aws::\w{1,40}::Errors::AccessDenied|\bAccess Denied \(Service: |Error Code: AccessDenied/;

/** Lines of each log that are searched, the newest. */
const LINES_MAX = 300;

/** Patterns over SDKs of several languages, the specific before the general. */
const SIGNS: readonly (readonly [AppSignKind, RegExp])[] = [
  [
    'wrong-program',
    /exec ?format ?error|cannot execute binary file|qemu-\w{2,12}: could not open|bad cpu type in executable|wrong elf class/i,
  ],
  ['no-space', NO_SPACE],
  [
    'no-credentials',
    /169\.254\.170\.2|unable to (?:locate|load) credentials|could not (?:load|find) (?:aws )?credentials|CredentialsProviderError|NoCredentialsError|NoCredentialProviders|CredentialUnavailable|no valid providers in chain|failed to (?:refresh cached|retrieve) credentials|EC2RoleRequestError|unable to get (?:iam )?(?:security )?credentials|Unable to load AWS credentials/i,
  ],
  ['refused', /is not authorized to perform|AccessDenied|UnauthorizedOperation|\bAccess Denied \(Service: /i],
  ['may-not-write', /permission denied|EACCES|read-only file system|EROFS/i],
];

/** The newest sign of each kind, of tasks that failed or are sick. */
export function appSigns(facts: Pick<Facts, 'bundle' | 'tasks' | 'failed'>): AppSign[] {
  const found = new Map<string, AppSign>();
  for (const log of facts.bundle.logs) {
    const task = facts.tasks.find(({ arn }) => arn === log.taskArn);
    if (task === undefined) continue;
    for (const line of log.lines.slice(-LINES_MAX).reverse()) {
      const text = plainLine(line.text, 1_000);
      const kind = SIGNS.find(([, pattern]) => pattern.test(text))?.[0];
      if (kind === undefined) continue;
      const refusal = kind === 'refused' ? refusalIn(text) : undefined;
      const ofAws = kind === 'refused' && AWS_REFUSED.test(text);
      const key = kind === 'refused' ? `${kind} ${refusal?.action ?? (ofAws ? 'aws' : '')}` : kind;
      if (found.has(key)) continue;
      found.set(key, {
        kind,
        text: text.slice(0, 300),
        refusal,
        ofAws,
        bearing: bearingOf(log, task, complaintOf(kind, text)),
        task,
        container: log.container,
        at: { id: log.evidence, path: line.path },
      });
    }
  }
  // Without an action nothing can be looked up; a refusal that names one says more.
  return [...found.values()].slice(0, 8);
}

/** The lines of this complaint, and those of its kind. */
function complaintOf(kind: AppSignKind, text: string): Complaining {
  const pattern = SIGNS.find(([name]) => name === kind)?.[1];
  const action = kind === 'refused' ? refusalIn(text)?.action : undefined;
  const isOfKind = (line: string) => pattern?.test(line) === true;
  return {
    about: (line) => isOfKind(line) && (action === undefined || refusalIn(line)?.action === action),
    kin: isOfKind,
  };
}
