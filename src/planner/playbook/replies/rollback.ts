// Going back to another revision: one that is named, one that still runs, or the newest that ECS records as deployed. Whether a revision that
// is only registered ever ran is not known, so it is offered by its number and never chosen.

import { type DeploymentView, readOutput, type ServiceView } from '../outputs.ts';
import type { Resolved } from '../subject.ts';
import {
  ago,
  cite,
  inOneSentence,
  type Next,
  needs,
  problemText,
  quoted,
  resultOf,
  say,
  type View,
} from '../view.ts';
import { causes, citeFinding, OFFER_DEPLOYMENTS, OFFER_STATUS, OFFER_UNDO } from '../words.ts';
import { change } from './change.ts';
import { currentService, newTasksFail, oneAtATime } from './service-change.ts';
import { undo } from './undo.ts';

/** "Roll back", "roll back to revision 41". */
export function rollback(view: View): Next {
  const several = oneAtATime(view);
  if (several !== null) return several;
  const meant = undoMeant(view);
  if (meant !== null) return meant;
  const read = currentService(view);
  if ('next' in read) return read.next;
  const { service, evidence } = read;
  const pointless = newTasksFail(view, service.name, 'roll back');
  if (pointless !== null) return pointless;
  const current = revisionOf(service.taskDefinition ?? primaryOf(service)?.taskDefinition);
  if (current === null)
    return say(`The revision of ${service.name} could not be read.${cite(evidence)}`, [OFFER_DEPLOYMENTS]);
  const before = targetRevision(view, service, current);
  if ('next' in before) return before.next;
  if (before.found === null) {
    return say(
      `${service.name} runs ${current.family}:${current.revision}, and there is no earlier revision to go back to.${cite(evidence)}`,
      [OFFER_DEPLOYMENTS],
    );
  }
  const { revision: target, because } = before.found;
  if (target === current.revision)
    return say(`${service.name} already runs revision ${target}. Nothing would change.${cite(evidence)}`);
  return change(
    view,
    {
      tool: 'ecs_update_service',
      input: {
        cluster: service.cluster,
        service: service.name,
        task_definition: `${current.family}:${target}`,
      },
    },
    `${service.name} goes from revision ${current.revision} to ${target}${because}.${cite(evidence)}`,
  );
}

/** After a change that ran, "roll it back" means that change, and a bare "roll back" may mean either. */
function undoMeant(view: View): Next | null {
  const { question, intent, context, done } = view;
  const last = context.proposals.findLast(
    (one) => one.state === 'done' && !done.some(({ call }) => call.id === one.call),
  );
  const ofRevision = /\b(?:revisions?|versions?|releases?|deploy\w*|previous|prior|images?)\b/i.test(
    question,
  );
  if (last === undefined || ofRevision || intent.entities.revision !== null) return null;
  if (intent.entities.names.length > 0) return null;
  if (last.document.args.task_definition !== undefined || /\b(?:it|that|this)\b/i.test(question))
    return undo(view);
  return say(
    `Undo the change that ran ("${quoted(last.document.display.title)}"), or go back to the previous revision? Nothing was prepared.`,
    [OFFER_UNDO, 'Roll back to the previous revision.'],
    'input-invalid',
  );
}

function primaryOf(service: ServiceView): DeploymentView | undefined {
  return service.deployments.find(({ status }) => status === 'PRIMARY');
}

interface Revision {
  readonly family: string;
  readonly revision: number;
}

/** The revision that is named, else the one an older deployment still runs, else the newest that ECS records as deployed. */
function targetRevision(
  view: View,
  service: ServiceView,
  current: Revision,
): Resolved<{ readonly revision: number; readonly because: string } | null> {
  const named = view.intent.entities.revision;
  if (named !== null) return { found: { revision: named, because: '' } };
  const deployed = service.deployments
    .filter(({ status, running }) => status !== 'PRIMARY' && (running ?? 0) > 0)
    .map(({ taskDefinition }) => revisionOf(taskDefinition))
    .find((one) => one?.family === current.family && one.revision !== current.revision);
  if (deployed) return { found: { revision: deployed.revision, because: ', which still runs' } };
  const proposed = proposedBefore(view, service, current);
  if (proposed !== null) return { found: proposed };
  const recorded = deployedBefore(view, service, current);
  if ('next' in recorded) return recorded;
  if (recorded.found !== null) return { found: recorded.found };
  return registeredOnly(view, service, current);
}

