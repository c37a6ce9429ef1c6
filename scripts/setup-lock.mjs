// One at a time in a checkout: who installs or builds holds the file `.setup.lock`, and who comes second waits and says so.
// A holder that was killed is no holder: the file names its processes and is touched as long as the holder lives.
// Plain JavaScript without dependencies, because it runs before anything is installed.

import { readFileSync, renameSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';

const HEARTBEAT_MS = 2_000;
const LOOK_AGAIN_MS = 250;
const SAY_AGAIN_MS = 10_000;
/** A holder on another machine, whose processes cannot be seen, lives as long as its file is touched. */
const QUIET_MS_MAX = 60_000;
/** After so long without a touch even a living process is another one, which was given the number of the holder. */
const QUIET_MS_MAX_ALIVE = 600_000;

/**
 * Runs `work` while this process holds the lock of the checkout in `root`; ends the program with one sentence when the
 * folder cannot be written. `work` is given `busyWith(pid)`, to name the child that is at work for this process: a child
 * outlives a parent that was killed, and must not get company.
 */
export async function alone(root, work) {
  const file = path.join(root, '.setup.lock');
  await take(file);
  const release = () => {
    if (isMine(read(file))) rmSync(file, { force: true });
  };
  process.once('exit', release);
  const heartbeat = setInterval(() => touch(file), HEARTBEAT_MS);
  try {
    return await work((child) => writeFileSync(file, contents(child)));
  } finally {
    clearInterval(heartbeat);
    process.removeListener('exit', release);
    release();
  }
}

async function take(file) {
  const since = Date.now();
  let saidAt = 0;
  while (!tryToTake(file)) {
    if (Date.now() - saidAt >= SAY_AGAIN_MS) {
      saidAt = Date.now();
      process.stderr.write(waiting(file, Math.round((saidAt - since) / 1000)));
    }
    await new Promise((resolve) => setTimeout(resolve, LOOK_AGAIN_MS));
  }
}

function waiting(file, seconds) {
  const holder = read(file)?.pids?.[0];
  const who = holder === undefined ? 'Another process' : `Another process (${holder})`;
  return seconds === 0
    ? `${who} is installing or building in this folder; waiting for it to finish …\n`
    : `  still waiting for it, ${seconds} s; if it is gone, remove ${file}\n`;
}

function tryToTake(file) {
  try {
    writeFileSync(file, contents(), { flag: 'wx' });
    return true;
  } catch (error) {
    if (error.code !== 'EEXIST') cannotWrite(file, error);
  }
  const seen = read(file);
  if (seen !== null && !isHeld(seen)) removeStale(file, seen);
  return false;
}

/** Takes away what a killed holder left. Of two that see it at once the slower finds a newer file and puts it back. */
function removeStale(file, seen) {
  const aside = `${file}.${process.pid}`;
  try {
    renameSync(file, aside);
    if (read(aside)?.text === seen.text) rmSync(aside, { force: true });
    else renameSync(aside, file);
  } catch (error) {
    if (error.code !== 'ENOENT') cannotWrite(file, error);
  }
}

function isHeld({ host, pids, quietMs }) {
  if (host !== os.hostname() || !Array.isArray(pids)) return quietMs < QUIET_MS_MAX;
  return quietMs < QUIET_MS_MAX_ALIVE && pids.some(isAlive);
}

function isAlive(pid) {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // It is there, and somebody else's.
    return error.code === 'EPERM';
  }
}

function isMine(seen) {
  return seen?.host === os.hostname() && seen.pids?.[0] === process.pid;
}

function contents(child) {
  return JSON.stringify({
    host: os.hostname(),
    pids: child === undefined ? [process.pid] : [process.pid, child],
  });
}

/** What the file says; without `host` and `pids` when its holder was stopped before it could write them; null when it is gone. */
function read(file) {
  let text = '';
  try {
    text = readFileSync(file, 'utf8');
    const quietMs = Date.now() - statSync(file).mtimeMs;
    return { text, quietMs, ...parsed(text) };
  } catch (error) {
    if (error.code === 'ENOENT') return null;
    throw error;
  }
}

function parsed(text) {
  try {
    const value = JSON.parse(text);
    return typeof value === 'object' && value !== null ? { host: value.host, pids: value.pids } : {};
  } catch {
    return {};
  }
}

function touch(file) {
  const now = new Date();
  try {
    utimesSync(file, now, now);
  } catch {
    // Somebody removed it by hand. The work goes on; a second installer is then what was asked for.
  }
}

function cannotWrite(file, error) {
  process.stderr.write(
    `lockkeeper: ${path.dirname(file)} cannot be written (${error.code}), so nothing can be installed or built. ` +
      'Give this user the right to write there, or run it from a copy of the folder.\n',
  );
  process.exit(6);
}
