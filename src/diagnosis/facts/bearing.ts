// What a complaint in a log has to do with the end of its task. A program complains of many things it lives without: metrics that nobody
// takes, a cache it has a substitute for, traces it may not send. That such a complaint is true does not make it the cause: what came after
// it, how grave the program itself calls it, and how ECS says the container ended, decide whether it can be.

import type { Finding } from '../../contract/finding.ts';
import type { ContainerLog } from '../evidence.ts';
import type { SignalName } from '../explain/signals/all-signals.ts';
import { type LogRecord, recordsOf } from '../logs/records.ts';
import { endpointOf } from './attempts.ts';
import { missingSetting } from './last-words.ts';
import { saysReady } from './listening.ts';
import { saysItIsLight } from './log-lines.ts';
import { says } from './saying.ts';
import type { TaskFacts } from './tasks.ts';

/** ends: it may be what ended the task · doubtful: another end is as near · aside: the program went on after it, or ended otherwise. */
export type Bearing = 'ends' | 'doubtful' | 'aside';

/** A complaint, by what its lines say. */
export interface Complaining {
  /** True for a line of this very complaint. */
  readonly about: (line: string) => boolean;
  /** True for a line of the same kind of trouble, whatever it names. */
  readonly kin: (line: string) => boolean;
}

/** The newest lines that are looked at. */
const LINES_READ = 400;
/** Words of a program that goes on without what it did not get. */
const GOES_ON =
  /\b(?:disabl(?:ed|ing)|turn(?:ed|ing) off|switch(?:ed|ing) off|(?:is|are) off\b|fall(?:ing|s)?[ -]?back|fell back|(?:continu|proceed|carry|carri|go|serv|runn|start)\w* (?:on )?without|continuing|proceeding|ignor(?:ed|ing)|skipp(?:ed|ing)|non-?fatal|not fatal|best[- ]effort|optional|using (?:the )?(?:\w{1,20} )?(?:memory|defaults?|local)\b|dropp(?:ed|ing) (?:\w{1,20} )?(?:metrics?|spans?|traces?|events?|batch))/i;
/** A part of the program that is not there cannot be missing because something else did not answer. */
const NOT_IN_IMAGE =
  /cannot find (?:module|package)|no module named|ModuleNotFoundError|ImportError|ClassNotFoundException|NoClassDefFound|SyntaxError/i;
const OUT_OF_MEMORY = /OutOfMemory|out of memory|OOM[- ]?killed/i;
/** Exit codes of a process that a signal ended; but not SIGABRT, with which managed runtimes end after an exception nobody caught. */
const SIGNALS: ReadonlySet<number> = new Set([132, 133, 135, 136, 137, 139, 159]);

/** What a program says of its own end that no silent destination and no refused call explains. */
const OWN_STORIES = [
  'envMissing',
  'configWords',
  'migration',
  'dbAuth',
  'addressInUse',
  'openFiles',
  'noSpace',
  'programMissing',
] as const satisfies readonly SignalName[];
/** What it says of its end stands among so many of its last records, whether it calls that an error or not. */
const LAST_RECORDS = 3;
const CALM_MARK = /\b(?:INFO|DEBUG|TRACE|NOTICE)\b/i;

/** How the complaint bears on the end of `task`, by one log of it; `ends` where the log does not tell. */
export function bearingOf(log: ContainerLog, task: TaskFacts, complaint: Complaining): Bearing {
  const records = recordsOf(log.lines.slice(-LINES_READ));
  const isAbout = ({ lines }: LogRecord) => lines.some(complaint.about);
  const isKin = ({ lines }: LogRecord) => lines.some(complaint.kin);
  const last = records.findLastIndex(isAbout);
  if (last === -1) return 'ends';
  const told = records.filter(isAbout);
  const later = records.slice(last + 1);
  // Something of the same kind and graver comes after it: the same trouble, told again without the name.
  if (later.some((record) => record.level === 'error' && isKin(record))) return 'ends';
  const said: Said = {
    light: told.every((record) => saysItIsLight(record.title) || goesOn(record)),
    without: told.some(goesOn),
    ready: later.some(({ lines }) => lines.some(saysReady)),
    end: later.findLast((record, index) => !isKin(record) && isEnd(record, later.length - index)),
  };
  return byState(log, task, said) ?? byWords(said);
}

/** The strongest verdict that a complaint of this bearing can carry. */
export function boundedBy(bearing: Bearing, verdict: Finding['verdict']): Finding['verdict'] {
  if (verdict === 'unknown') return verdict;
  if (bearing === 'aside') return 'possible';
  return bearing === 'doubtful' && verdict === 'proven' ? 'likely' : verdict;
}

/** The strongest of several: one task that it ended is enough. */
export function strongestBearing(all: readonly Bearing[]): Bearing {
  const order = ['doubtful', 'aside'] as const;
  return all.length === 0 || all.includes('ends')
    ? 'ends'
    : (order.find((one) => all.includes(one)) ?? 'ends');
}

interface Said {
  /** No more than a warning, each time it was said. */
  readonly light: boolean;
  /** The program said that it goes on without it. */
  readonly without: boolean;
  /** It said afterwards that it is ready. */
  readonly ready: boolean;
  /** The last error of another kind after it. */
  readonly end: LogRecord | undefined;
}

/** By what ECS says of the end; undefined where that fits the complaint as well as anything. */
function byState(log: ContainerLog, task: TaskFacts, said: Said): Bearing | undefined {
  const { light, without, ready } = said;
  const container = task.containers.find(({ name }) => name === log.container);
  const unfit = light ? 'aside' : 'doubtful';
  switch (task.kind) {
    case 'exit': {
      const reason = `${container?.reason ?? ''} ${task.culprit === container ? task.stoppedReason : ''}`;
      if (OUT_OF_MEMORY.test(reason) || SIGNALS.has(container?.exitCode ?? 0)) return unfit;
      return container?.exitCode === 0 && light ? 'aside' : undefined;
    }
    case 'infrastructure':
      return unfit;
    case 'container-health':
    case 'elb-health':
      return light && (ready || without) ? 'aside' : undefined;
    default:
      return undefined;
  }
}

/** By what the program said after it. */
function byWords({ end, light, without }: Said): Bearing {
  if (end === undefined) return light ? 'doubtful' : 'ends';
  if (NOT_IN_IMAGE.test(end.title) || says(end.title, 'crash', 'oom', 'execFormat')) return 'aside';
  // An error that only says that the start failed may be what the complaint led to.
  const own = says(end.title, ...OWN_STORIES) || endpointOf(end.title) !== undefined;
  if (light || without) return own ? 'aside' : 'doubtful';
  // A setting may be missing because the place it comes from did not answer.
  return missingSetting(end.title) === undefined ? 'ends' : 'doubtful';
}

/** Whether a line says that the program goes on without what it did not get. */
export function goesOnWithout(line: string): boolean {
  return GOES_ON.test(line);
}

function goesOn({ lines }: LogRecord): boolean {
  return lines.some(goesOnWithout);
}

function isEnd({ level, title }: LogRecord, fromLast: number): boolean {
  if (level === 'error') return true;
  return (
    fromLast <= LAST_RECORDS && level === 'info' && !CALM_MARK.test(title) && says(title, ...OWN_STORIES)
  );
}
