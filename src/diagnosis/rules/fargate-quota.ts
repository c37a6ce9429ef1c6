// The account's quota on Fargate vCPUs: AWS's word makes it likely, the quota against what runs proves it. A use below the quota does not
// refute AWS's own word, since the count is published a minute late and a rolling deployment passes.

import { below } from '../evidence.ts';
import { LIMIT_REACHED } from '../facts/complaints.ts';
import type { Facts } from '../facts/facts.ts';
import { type QuotaRoom, quotaRooms } from '../facts/fargate-quota.ts';
import { complaintOf, runsOnHosts, waitsForPlace } from '../facts/further.ts';
import { found, type Judgement, type Rule, refuted, silent } from './rule.ts';

export const quotaRules: readonly Rule[] = [
  { class: 'fargate-quota', needs: ['events', 'tasks'], judge: quotaReached },
];

const ADVICE =
  'A rolling deployment needs room for both generations; stop idle services or ask for a higher quota.';

function quotaReached(facts: Facts): Judgement {
  const complaint = complaintOf(facts, 'fargate-quota');
  const task = facts.failed.find(({ stoppedReason }) => LIMIT_REACHED.test(stoppedReason));
  if (complaint === undefined && task === undefined) return silent;
  if (runsOnHosts(facts)) return refuted('The service does not run on Fargate.');
  if (task === undefined && !waitsForPlace(facts)) return refuted('All tasks that are wanted run again.');
  const rooms = quotaRooms(facts);
  const short = rooms.find(({ limit, used, wanted }) => used + wanted > limit);
  const said = `AWS says: "${(complaint?.message ?? task?.stoppedReason ?? '').slice(0, 240)}"`;
  const common = {
    title: `The account's Fargate quota leaves no room for more tasks of ${facts.service.name}.`,
    evidence: [
      ...(short?.evidence ?? rooms.flatMap(({ evidence }) => evidence)),
      ...(complaint === undefined ? [] : [complaint.at]),
      ...(task === undefined ? [] : [below(task.observed, '.stoppedReason')]),
      below(facts.service.observed, '.runningCount'),
    ],
    culprits: short === undefined ? [] : [short.code],
  };
  if (short !== undefined)
    return found({
      ...common,
      verdict: 'proven',
      explanation: `${inWords(short)}, and one task of ${facts.service.name} takes ${short.wanted} more. ${said} ${ADVICE}`,
    });
  const [room] = rooms;
  const now = room === undefined ? '' : ` ${inWords(room)} of late, which would leave room for one task.`;
  return found({
    ...common,
    verdict: 'likely',
    explanation: `${said}${now} ${ADVICE}`,
    cannotVerify: unverified(facts, rooms),
  });
}

function inWords({ name, code, limit, used }: QuotaRoom): string {
  return `${used} of the ${limit} vCPUs that quota ${code} (${name}) allows ran`;
}

function unverified({ bundle }: Facts, rooms: readonly QuotaRoom[]) {
  const gaps = [...(bundle.fargate?.quotas.gaps ?? []), ...(bundle.fargate?.use.gaps ?? [])];
  if (gaps.length > 0) return gaps.map(({ what, missingAction }) => ({ what, missingAction }));
  return rooms.length > 0
    ? []
    : [{ what: 'the quota and what is used of it', missingAction: 'servicequotas:ListServiceQuotas' }];
}
