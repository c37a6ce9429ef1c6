// Causes in other forms than the ones they are usually seen in: other launch types, other places where it goes wrong, other words.

import type { CauseClass, Finding } from '../../src/contract/finding.ts';
import type { World } from './base.ts';
import { balancingForms } from './forms-balancing.ts';

export interface FormCase {
  readonly name: string;
  readonly class: CauseClass;
  readonly verdicts: readonly Finding['verdict'][];
  readonly account: () => World;
  readonly culprit?: (world: World) => string;
  /** What the tool and input of one of the fixes hold. */
  readonly fix?: string;
  /** What title and explanation say between them. */
  readonly says?: RegExp;
  /** The permission that is named as missing. */
  readonly missing?: string;
}

export const forms: readonly FormCase[] = [...balancingForms];
