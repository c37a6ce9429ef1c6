// A container from its start on: what its application does first, what it waits for, what it writes, and how it may end
// by itself. Nothing is decided in advance: each attempt is what the account allows at that moment.

import type { SnapshotService, SnapshotTask } from '../../contract/snapshot.ts';
import { resolveName } from '../physics/names.ts';
import { reach } from '../physics/reach.ts';
import { type Application, definitionOf } from './application.ts';
import { failedCall } from './application-calls.ts';
import {
  EXEC_FORMAT_LINE,
  exitLines,
  floodLines,
  memoryLine,
  missingVariableLines,
  say,
  unknownHostLines,
  unreachableLines,
  workLine,
} from './application-log.ts';
import { type ContainerEnd, endContainer, OUT_OF_MEMORY } from './container-exit.ts';
import {
  DATABASE_TIMEOUT_MS,
  databaseReadyLines,
  databaseTimeoutLines,
  databaseUnknownLines,
  type LogLine,
  startLines,
} from './log-lines.ts';
import { routerFailure } from './log-router.ts';
import { architecturesOf, platformOf, recordedImage } from './start/registry.ts';
import { attemptOf } from './start/start-place.ts';
import { containerInterface } from './task-interface.ts';
import { memoryLimitMiB, untilFullMs } from './utilization.ts';
import { containerRun, type World } from './world.ts';

/** When the application, counted from its start, first tries what it needs. */
const FIRST_ATTEMPT_MS = 910;
const RETRY_MS = 2_000;
const MINUTE_MS = 60_000;
/** An application warns about its memory when this share of it is used. */
const WARN_SHARE = 0.9;

export interface RunningContainer {
  readonly task: SnapshotTask;
  readonly service: SnapshotService | undefined;
  readonly application: Application;
}

/** Starts the container's program; `changed` is called whenever it starts, becomes healthy or ends. */
export function startContainer(world: World, running: RunningContainer, changed: () => void): void {
  const { task, application } = running;
  const { behaviour, container } = application;
  const run = containerRun(world, task, container.name);
  Object.assign(run, { phase: 'running', startedAt: world.now() });
  run.health = application.healthCheck === undefined ? 'none' : 'starting';
  const shown = task.containers?.find((one) => one.name === container.name);
  if (shown !== undefined) shown.lastStatus = 'RUNNING';
  const ends = (delayMs: number, { end, lines }: { end: ContainerEnd; lines: string[] }) =>
    later(world, running, delayMs, () => {
      say(world, task, application, lines);
      endContainer(world, task, { application, end });
      changed();
    });
  if (!fitsPlatform(world, running)) {
    ends(50, { end: { code: 1 }, lines: [EXEC_FORMAT_LINE] });
    return;
  }
  const unreadable = routerFailure(world, task, application);
  if (unreadable !== undefined) {
    ends(200, { end: { code: 1 }, lines: unreadable });
    return;
  }
  const missing = behaviour.requires.find((name) => !hasVariable(application, name));
  writeLater(
    world,
    running,
    missing === undefined && behaviour.beginsWith.length === 0
      ? ownStartLines(world, running)
      : startLines(application).slice(0, 1),
  );
  const refused = behaviour.beginsWith
    .map((call) => failedCall(world, running, call))
    .find((lines) => lines.length > 0);
  if (missing === undefined && refused !== undefined) {
    ends(FIRST_ATTEMPT_MS, { end: { code: 1 }, lines: refused });
    return;
  }
  if (missing !== undefined) {
    ends(800, { end: { code: 1 }, lines: missingVariableLines(missing) });
    return;
  }
  later(world, running, behaviour.startsAfterMs, () => {
    run.listening = true;
    seekNeeds(world, running, () => ends(0, { end: { code: 1 }, lines: exitLines(1).slice(0, 1) }));
  });
  if (behaviour.exit !== undefined)
    ends(behaviour.exit.afterMs, { end: behaviour.exit, lines: exitLines(behaviour.exit.code) });
  keepRunning(world, running, ends);
}

/** What goes on in a container that runs, whether it was just started or found running. */
export function keepRunning(
  world: World,
  running: RunningContainer,
  ends: (delayMs: number, how: { end: ContainerEnd; lines: string[] }) => void,
): void {
  const { task, application } = running;
  const { behaviour } = application;
  const definition = definitionOf(world, task);
  const full = untilFullMs(application, definition);
  if (full.memory !== undefined) {
    const limit = memoryLimitMiB(application, definition) ?? 0;
    later(world, running, full.memory * WARN_SHARE, () =>
      say(world, task, application, [memoryLine(limit * WARN_SHARE, limit)]),
    );
    ends(full.memory, { end: OUT_OF_MEMORY, lines: [] });
  }
  if (full.disk !== undefined)
    ends(full.disk, {
      end: { code: 1 },
      lines: ["[ERROR] ENOSPC: no space left on device, write '/tmp/spool/part-00017'"],
    });
  if (behaviour.worker || behaviour.floodsPerMinute > 0 || behaviour.calls.length > 0)
    everyMinute(world, running);
}

