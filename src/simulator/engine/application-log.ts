// What applications write beside the lines of log-lines.ts: failures, work, floods, and the same lines as JSON for those
// that log JSON. The texts are the applications' own.

import type { SnapshotTask } from '../../contract/snapshot.ts';
import type { Application } from './application.ts';
import { writeLog } from './task-logs.ts';
import { isoNow, type World } from './world.ts';

/** Writes lines in the application's own format. */
export function say(
  world: World,
  task: SnapshotTask,
  application: Application,
  lines: readonly string[],
): void {
  const written = application.behaviour.json
    ? lines.map((line) => asJson(line, { at: isoNow(world), application }))
    : lines;
  writeLog(world, task, application.container, written);
}

function asJson(line: string, { at, application }: { at: string; application: Application }): string {
  const [, level = 'INFO', text = line] = /^\[([A-Z]+)\] ([\s\S]*)$/.exec(line) ?? [];
  return JSON.stringify({
    time: at,
    level: level.toLowerCase(),
    service: application.name,
    version: application.version,
    msg: text,
  });
}

export function missingVariableLines(name: string): string[] {
  return [
    `[ERROR] Missing required environment variable ${name}`,
    [
      `Error: Missing required environment variable ${name}`,
      '    at loadConfig (/app/src/config.js:27:11)',
      '    at Object.<anonymous> (/app/src/server.js:9:16)',
      '    at Module._compile (node:internal/modules/cjs/loader:1554:14)',
    ].join('\n'),
  ];
}

/** What a shell or the kernel leaves in the log for an exit code, and what the program itself says before. */
export function exitLines(code: number): string[] {
  if (code === 0) return ['[INFO] All work done, exiting'];
  if (code === 139 || code === 134) return [];
  if (code === 126) return ['/bin/sh: ./start.sh: Permission denied'];
  if (code === 127) return ['/bin/sh: 1: start-server: not found'];
  return [
    '[ERROR] Unhandled rejection, exiting',
    "TypeError: Cannot read properties of undefined (reading 'id')\n    at handle (/app/src/orders.js:88:31)\n    at process.processTicksAndRejections (node:internal/process/task_queues:105:5)",
  ];
}

export const EXEC_FORMAT_LINE = 'exec /usr/local/bin/docker-entrypoint.sh: exec format error';

export function unreachableLines({ host, port }: { host: string; port: number }): string[] {
  return [
    `[ERROR] connect ETIMEDOUT ${host}:${port}`,
    `[WARN] ${host}:${port} is not reachable, trying again`,
  ];
}

export function unknownHostLines({ host }: { host: string }): string[] {
  return [`[ERROR] getaddrinfo ENOTFOUND ${host}`];
}

export function deniedLine(message: string): string {
  return `[ERROR] AccessDeniedException: ${message}`;
}

export function memoryLine(usedMiB: number, limitMiB: number): string {
  return `[WARN] heap is at ${Math.round(usedMiB)} MiB of ${limitMiB} MiB`;
}

export function workLine(minute: number): string {
  return `[INFO] Processed ${40 + (minute % 17)} messages, 0 failed`;
}

export function floodLines(count: number, from: number): string[] {
  return Array.from(
    { length: count },
    (_, index) => `[DEBUG] cache lookup key=item:${(from + index) % 9973} hit=${(from + index) % 3 === 0}`,
  );
}
