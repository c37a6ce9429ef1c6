// Every signal by name.

import type { Signal } from '../signal.ts';
import { activitySignals } from './activity.ts';
import { answerSignals } from './answer.ts';
import { applicationSignals } from './application.ts';
import { networkSignals } from './network.ts';
import { orchestrationSignals } from './orchestration.ts';
import { toldSignals } from './told-table.ts';
import { topicSignals } from './topic-table.ts';

const all = {
  ...activitySignals,
  ...answerSignals,
  ...applicationSignals,
  ...networkSignals,
  ...orchestrationSignals,
  ...toldSignals,
  ...topicSignals,
};

export type SignalName = keyof typeof all;

export const signals: Readonly<Record<SignalName, Signal>> = all;
