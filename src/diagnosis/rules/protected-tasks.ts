// Deployments that stand still because old tasks are protected from being stopped, or may be.

import { below } from '../evidence.ts';
import type { Facts } from '../facts/facts.ts';
import { heldTasks } from '../facts/protection.ts';
import { counted, found, type Judgement } from './rule.ts';
import { protectionFix } from './service-fixes.ts';

/** The judgement on old tasks that a deployment waits for; undefined when it waits for none, or for another reason. */
export function protectedTasksFound(facts: Facts): Judgement | undefined {
  return protectedOnes(facts) ?? perhapsProtected(facts);
}

/** Tasks of the revision before that ECS may not stop, beside new ones that all run. */
function protectedOnes({ service, protectedTasks: kept }: Facts): Judgement | undefined {
  const [first] = kept;
  if (first === undefined) return undefined;
  const until = kept.flatMap(({ protection }) => protection.value.expirationDate?.getTime() ?? []);
  const last = until.length === 0 ? undefined : new Date(Math.max(...until)).toISOString().slice(0, 16);
  return found({
    verdict: 'proven',
    title: `Protected tasks keep the deployment of ${service.name} from finishing.`,
    explanation: `${counted(kept.length, 'task')} of ${first.task.revision} ${kept.length === 1 ? 'is' : 'are'} protected from being stopped${last === undefined ? '' : `, at the latest until ${last.replace('T', ' ')} UTC`}, and the deployment of ${service.primary?.revision ?? 'the new revision'} waits for that. An application protects its own tasks while they work and has to end it itself.`,
    evidence: [
      ...kept.slice(0, 3).map(({ protection }) => below(protection, '.protectionEnabled')),
      ...(service.primary === undefined ? [] : [service.primary.at]),
    ],
    culprits: kept.slice(0, 10).map(({ task }) => task.arn),
    fixes: protectionFix(
      service,
      kept.map(({ task }) => task.id),
    ),
  });
}

/** Old tasks run on beside new ones that all run, and whether they are protected may not be asked. */
function perhapsProtected({ service, bundle, tasks }: Facts): Judgement | undefined {
  const refused = (bundle.protections?.gaps ?? []).filter(({ kind }) => kind !== 'unread');
  const held = heldTasks(bundle, service, tasks);
  const [oldest] = held;
  if (refused.length === 0 || oldest === undefined) return undefined;
  return found({
    verdict: 'possible',
    title: `The deployment of ${service.name} waits for old tasks, which may be protected.`,
    explanation: `${counted(held.length, 'task')} of ${oldest.revision} still ${held.length === 1 ? 'runs' : 'run'} beside the new ones. ECS stops old tasks once the new ones are healthy, unless they are protected; that could not be read.`,
    evidence: held.slice(0, 3).map(({ observed }) => below(observed, '.lastStatus')),
    cannotVerify: refused.map(({ what, missingAction }) => ({ what, missingAction })),
  });
}
