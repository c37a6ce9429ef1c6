// How a simulated application behaves. A container says it in the docker label or the environment variable `SIMULATE`, as
// words with commas between them; what it does not say is what a plain web server or worker does. The engine never decides
// that a task fails: these words are what a program is like, and the account decides what comes of it.
//
//   port=8081             listens on this port instead of the first port mapping
//   binds=loopback        listens on 127.0.0.1 only; `interface` listens on the task's address only
//   starts-after=90       serves nothing for so many seconds
//   health=/ready         answers checks on this path only and 404 elsewhere
//   answers=301           answers every check with this code once it is ready
//   needs=HOST:PORT       cannot work without this (a queue, a cache, an API); DB_HOST, DATABASE_URL name a database
//   gives-up              exits with 1 when something it needs cannot be reached, instead of trying again
//   requires=NAME         exits with 1 when this variable is not set; may be there several times
//   calls=ACTION@ARN      uses this permission of its task role each minute and logs a refusal
//   begins-with=ACTION@ARN  the same once at its start, and exits with 1 when it is refused or has no credentials
//   exits=CODE@SECONDS    exits with this code after so many seconds; 0 is a job that is done, 139 a segmentation fault
//   memory=MIB            uses so much memory, and `leaks=MIB` so much more every minute
//   load=PERCENT          the work of the whole service, in percent of one task's CPU; its tasks share it
//   ignores-sigterm       is killed when its stop time-out is over
//   lacks=PROGRAM         its image lacks a program that a health check may need, such as `curl`
//   logs=json             writes JSON; `floods=LINES` writes so many lines every minute; `worker` logs the work it does
//   grows-disk=GIB        writes so much to its disk every minute

import type { Container } from './application.ts';

export interface Behaviour {
  readonly port: number | undefined;
  readonly binds: 'all' | 'loopback' | 'interface';
  readonly startsAfterMs: number;
  readonly healthPath: string | undefined;
  readonly answers: number;
  readonly needs: readonly { readonly host: string; readonly port: number }[];
  readonly givesUp: boolean;
  readonly requires: readonly string[];
  readonly calls: readonly { readonly action: string; readonly resource: string }[];
  readonly beginsWith: readonly { readonly action: string; readonly resource: string }[];
  readonly exit: { readonly code: number; readonly afterMs: number } | undefined;
  readonly memoryMiB: number;
  readonly leaksMiBPerMinute: number;
  /** Percent of one task's CPU, for the service as a whole. */
  readonly load: number | undefined;
  readonly ignoresSigterm: boolean;
  readonly lacks: readonly string[];
  readonly json: boolean;
  readonly floodsPerMinute: number;
  readonly worker: boolean;
  readonly diskGiBPerMinute: number;
}

/** Longer texts and larger numbers than these are cut off: a task definition may come from anywhere. */
const WORDS_MAX = 40;
const NUMBER_MAX = 1_000_000;
const FLOOD_MAX = 3_000;
/** What a small program uses, in MiB. */
const MEMORY_MIB = 96;

export function behaviourOf(container: Container): Behaviour {
  const words = wordsOf(container);
  const all = (name: string) => words.filter((word) => word.name === name).map((word) => word.value);
  const one = (name: string) => all(name).at(-1);
  const numeric = (name: string, otherwise: number) => numberIn(one(name), otherwise);
  const binds = one('binds');
  const port = one('port');
  const load = one('load');
  return {
    port: port === undefined ? undefined : numberIn(port, 0),
    binds: binds === 'loopback' || binds === 'interface' ? binds : 'all',
    startsAfterMs: numeric('starts-after', 0) * 1000,
    healthPath: one('health'),
    answers: numeric('answers', 200),
    needs: all('needs').map(hostAndPort),
    givesUp: one('gives-up') !== undefined,
    requires: all('requires'),
    calls: all('calls').map(callIn),
    beginsWith: all('begins-with').map(callIn),
    exit: exitOf(one('exits')),
    memoryMiB: numeric('memory', MEMORY_MIB),
    leaksMiBPerMinute: numeric('leaks', 0),
    load: load === undefined ? undefined : numberIn(load, 0),
    ignoresSigterm: one('ignores-sigterm') !== undefined,
    lacks: all('lacks'),
    json: one('logs') === 'json',
    floodsPerMinute: Math.min(FLOOD_MAX, numeric('floods', 0)),
    worker: one('worker') !== undefined,
    diskGiBPerMinute: numeric('grows-disk', 0),
  };
}

function wordsOf(container: Container): { name: string; value: string }[] {
  const variable = container.environment?.find((one) => one.name === 'SIMULATE')?.value;
  const text = [container.dockerLabels?.SIMULATE, variable].filter((one) => one !== undefined).join(',');
  return text
    .split(',')
    .slice(0, WORDS_MAX)
    .map((word) => word.trim())
    .filter((word) => word !== '')
    .map((word) => {
      const at = word.indexOf('=');
      return at < 0 ? { name: word, value: '' } : { name: word.slice(0, at), value: word.slice(at + 1) };
    });
}

function exitOf(text: string | undefined): Behaviour['exit'] {
  if (text === undefined) return undefined;
  const [code, seconds] = text.split('@');
  return { code: numberIn(code, 1) & 255, afterMs: numberIn(seconds, 5) * 1000 };
}

function callIn(text: string): { action: string; resource: string } {
  const at = text.indexOf('@');
  return at < 0
    ? { action: text, resource: '*' }
    : { action: text.slice(0, at), resource: text.slice(at + 1) };
}

function hostAndPort(text: string): { host: string; port: number } {
  const colon = text.lastIndexOf(':');
  return colon < 0
    ? { host: text, port: 443 }
    : { host: text.slice(0, colon), port: numberIn(text.slice(colon + 1), 443) };
}

function numberIn(text: string | undefined, otherwise: number): number {
  const value = text === undefined || text === '' ? Number.NaN : Number(text);
  return Number.isFinite(value) ? Math.min(NUMBER_MAX, Math.max(0, value)) : otherwise;
}
