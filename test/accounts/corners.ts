// Every corner, as one list.

import type { Corner } from './corner.ts';
import { definitionCorners } from './corners-definitions.ts';
import { fileCorners } from './corners-files.ts';
import { hostCorners } from './corners-hosts.ts';
import { keyCorners } from './corners-keys.ts';
import { referenceCorners } from './corners-references.ts';
import { wayCorners } from './corners-ways.ts';

export const corners: readonly Corner[] = [
  ...keyCorners,
  ...hostCorners,
  ...fileCorners,
  ...wayCorners,
  ...definitionCorners,
  ...referenceCorners,
];
