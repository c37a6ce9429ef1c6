// Hub and node in one process, as `lockkeeper up` runs them.

import { startHub } from '../../../src/hub/compose.ts';
import { startNode } from '../../../src/node/compose.ts';
import { serve } from './child.ts';

serve({ startHub, startNode });
