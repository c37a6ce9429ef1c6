// The answer of service_cost as lines that a planner reads.

import type { ServiceCostOutput } from './cost-output.ts';

export function costLines(out: ServiceCostOutput): string[] {
  const { tasks, scaling } = out;
  return [
    `${out.service} in ${out.cluster} (${out.revision}): ${tasks.fargate} Fargate, ${tasks.spot} Fargate Spot, ${tasks.ec2} EC2 tasks run${out.requested === null ? '' : `, each ${sizeText(out.requested)}`}.`,
    useLine(out),
    `Size: ${out.verdict}, because ${out.because}.${out.suggested === null ? '' : ` ${sizeText(out.suggested)} would hold it.`}`,
    out.monthly === null ? 'Cost: no number; see the basis.' : moneyLine(out.monthly, out.monthlySuggested),
    scaling === null
      ? 'Scaling: not seen.'
      : `Scaling: ${scaling.changes} changes, ${scaling.turns} turns, ${scaling.turnsPerDay} a day${scaling.minutesBetweenTurns === null ? '' : `, ${scaling.minutesBetweenTurns} min between turns`}; ${scaling.oscillates ? 'it swings' : 'it does not swing'}.`,
    ...(scaling?.reasons ?? []).map((reason) => `  ${reason}`),
    'Basis:',
    ...out.basis.map((line) => `  ${line}`),
    ...out.cannotVerify.map(({ what, missingAction }) => `Not seen: ${what}; needs ${missingAction}`),
  ];
}

function useLine({ cpu, memory, days }: ServiceCostOutput): string {
  const use = (name: string, one: ServiceCostOutput['cpu']): string =>
    one === null
      ? `${name} not measured`
      : `${name} ${one.average.toFixed(1)} % on average, ${one.peak.toFixed(1)} % at the peak (${one.hours} hours)`;
  return `Used of what is requested over ${days} days: ${use('CPU', cpu)}; ${use('memory', memory)}.`;
}

function moneyLine(monthly: number, suggested: number | null): string {
  const saving = suggested === null ? 0 : monthly - suggested;
  return `Cost: ${monthly.toFixed(2)} USD a month${suggested === null ? '' : `; ${suggested.toFixed(2)} with the other size, ${Math.abs(saving).toFixed(2)} ${saving >= 0 ? 'less' : 'more'}`}.`;
}

/** "0.25 vCPU, 512 MiB". */
export function sizeText({ cpu, memory }: { cpu: number; memory: number }): string {
  return `${cpu / 1_024} vCPU, ${memory} MiB`;
}
