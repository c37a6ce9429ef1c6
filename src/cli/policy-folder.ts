// The policies that come with the program. The build checks them and leaves their digest beside the program; a start repeats the checks
// only where somebody changed a text since.

import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import type { Context } from './context.ts';

/** What `loadPolicies` takes for this package's own folder. */
export function policyFolder({ packageDir }: Pick<Context, 'packageDir'>): {
  readonly dir: string;
  readonly checkedSha256: string | undefined;
} {
  const digest = path.join(packageDir, 'dist', 'policies.sha256');
  return {
    dir: path.join(packageDir, 'policies'),
    checkedSha256: existsSync(digest) ? readFileSync(digest, 'utf8').trim() : undefined,
  };
}
