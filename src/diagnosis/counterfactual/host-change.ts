// Changes of the hosts below a service, as the evidence would be with them.

import { z } from 'zod';
import type { ProposedCall } from '../../contract/finding.ts';
import type { EvidenceBundle } from '../evidence.ts';
import type { Applied } from './applied.ts';

const groupInput = z.object({ group: z.string(), max_size: z.number() });

/** The evidence with another largest size of the group; undefined when the group was not seen. */
export function withGroupSize(bundle: EvidenceBundle, call: ProposedCall): Applied | undefined {
  const input = groupInput.safeParse(call.input);
  const { capacity } = bundle;
  if (!input.success || capacity === undefined) return undefined;
  const { group: name, max_size: max } = input.data;
  const { items } = capacity.autoScalingGroups;
  if (!items.some(({ value }) => value.AutoScalingGroupName === name)) return undefined;
  const changed = items.map((one) =>
    one.value.AutoScalingGroupName === name ? { ...one, value: { ...one.value, MaxSize: max } } : one,
  );
  return {
    bundle: {
      ...bundle,
      capacity: { ...capacity, autoScalingGroups: { ...capacity.autoScalingGroups, items: changed } },
    },
    alsoOpens: () => [],
  };
}
