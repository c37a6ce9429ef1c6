// A corrected revision helps only when the service runs it, so the fix is two changes. Once the first is done the second is prepared without
// asking again; it waits for an approval of its own like any other.

import type { ProposalView } from '../../../contract/proposal.ts';
import { readOutput } from '../outputs.ts';
import { needs, quoted, type View, type WantedCall } from '../view.ts';

const REGISTER = 'ecs_register_task_definition';

/** The read that the second change needs first, or the change itself with the sentence that says so. */
export type SecondStep =
  | { readonly kind: 'read'; readonly call: WantedCall }
  | { readonly kind: 'change'; readonly call: WantedCall; readonly why: string };

/** What follows the change that is done; undefined when nothing does, or when it is not sure for which service. */
export function secondStep(
  view: View,
  { tool, input }: WantedCall,
  { state, document }: ProposalView,
): SecondStep | undefined {
  const first = input['task_definition'];
  if (tool !== REGISTER || state !== 'done' || typeof first !== 'string') return undefined;
  const [family = '', number] = (first.split('/').at(-1) ?? first).split(':');
  const service = view.context.diagnosis?.value.service;
  const primary = service?.deployments.find(({ status }) => status === 'PRIMARY');
  const deployed = primary?.revision ?? primary?.taskDefinition ?? service?.taskDefinition ?? '';
  if (service === undefined || deployed.split('/').at(-1)?.split(':')[0] !== family) return undefined;
  const read: WantedCall = { tool: 'ecs_describe_task_definition', input: { task_definition: family } };
  const asked = needs(view, [read]);
  if ('next' in asked) return { kind: 'read', call: read };
  const registered = readOutput('definition', asked.results[0]);
  const revision = registered?.value.revision;
  if (revision === null || revision === undefined || revision <= Number(number ?? 0)) return undefined;
  return {
    kind: 'change',
    call: {
      tool: 'ecs_update_service',
      input: {
        cluster: service.cluster,
        service: service.name,
        task_definition: `${family}:${revision}`,
      },
    },
    why: `**Done: ${quoted(document.display.title)}.** Second of two steps, prepared without asking again and waiting for an approval of its own: ${service.name} moves to ${family}:${revision}.`,
  };
}
