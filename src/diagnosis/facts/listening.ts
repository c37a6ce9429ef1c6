// What applications say about where they listen and when they were ready. Wordings of many frameworks; a claim of the application, which a
// rule may weigh and never takes as proof.

import type { EvidenceRef } from '../../contract/finding.ts';
import type { Facts } from './facts.ts';
import { placesIn } from './listening-place.ts';
import { plainLine } from './log-lines.ts';

export interface Listening {
  readonly taskArn: string;
  readonly container: string;
  /** Undefined when the line names only a port. */
  readonly host: string | undefined;
  readonly port: number | undefined;
  readonly atMs: number;
  readonly at: EvidenceRef;
}

const READY =
  /\b(?:listening|now listening|server (?:is )?(?:started|running|ready)|started (?:\S+ ){0,3}in [\d.]+ ?(?:s|sec|seconds|ms)|running (?:on|at):? (?:all addresses|https?:|\S+:\d)|local: {1,12}https?:|ready (?:to (?:accept|handle|serve)|for connections|in [\d.]+)|application startup complete|uvicorn running|accepting connections|serving (?:on|at|http)|start worker processes|started server|ready on|started on ports?|started \w{0,20}connector|bound to|server startup in \[?\d+)(?![a-z])/i;
const EVERYWHERE = /^(?:0\.0\.0\.0|\*|\[?::\]?|0(?::0){7})$/;
const LOOPBACK = /^(?:127\.\d+\.\d+\.\d+|localhost|\[?::1\]?|0(?::0){6}:1)$/i;
/** Of a server that has its port and is not ready yet. */
const OPENS_PORT = /\b(?:initialized|started) (?:with|on) ports?\b/i;
/** Where the words about it begin. */
const SPEAKS = new RegExp(`${OPENS_PORT.source}|${READY.source}`, 'i');
/** Lines about other programs of the task, such as its metrics. */
const ASIDE = /metrics|debugg?er|admin|management|prometheus|jmx|inspector/i;

/** True for a line in which a program says that it listens or is ready. */
export function saysReady(text: string): boolean {
  return READY.test(text) && !ASIDE.test(text);
}

/** Every line in which an application says that it listens or is ready, oldest first. */
export function listeningOf(facts: Pick<Facts, 'bundle'>): Listening[] {
  return linesWith(facts, saysReady);
}

/** The lines of a container that name a port it listens on, ready or not, oldest first. */
export function portsNamed(
  facts: Pick<Facts, 'bundle'>,
  container: string,
): (Listening & { port: number })[] {
  return linesWith(facts, (text) => saysReady(text) || (OPENS_PORT.test(text) && !ASIDE.test(text))).flatMap(
    (one) => (one.container === container && one.port !== undefined ? [{ ...one, port: one.port }] : []),
  );
}

function linesWith({ bundle }: Pick<Facts, 'bundle'>, speaks: (text: string) => boolean): Listening[] {
  return bundle.logs.flatMap((log) =>
    log.lines.flatMap((line): Listening[] => {
      const text = plainLine(line.text);
      if (!speaks(text)) return [];
      const at = { id: log.evidence, path: line.path };
      const one = { taskArn: log.taskArn, container: log.container, atMs: line.atMs, at };
      const places = placesIn(text, SPEAKS);
      return places.length === 0
        ? [{ ...one, host: undefined, port: undefined }]
        : places.map((place) => ({ ...one, ...place }));
    }),
  );
}

/** An application that listens on the loopback only, so that nothing outside the task reaches it. */
export function loopbackBound(facts: Pick<Facts, 'bundle'>): Listening | undefined {
  const all = listeningOf(facts).filter(({ port }) => port !== undefined);
  if (all.some(({ host }) => host !== undefined && EVERYWHERE.test(host))) return undefined;
  return all.findLast(({ host }) => host !== undefined && LOOPBACK.test(host));
}

/** An application that listens on one address which is not the loopback, so that a check of localhost finds nothing. */
export function elsewhereBound(facts: Pick<Facts, 'bundle'>): Listening | undefined {
  const all = listeningOf(facts).filter(({ port }) => port !== undefined);
  return all.findLast(({ host }) => host !== undefined && !LOOPBACK.test(host) && !EVERYWHERE.test(host));
}

/** True when an application says that it listens on every address of the task. */
export function boundEverywhere(facts: Pick<Facts, 'bundle'>): boolean {
  return listeningOf(facts).some(({ host }) => host !== undefined && EVERYWHERE.test(host));
}
