// Every fault there is, by name.

import { applicationFaults } from './applications.ts';
import { callerFaults } from './callers.ts';
import { deploymentFaults } from './deployments.ts';
import type { Fault } from './fault.ts';
import { hostFaults } from './hosts.ts';
import { layerFaults } from './layers.ts';
import { limitFaults } from './limits.ts';
import { networkFaults } from './network.ts';
import { programFaults } from './programs.ts';
import { refusalFaults } from './refusals.ts';
import { registryFaults } from './registries.ts';
import { roleFaults } from './roles.ts';
import { runtimeFaults } from './runtime.ts';
import { startFaults } from './start.ts';
import { storageFaults } from './storage.ts';
import { supplyFaults } from './supply.ts';

export const faults: readonly Fault[] = [
  ...networkFaults,
  ...startFaults,
  ...roleFaults,
  ...storageFaults,
  ...programFaults,
  ...hostFaults,
  ...supplyFaults,
  ...limitFaults,
  ...layerFaults,
  ...callerFaults,
  ...refusalFaults,
  ...deploymentFaults,
  ...applicationFaults,
  ...registryFaults,
  ...runtimeFaults,
];
