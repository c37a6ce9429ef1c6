// Every signal by name.

import type { Signal } from '../signal.ts';
import { activitySignals } from './activity.ts';
import { answerSignals } from './answer.ts';
import { applicationSignals } from './application.ts';
import { orchestrationSignals } from './orchestration.ts';

const all = { ...activitySignals, ...answerSignals, ...applicationSignals, ...orchestrationSignals };

export type SignalName = keyof typeof all;

export const signals: Readonly<Record<SignalName, Signal>> = all;
