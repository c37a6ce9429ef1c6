// The list of every rule, in the order in which findings of equal weight are told.

import { containerRules } from './container.ts';
import { healthRules } from './health.ts';
import { networkRules } from './network.ts';
import type { Rule } from './rule.ts';
import { startRules } from './start.ts';

export const allRules: readonly Rule[] = [...networkRules, ...startRules, ...containerRules, ...healthRules];
