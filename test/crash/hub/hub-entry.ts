// A hub as a process of its own.

import { startHub } from '../../../src/hub/compose.ts';
import { serve } from './child.ts';

serve({ startHub });