/** The revision that the diagnosis goes back to: it says how it knows that it ran. */
function proposedBefore(
  { context: { diagnosis } }: View,
  { name, cluster }: ServiceView,
  current: Revision,
): { readonly revision: number; readonly because: string } | null {
  for (const cause of causes(diagnosis?.value.findings ?? []))
    for (const { tool, input, why } of cause.fixes) {
      const isOfService =
        tool === 'ecs_update_service' && input.service === name && input.cluster === cluster;
      const one = isOfService
        ? revisionOf(typeof input.task_definition === 'string' ? input.task_definition : null)
        : null;
      if (one === null || one.family !== current.family || one.revision === current.revision) continue;
      // "Goes back to web:7, which ran until …": how the diagnosis knows of it.
      const known = /^Goes back to \S+(, (?:of )?which .+?)\.(?:\s|$)/.exec(why)?.[1] ?? '';
      return {
        revision: one.revision,
        because: `${inOneSentence(quoted(known, 300))}${citeFinding(cause, diagnosis?.evidence)}`,
      };
    }
  return null;
}

/** The newest revision that a deployment of the last months ended with successfully. */
function deployedBefore(
  view: View,
  { name: service, cluster }: ServiceView,
  current: Revision,
): Resolved<{ readonly revision: number; readonly because: string } | null> {
  const input = { cluster, service };
  const asked = needs(view, [
    { tool: 'ecs_describe_service_deployments', input },
    { tool: 'ecs_describe_service_revisions', input },
  ]);
  if ('next' in asked) return asked;
  const deployments = readOutput('serviceDeployments', asked.results[0]);
  const revisions = readOutput('serviceRevisions', asked.results[1]);
  const definitionOf = new Map(revisions?.value.items.map((one) => [one.id, one.taskDefinition]));
  const newestFirst = (deployments?.value.items ?? [])
    .filter(({ status }) => status === 'SUCCESSFUL')
    .sort((a, b) => (b.createdAt ?? '').localeCompare(a.createdAt ?? ''));
  for (const { targetRevision, createdAt } of newestFirst) {
    const one = revisionOf(definitionOf.get(targetRevision ?? ''));
    if (one === null || one.family !== current.family || one.revision === current.revision) continue;
    const cited = cite([...(deployments?.evidence ?? []), ...(revisions?.evidence ?? [])], 4);
    const when = ago(createdAt, view.nowMs);
    return {
      found: {
        revision: one.revision,
        because: `, of which ECS records a successful deployment${when === '' ? '' : ` ${when}`}${cited}`,
      },
    };
  }
  return { found: null };
}

/** A revision that is registered may never have run: it is named, and nothing is prepared. */
function registeredOnly(view: View, { name }: ServiceView, current: Revision): Resolved<null> {
  const wanted = { tool: 'ecs_list_task_definitions', input: { family: current.family } };
  const asked = needs(view, [wanted]);
  if ('next' in asked) return asked;
  const result = resultOf(view, wanted);
  const read = readOutput('definitionNames', result);
  if (read === null) return { next: say(result === undefined ? '' : problemText(result)) };
  const earlier = read.value.taskDefinitions
    .map((one) => revisionOf(one.name)?.revision ?? 0)
    .filter((revision) => revision > 0 && revision < current.revision);
  if (earlier.length === 0) return { found: null };
  const newest = Math.max(...earlier);
  return {
    next: say(
      `${name} runs ${current.family}:${current.revision}. ECS shows no other revision that ran: none runs beside it, and no earlier deployment is on record. Registered is ${current.family}:${newest}; whether it ever ran is not known, so nothing was prepared. Name the revision to have it prepared.${cite(read.evidence)}`,
      [`Roll back '${name}' to revision ${newest}.`, OFFER_DEPLOYMENTS, OFFER_STATUS],
    ),
  };
}

function revisionOf(taskDefinition: string | null | undefined): Revision | null {
  const parts = /([A-Za-z0-9_-]+):(\d+)$/.exec(taskDefinition ?? '');
  return parts === null ? null : { family: parts[1] ?? '', revision: Number(parts[2]) };
}
