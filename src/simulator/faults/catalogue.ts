// Every fault there is, by name.

import type { Fault } from './fault.ts';
import { networkFaults } from './network.ts';
import { startFaults } from './start.ts';

export const faults: readonly Fault[] = [...networkFaults, ...startFaults];
