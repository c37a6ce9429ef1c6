// Starting the process: a command whose program does not exist keeps a container from starting at all. Which programs an
// image holds is in no snapshot; but a program's name has no space in it, so `["npm start"]` can only be a whole command
// line in the place of one, and a recorded image may list its programs as `executables`.

import type { Container } from '../application.ts';
import { recordedImage } from './registry.ts';
import { containerFailed, containersOf, REFUSED_MS, type StartStep } from './start-attempt.ts';

export const startProcesses: StartStep = (attempt) => {
  const { fargate, world } = attempt;
  for (const container of containersOf(attempt)) {
    const program = programOf(container);
    if (program === undefined) continue;
    const known = recordedImage(world.account.state, container)?.executables;
    const absent = /\s/.test(program) || (Array.isArray(known) && !known.includes(program));
    if (!absent) continue;
    const cause = program.startsWith('/')
      ? `exec: ${JSON.stringify(program)}: stat ${program}: no such file or directory`
      : `exec: ${JSON.stringify(program)}: executable file not found in $PATH`;
    const runtime = `failed to create shim task: OCI runtime create failed: runc create failed: unable to start container process: ${cause}: unknown`;
    return containerFailed(attempt, container, {
      reason: fargate
        ? `CannotStartContainerError: ResourceInitializationError: failed to create new container runtime task: ${runtime}`
        : `CannotStartContainerError: Error response from daemon: failed to create task for container: ${runtime}`,
      tookMs: REFUSED_MS,
    });
  }
  return undefined;
};

/** The program as far as the task definition decides: its entry point, or else its command. */
function programOf(container: Container): string | undefined {
  return container.entryPoint?.[0] ?? container.command?.[0];
}
