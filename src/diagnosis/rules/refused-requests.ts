// Changes that ECS refused while the service went on as it was. The refusal is AWS's record; which cause it stands for is read from AWS's own
// error message together with the service. The service itself may be healthy, and the findings say so.

import type { CauseClass } from '../../contract/finding.ts';
import { below } from '../evidence.ts';
import { kindOfEvent } from '../facts/complaints.ts';
import { definitionDefects } from '../facts/definition-defects.ts';
import type { Facts } from '../facts/facts.ts';
import { runsOnHosts } from '../facts/further.ts';
import { refusalIn } from '../facts/refusal.ts';
import { type RequestRecord, standingRefusals } from '../facts/requests.ts';
import { tidy } from '../network/peer.ts';
import { contradictionOf } from './refused-revision.ts';
import { type Found, listed } from './rule.ts';

export interface RefusedChange {
  readonly class: CauseClass;
  readonly found: Found;
}

/** One finding per class, the newest refusal of each. */
export function refusedChanges(facts: Facts): RefusedChange[] {
  const byClass = new Map<CauseClass, RequestRecord[]>();
  for (const refusal of standingRefusals(facts.bundle)) {
    const name = classOf(refusal, facts);
    if (name !== undefined) byClass.set(name, [...(byClass.get(name) ?? []), refusal]);
  }
  return [...byClass].flatMap(([name, refusals]) => {
    const [newest] = refusals;
    return newest === undefined
      ? []
      : [{ class: name, found: told(newest, { name, count: refusals.length, facts }) }];
  });
}

/** A service that is well, with the newest refusal of a change of it that stands for no cause in the service. */
export function withOtherRefusal(well: Found, facts: Facts): Found {
  const refusal = standingRefusals(facts.bundle).find(
    (one) => CHANGES.has(one.name) && classOf(one, facts) === undefined,
  );
  if (refusal === undefined) return well;
  return {
    ...well,
    title: well.title.replace(/\.$/, '; a change of it was refused.'),
    explanation: `${well.explanation} ECS refused ${refusal.name} of ${refusal.who} ${minutesAgo(refusal, facts)} min ago: ${wordsOf(refusal)} So what it asked for is not what runs.`,
    evidence: [...well.evidence, refusal.at],
  };
}

const CHANGES: ReadonlySet<string> = new Set(['UpdateService', 'RegisterTaskDefinition']);

function minutesAgo({ atMs }: RequestRecord, { bundle }: Facts): number {
  return Math.max(1, Math.round((bundle.nowMs - atMs) / 60_000));
}

function wordsOf({ errorMessage, errorCode }: RequestRecord): string {
  return `"${tidy(errorMessage || (errorCode ?? ''), 280)}"`;
}

const SPELLED_OUT = /no .*-based policy allows|explicit deny|not authorized to perform/i;

function classOf(
  { name, errorMessage, errorCode = '', invokedBy }: RequestRecord,
  facts: Facts,
): CauseClass | undefined {
  if (name === 'RunTask') return invokedBy.startsWith('events') ? 'schedule-invocation-failed' : undefined;
  if (/iam:PassRole/.test(errorMessage)) return 'passrole-denied';
  if (name === 'ExecuteCommand') return SPELLED_OUT.test(errorMessage) ? undefined : 'ecs-exec-unavailable';
  // Any other missing permission is about the caller and not about the service.
  if (/^AccessDenied/.test(errorCode)) return undefined;
  const kind = kindOfEvent(errorMessage);
  if (kind === 'controller')
    return facts.service.controller === 'ECS' ? undefined : 'deployment-controller-mismatch';
  if (kind === 'network-mode') return 'network-mode-mismatch';
  if (kind === 'target-group' || kind === 'container-mapping') return 'lb-attachment-invalid';
  if (kind === 'inactive-revision' || kind === 'reference') return 'stale-or-wrong-reference';
  if (kind === 'draining') return 'service-lifecycle-conflict';
  const isAboutDefinition = name === 'RegisterTaskDefinition' || OF_THE_DEFINITION.test(errorMessage);
  return isAboutDefinition ? 'invalid-task-definition' : undefined;
}

/** ECS's words when a service is to run a definition that its launch type cannot. */
const OF_THE_DEFINITION =
  /\btask definition (?:does not support|is not compatible|is incompatible)|\brequires? (?:the )?task definition\b|PlatformTaskDefinitionIncompatibility|No Fargate configuration exists/i;

function told(
  newest: RequestRecord,
  { name, count, facts }: { name: CauseClass; count: number; facts: Facts },
): Found {
  const { service } = facts;
  const defects = defectsIn(newest, facts);
  const why = contradictionOf(name, newest, facts);
  const asked =
    defects.length === 0 ? '' : ` In what was asked for, ${listed(defects.map(({ says }) => says))}.`;
  const times =
    count === 1 ? '' : count === 2 ? ', as was the one before it' : `, as were the ${count - 1} before it`;
  const passing = name === 'passrole-denied' ? passRole(newest) : undefined;
  return {
    // The record holds the whole request, so what is wrong in it is seen and not only said.
    verdict: defects.length > 0 || why !== undefined ? 'proven' : 'likely',
    title: titleOf(newest, service.name),
    explanation: `ECS refused ${newest.name} of ${newest.who} ${minutesAgo(newest, facts)} min ago${times}: ${wordsOf(newest)}${asked}${why === undefined ? '' : ` ${why.sentence}`}${passing?.sentence ?? ''} The service itself runs ${service.running} of ${service.desired} tasks as before.`,
    evidence: [newest.at, ...(why?.evidence ?? []), below(service.observed, '.runningCount')],
    culprits: [service.arn, ...(passing?.culprits ?? []), ...(why?.culprits ?? [])],
  };
}

/** Who lacks what, in AWS's own words: the caller and the role it may not pass. */
function passRole({ errorMessage }: RequestRecord): { sentence: string; culprits: string[] } | undefined {
  const refusal = refusalIn(errorMessage);
  if (refusal === undefined || refusal.principal === undefined) return undefined;
  const { principal, roleName, account, resource } = refusal;
  const who = roleName === undefined ? principal : `role ${roleName}`;
  return {
    sentence: ` So ${who} has to be allowed iam:PassRole on ${resource ?? 'that role'}; roles are never changed from here.`,
    culprits: [
      roleName === undefined || account === undefined
        ? principal
        : `arn:aws:iam::${account}:role/${roleName}`,
      ...(resource === undefined || resource === '*' ? [] : [resource]),
    ],
  };
}

/** A record can lack parts of a long request, so what is left out in it proves nothing. */
function defectsIn({ definition }: RequestRecord, facts: Facts) {
  const defects =
    definition === undefined ? [] : definitionDefects(definition, runsOnHosts(facts) ? 'hosts' : 'fargate');
  return defects.filter(({ absent }) => !absent);
}

function titleOf({ name }: RequestRecord, service: string): string {
  switch (name) {
    case 'RegisterTaskDefinition':
      return `A new task definition for ${service} was refused, so the service keeps the one it has.`;
    case 'ExecuteCommand':
      return `A session in a task of ${service} could not be opened.`;
    case 'RunTask':
      return `A schedule could not run a task of the family of ${service}.`;
    default:
      return `A change of ${service} was refused, so the service is as it was.`;
  }
}
