// Every score. Their order means nothing: all that apply count.

import { deploymentScores } from './deployment-table.ts';
import { hostScores } from './host-table.ts';
import { programScores } from './program-table.ts';
import { reachScores } from './reach-table.ts';
import { refusalScores } from './refusal-table.ts';
import type { Score } from './score.ts';

export { fallbackScores } from './fallback-table.ts';
export type { Score } from './score.ts';
export { toldScores } from './told-table.ts';
export { topicScores } from './topic-table.ts';

export const scores: readonly Score[] = [
  ...reachScores,
  ...refusalScores,
  ...programScores,
  ...hostScores,
  ...deploymentScores,
];
