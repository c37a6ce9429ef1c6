// One incident per cause as a change of a small healthy account: what proves it, what only looks like it, and what is refused to be read.

import { balancingCases } from './balancing-cases.ts';
import type { CauseCase } from './cause-case.ts';
import { containerCases } from './container-cases.ts';
import { deploymentCases } from './deployment-cases.ts';
import { lifetimeCases } from './lifetime-cases.ts';
import { placementCases } from './placement-cases.ts';
import { resourceCases } from './resource-cases.ts';
import { runtimeCases } from './runtime-cases.ts';
import { supplyCases } from './supply-cases.ts';

export const causeCases: readonly CauseCase[] = [
  ...placementCases,
  ...supplyCases,
  ...resourceCases,
  ...deploymentCases,
  ...balancingCases,
  ...lifetimeCases,
  ...containerCases,
  ...runtimeCases,
];
