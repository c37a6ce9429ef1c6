// Requested against used: what a service's tasks cost, whether they are too large or too small, and what another size would save.
// Every number says what it rests on; without enough measurements, or without a price, there is no number.

import type { FargatePrice } from './fargate-price-table.ts';
import { fittingSize, type TaskSize } from './fargate-size.ts';

/** One metric over the window, in percent of what is requested. */
export interface Usage {
  /** Of all tasks, over all hours. */
  readonly average: number;
  /** The most loaded task in its worst hour. */
  readonly peak: number;
  /** How many hours have a value. */
  readonly hours: number;
}

export interface SizingQuestion {
  readonly requested: TaskSize;
  readonly cpu: Usage | undefined;
  readonly memory: Usage | undefined;
  readonly price: FargatePrice | undefined;
  /** Tasks that run now on demand. Those on Spot have no fixed price. */
  readonly onDemandTasks: number;
}

export type SizeVerdict = 'oversized' | 'undersized' | 'fitting' | 'unknown';

export interface Sizing {
  readonly verdict: SizeVerdict;
  readonly because: string;
  /** A size Fargate offers that holds the peak with room to spare; undefined unless it differs and is worth it. */
  readonly suggested: TaskSize | undefined;
  /** US dollars a month; undefined without a price. */
  readonly monthly: number | undefined;
  readonly monthlySuggested: number | undefined;
}

/** AWS bills by the second; a month is 8760 hours by 12. */
export const HOURS_A_MONTH = 730;
/** A day of hours shows the daily rhythm once; less shows nothing about size. */
export const HOURS_NEEDED = 24;
/** Room above the peak: memory that runs out kills the task, CPU that runs out slows it. */
const CPU_ROOM = 1.25;
const MEMORY_ROOM = 1.3;
/** A smaller saving is not worth a change. */
const SAVING_SHARE = 0.1;
const CPU_FULL = 85;
const MEMORY_FULL = 90;

export function sizingOf(question: SizingQuestion): Sizing {
  const { requested, price, onDemandTasks } = question;
  const cost = (size: TaskSize): number => hourly(size, price);
  const monthly = (size: TaskSize): number | undefined =>
    price === undefined ? undefined : cost(size) * onDemandTasks * HOURS_A_MONTH;
  const verdict = verdictOf(question, cost);
  return {
    ...verdict,
    monthly: monthly(requested),
    monthlySuggested: verdict.suggested === undefined ? undefined : monthly(verdict.suggested),
  };
}

function hoursText(hours: number): string {
  return `${hours} ${hours === 1 ? 'hour' : 'hours'}`;
}

function verdictOf(
  { requested, cpu, memory }: SizingQuestion,
  cost: (size: TaskSize) => number,
): Pick<Sizing, 'verdict' | 'because' | 'suggested'> {
  if (cpu === undefined || memory === undefined || Math.min(cpu.hours, memory.hours) < HOURS_NEEDED)
    return {
      verdict: 'unknown',
      because: `CPU and memory were measured for ${hoursText(Math.min(cpu?.hours ?? 0, memory?.hours ?? 0))}; ${HOURS_NEEDED} are needed`,
      suggested: undefined,
    };
  const need = {
    cpu: (requested.cpu * cpu.peak * CPU_ROOM) / 100,
    memory: (requested.memory * memory.peak * MEMORY_ROOM) / 100,
  };
  const fitting = fittingSize(need, cost);
  if (cpu.average > CPU_FULL || memory.peak > MEMORY_FULL)
    return {
      verdict: 'undersized',
      because:
        memory.peak > MEMORY_FULL
          ? `the fullest task used ${percent(memory.peak)} of its memory`
          : `CPU was ${percent(cpu.average)} used on average`,
      // More memory with less CPU may well cost less.
      suggested: fitting,
    };
  if (fitting !== undefined && cost(fitting) <= cost(requested) * (1 - SAVING_SHARE))
    return {
      verdict: 'oversized',
      because: `the busiest task in its worst hour used ${percent(cpu.peak)} of its CPU and ${percent(memory.peak)} of its memory`,
      suggested: fitting,
    };
  return {
    verdict: 'fitting',
    because: `peaks of ${percent(cpu.peak)} CPU and ${percent(memory.peak)} memory leave the room a task needs, and no smaller size holds them`,
    suggested: undefined,
  };
}

/** Without a price sizes are still put in order, by the proportion of CPU to memory that Fargate asks everywhere: about nine to one. */
function hourly({ cpu, memory }: TaskSize, price: FargatePrice | undefined): number {
  return (cpu / 1_024) * (price?.perVcpuHour ?? 9) + (memory / 1_024) * (price?.perGbHour ?? 1);
}

function percent(value: number): string {
  return `${value < 10 ? value.toFixed(1) : Math.round(value)} %`;
}