function everyMinute(world: World, running: RunningContainer): void {
  const { task, application } = running;
  const { behaviour } = application;
  const round = () => {
    const minute = Math.floor(world.now() / MINUTE_MS);
    if (behaviour.worker) say(world, task, application, [workLine(minute)]);
    say(world, task, application, floodLines(behaviour.floodsPerMinute, minute * behaviour.floodsPerMinute));
    for (const call of behaviour.calls) say(world, task, application, failedCall(world, running, call));
    later(world, running, MINUTE_MS, round);
  };
  later(world, running, FIRST_ATTEMPT_MS, round);
}

/** Tries the database and whatever else is needed, again and again, until all of it answers. */
function seekNeeds(world: World, running: RunningContainer, giveUp: () => void): void {
  const { task, application } = running;
  const { behaviour, database } = application;
  const run = containerRun(world, task, application.container.name);
  if (database === undefined && behaviour.needs.length === 0) {
    run.ready = true;
    return;
  }
  const attempt = () => {
    const found = [...(database === undefined ? [] : [database]), ...behaviour.needs].map((need) => ({
      need,
      outcome: reached(world, task, need),
    }));
    const obstacle = found.find(({ outcome }) => outcome !== 'open');
    if (obstacle === undefined) {
      run.ready = true;
      if (database !== undefined) writeLater(world, running, sinceAttempt(databaseReadyLines()));
      return;
    }
    const { need, outcome } = obstacle;
    const lines =
      need === database
        ? sinceAttempt(outcome === 'unknown' ? databaseUnknownLines(need) : databaseTimeoutLines(need))
        : (outcome === 'unknown' ? unknownHostLines(need) : unreachableLines(need)).map((message) => ({
            afterMs: outcome === 'unknown' ? 20 : DATABASE_TIMEOUT_MS,
            message,
          }));
    writeLater(world, running, lines);
    later(world, running, DATABASE_TIMEOUT_MS + RETRY_MS, behaviour.givesUp ? giveUp : attempt);
  };
  later(world, running, FIRST_ATTEMPT_MS, attempt);
}

function reached(
  world: World,
  task: SnapshotTask,
  { host, port }: { host: string; port: number },
): 'open' | 'unknown' | 'closed' {
  const from = containerInterface(world, task);
  const { state } = world.account;
  if (from === undefined) return 'open';
  const address = resolveName(state, host, from.VpcId ?? '');
  if (address === undefined) return 'unknown';
  return reach(state.ec2, { from, to: address, port }).open ? 'open' : 'closed';
}

/** An image of another architecture is pulled all the same and fails at its first instruction. */
function fitsPlatform(world: World, { task, application }: RunningContainer): boolean {
  const attempt = attemptOf(world, task);
  const image = recordedImage(world.account.state, application.container);
  const known = image === undefined ? [] : architecturesOf(image);
  return attempt === undefined || known.length === 0 || known.includes(platformOf(attempt));
}

function hasVariable({ container }: Application, name: string): boolean {
  const named = (one: { name?: string | undefined }) => one.name === name;
  return (container.environment ?? []).some(named) || (container.secrets ?? []).some(named);
}

/** Runs `step` after a while if the container still runs then and nobody is stopping it. */
function later(
  world: World,
  { task, application }: RunningContainer,
  delayMs: number,
  step: () => void,
): void {
  const run = containerRun(world, task, application.container.name);
  world.after(delayMs, () => {
    if (run.phase === 'running' && !world.runOf(task).stopping) step();
  });
}

function writeLater(world: World, running: RunningContainer, lines: readonly LogLine[]): void {
  for (const line of lines)
    later(world, running, line.afterMs, () => say(world, running.task, running.application, [line.message]));
}

/** The lines of a start, with the address it listens on and the time it takes to get there. */
function ownStartLines(world: World, { task, application }: RunningContainer): LogLine[] {
  const { binds, startsAfterMs } = application.behaviour;
  const own = containerInterface(world, task)?.PrivateIpAddress ?? '0.0.0.0';
  const address = { all: '0.0.0.0', loopback: '127.0.0.1', interface: own }[binds];
  return startLines(application).map((line, index) => ({
    afterMs: line.afterMs + (index === 0 ? 0 : startsAfterMs),
    message: line.message.replace('0.0.0.0', address),
  }));
}

/** Lines whose offsets count from the container's start, as offsets from the first attempt. */
function sinceAttempt(lines: readonly LogLine[]): LogLine[] {
  return lines.map((line) => ({ ...line, afterMs: Math.max(0, line.afterMs - FIRST_ATTEMPT_MS) }));
}
