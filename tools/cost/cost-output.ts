// What service_cost answers with.

import { z } from 'zod';

const size = z.object({ cpu: z.number(), memory: z.number() });

export const serviceCostOutput = z.object({
  cluster: z.string(),
  service: z.string(),
  revision: z.string(),
  /** Running tasks by what they are billed as. */
  tasks: z.object({ fargate: z.number().int(), spot: z.number().int(), ec2: z.number().int() }),
  /** CPU units and MiB of one task; null when the task definition was not seen or does not say. */
  requested: size.nullable(),
  /** Percent of what is requested, over `hours` hours; null when nothing was measured. */
  cpu: z.object({ average: z.number(), peak: z.number(), hours: z.number().int() }).nullable(),
  memory: z.object({ average: z.number(), peak: z.number(), hours: z.number().int() }).nullable(),
  days: z.number().int(),
  verdict: z.enum(['oversized', 'undersized', 'fitting', 'unknown']),
  because: z.string(),
  suggested: size.nullable(),
  /** US dollars a month for the Fargate tasks that run now; null without a price. */
  monthly: z.number().nullable(),
  monthlySuggested: z.number().nullable(),
  price: z
    .object({ region: z.string(), asOf: z.string(), perVcpuHour: z.number(), perGbHour: z.number() })
    .nullable(),
  scaling: z
    .object({
      changes: z.number().int(),
      turns: z.number().int(),
      turnsPerDay: z.number(),
      minutesBetweenTurns: z.number().nullable(),
      oscillates: z.boolean(),
      reasons: z.array(z.string()).max(20),
    })
    .nullable(),
  /** What the numbers rest on and leave out, as sentences. */
  basis: z.array(z.string()).max(12),
  cannotVerify: z.array(z.object({ what: z.string(), missingAction: z.string() })).max(12),
  evidence: z.array(z.string()).max(20),
});
export type ServiceCostOutput = z.infer<typeof serviceCostOutput>;
