// Whether the profile that AWS_PROFILE names is there. Asked before anything is sent, because the SDK goes on to other
// sources when it is not: on a machine with a role of its own it would then read with that role, which nobody meant.
// Where profiles stand: AWS SDKs and Tools Reference Guide, "Shared config and credentials files".

import { readFileSync } from 'node:fs';
import path from 'node:path';
import { fail } from '../contract/errors.ts';
import type { LockkeeperError } from '../kernel/errors.ts';
import type { Environment } from './environment.ts';
import { oneLine } from './terminal/terminal.ts';

/** The error to tell when the named profile is in neither file; null when it is there or none is named. */
export function missingProfile(env: Environment): LockkeeperError | null {
  const { awsProfile: profile, awsFiles } = env;
  if (profile === undefined) return null;
  const { config, credentials } = awsFiles;
  if (config === undefined || credentials === undefined) return null;
  const named = [...sectionsOf(config).map(nameInConfig), ...sectionsOf(credentials)];
  if (named.includes(profile)) return null;
  const others = [...new Set(named.filter((name) => name !== null))];
  return fail('aws-profile-missing', {
    profile: oneLine(profile),
    files: `${path.normalize(config)} and ${path.normalize(credentials)}`,
    others: others.length === 0 ? 'no profile' : others.slice(0, 12).map(oneLine).join(', '),
  });
}

/** Throws `aws-profile-missing`. */
export function requireProfile(env: Environment): void {
  const missing = missingProfile(env);
  if (missing !== null) throw missing;
}

function sectionsOf(file: string): string[] {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch {
    return []; // a file that is not there names no profile
  }
  return [...text.matchAll(/^\s*\[\s*([^\]]+?)\s*\]/gm)].map(([, name]) => name ?? '');
}

/** In the configuration file a profile is called `profile NAME`, and the default one just `default`. */
function nameInConfig(section: string): string | null {
  if (section === 'default') return section;
  return /^profile\s+["']?(.+?)["']?$/.exec(section)?.[1] ?? null;
}
