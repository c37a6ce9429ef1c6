// A node as a process of its own.

import { startNode } from '../../../src/node/compose.ts';
import { serve } from './child.ts';

serve({ startNode });
