// The full diagnosis of several services inside one question about more than one: each as for a service alone, side by side, of which
// only the deciding findings are kept.

import type { Aws } from '../../src/contract/aws.ts';
import type { Finding } from '../../src/contract/finding.ts';
import type { ToolContext } from '../../src/contract/tool.ts';
import { diagnose } from '../../src/diagnosis/diagnose.ts';
import { collect } from './collect.ts';
import { type Measured, measured } from './measured.ts';

export interface DeepLook {
  readonly service: string;
  readonly cluster: string;
  /** The deciding finding, without what was ruled out; undefined when the service could not be looked into. */
  readonly finding: Finding | undefined;
  readonly stages: number;
  /** Why it could not be looked into. */
  readonly because: string | undefined;
}

const PATHS_KEPT = 1;

/** Looks into each service at the same time. Never throws for one of them. */
export function lookInto(
  aws: Aws,
  services: readonly { readonly cluster: string; readonly service: string }[],
  context: ToolContext,
): Promise<DeepLook[]> {
  return Promise.all(
    services.map(async ({ cluster, service }) => {
      const own = besideOthers(aws, context);
      const stages = () => own.stats().stages;
      try {
        const bundle = await collect(own.aws, { cluster, service }, { context: own.context });
        const [first] = diagnose(bundle).findings;
        return { service, cluster, finding: first && shortened(first), stages: stages(), because: undefined };
      } catch (error) {
        const because = error instanceof Error ? error.message : String(error);
        return { service, cluster, finding: undefined, stages: stages(), because };
      }
    }),
  );
}

/** One of several investigations at the same time: counted for itself, its stages unnamed, since a name would tell of one what is true of another. */
export function besideOthers(aws: Aws, context: ToolContext): Measured {
  return measured(aws, { ...context, stage: () => {} });
}

/** A finding among those of other subjects: what decides and what to do, without the long lists. */
export function shortened(finding: Finding): Finding {
  return { ...finding, ruledOut: [], paths: finding.paths.slice(0, PATHS_KEPT) };
}
