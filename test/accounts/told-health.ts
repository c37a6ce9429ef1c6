// Of the accounts of which the words matter: those about health, ends and counts.

import type { ToldCase } from './case.ts';
import { toldBalancerAcl } from './told-balancer-acl.ts';
import { toldPorts } from './told-ports.ts';
import { toldRouters } from './told-routers.ts';
import { toldRunning } from './told-running.ts';
import { toldScaling, toldZero } from './told-scaling.ts';
import { toldUnreached } from './told-unreached.ts';
import { toldUnseen } from './told-unseen.ts';

export const toldHealth: readonly ToldCase[] = [
  ...toldRunning,
  ...toldRouters,
  ...toldBalancerAcl,
  ...toldPorts,
  ...toldUnreached,
  ...toldUnseen,
  ...toldScaling,
  ...toldZero,
];
