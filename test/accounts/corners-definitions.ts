// Corners of task definitions: containers that add up to more than their task, and those that only seem to.

import type { World } from './base.ts';
import { type Corner, corner, onHosts } from './corner.ts';
import { essentialExited, event, exited, failing, rollOut } from './incident.ts';
import { trail } from './trail.ts';
import { theContainer, theDefinition } from './workload.ts';

type Sizes = { readonly cpu?: number; readonly memory?: number; readonly memoryReservation?: number };

/** A new revision with a sidecar, both containers of this size, of which ECS starts no task. */
function neverPlaced(w: World, sizes: Sizes): void {
  rollOut(w, (definition) => {
    const [first] = definition.containerDefinitions ?? [];
    Object.assign(definition, { cpu: '512', memory: '1024' });
    definition.containerDefinitions = ['shop', 'agent'].map((name) => {
      const { memory: _, memoryReservation: __, ...rest } = first ?? {};
      return { ...rest, name, essential: name === 'shop', ...sizes };
    });
  });
  event(w, 200, `(service ${w.place.service}) was unable to place a task.`);
}

export const definitionCorners: readonly Corner[] = [
  corner('containers whose memory adds up to more than the task has', {
    class: 'invalid-task-definition',
    verdicts: ['proven'],
    says: /1400 MiB .*1024/,
    never: ['fargate-capacity-unavailable', 'insufficient-cluster-resources'],
    ill: (w) => neverPlaced(w, { memory: 700 }),
  }),
  corner('containers whose CPU adds up to more than the task has', {
    class: 'invalid-task-definition',
    verdicts: ['proven'],
    says: /800 CPU units .*512/,
    ill: (w) => neverPlaced(w, { cpu: 400, memory: 256 }),
  }),
  corner('a container that reserves more than it may use, on hosts', {
    at: onHosts,
    class: 'invalid-task-definition',
    verdicts: ['proven'],
    says: /reserves 512 MiB and may use only 300/,
    never: ['insufficient-cluster-resources'],
    ill: (w) => neverPlaced(w, { memory: 300, memoryReservation: 512 }),
  }),
  corner('a registration that was refused for what its containers reserve together', {
    class: 'invalid-task-definition',
    verdicts: ['proven'],
    says: /1536 MiB/,
    ill: (w) =>
      trail(w, 500, 'RegisterTaskDefinition', {
        error: ['ClientException', "Invalid 'memory' setting for task."],
        request: {
          family: w.place.service,
          memory: '1024',
          cpu: '512',
          networkMode: 'awsvpc',
          requiresCompatibilities: ['FARGATE'],
          containerDefinitions: [
            { name: 'shop', memory: 768 },
            { name: 'agent', memory: 768 },
          ],
        },
      }),
  }),
  corner('containers that may use more than there is and reserve less, and a program that ends', {
    class: 'app-config-error',
    verdicts: ['proven', 'likely'],
    says: /PAYMENT_PROVIDER/,
    never: ['invalid-task-definition'],
    ill: (w) => {
      Object.assign(theContainer(w), { memory: 900, memoryReservation: 256 });
      theDefinition(w).containerDefinitions?.push({
        ...theContainer(w),
        name: 'agent',
        essential: false,
        portMappings: [],
      });
      failing(w, {
        code: exited,
        reason: essentialExited,
        lived: 14,
        exit: 1,
        log: ['starting', 'FATAL config: PAYMENT_PROVIDER must be set'],
      });
    },
  }),
];
