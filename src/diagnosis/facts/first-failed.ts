// Which container of a task failed first, as far as marks and logs tell.

import type { EvidenceBundle } from '../evidence.ts';
import type { ContainerFacts, StopKind } from './tasks.ts';

/** SIGKILL and SIGTERM: what the containers of a task get that is taken down. */
export const SIGNALLED: ReadonlySet<number> = new Set([137, 143]);

/**
 * ECS keeps no time per container, so the order is read from the marks: a reason of its own, an exit code that is not
 * the SIGTERM/SIGKILL the others get when the task is taken down, a failed health check.
 */
export function firstFailed(
  containers: readonly ContainerFacts[],
  kind: StopKind,
  heard: LastHeard,
): ContainerFacts | undefined {
  const score = (container: ContainerFacts): number => {
    let points = 0;
    if (container.reason !== '') points += 8;
    if (kind === 'container-health' && container.healthStatus === 'UNHEALTHY') points += 8;
    if (container.exitCode !== undefined && container.exitCode !== 0 && !SIGNALLED.has(container.exitCode))
      points += 4;
    if (container.exitCode === 0 && kind === 'exit') points += 3;
    if (container.exitCode === 137) points += 1;
    if (container.essential === true) points += 2;
    // Only an essential container ends its task.
    if (kind === 'exit' && container.essential === false) points -= 10;
    if (container.injected) points -= 6;
    // A log router that stops with its task ends with 0, so of two that did it is the other.
    if (container.exitCode === 0 && isLogRouter(container)) points -= 1;
    // Whoever was told to stop ended after the one that ended by itself, with whatever code.
    if (kind === 'exit' && heard.get(container.name)?.toldToStop === true) points -= 4;
    return points;
  };
  const ranked = containers
    .map((container) => ({ container, points: score(container) }))
    .sort((a, b) => b.points - a.points || silentBefore(a.container, b.container, heard));
  const best = ranked[0];
  return best !== undefined && best.points > 0 ? best.container : undefined;
}

/** The container of the task that FireLens sends the logs of the others through. */
export function isLogRouter({ definition }: ContainerFacts): boolean {
  return definition?.value.firelensConfiguration !== undefined;
}

/** When each container logged last, as far as its log was read, and whether it says that it was told to stop. */
type LastHeard = ReadonlyMap<string, { readonly atMs: number; readonly toldToStop: boolean }>;

const TOLD_TO_STOP = /\bSIGTERM\b|\bsignal (?:15|TERM)\b|\bterminat(?:ed|ion) signal\b/i;
/** How many of the last lines tell of a stop. */
const LAST_LINES = 20;

/** What the logs that were read tell of the containers of a task. */
export function lastHeardOf({ logs }: EvidenceBundle, taskArn: string | undefined): LastHeard {
  return new Map(
    logs
      .filter((log) => log.taskArn === taskArn && log.lines.length > 0)
      .map(({ container, lines }) => [
        container,
        {
          atMs: lines.at(-1)?.atMs ?? 0,
          toldToStop: lines.slice(-LAST_LINES).some(({ text }) => TOLD_TO_STOP.test(text)),
        },
      ]),
  );
}

/** Of containers that bear the same marks, the one that fell silent first was first; one that was told to stop was not. */
function silentBefore(one: ContainerFacts, other: ContainerFacts, heard: LastHeard): number {
  const [first, second] = [heard.get(one.name), heard.get(other.name)];
  if (first === undefined || second === undefined) return 0;
  return Number(first.toldToStop) - Number(second.toldToStop) || first.atMs - second.atMs;
}
