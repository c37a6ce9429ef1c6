// AWS_PROFILE that names nothing is told before anything is sent: the SDK would go on with other credentials.

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { missingProfile } from '../../src/cli/aws-profile.ts';
import { readEnvironment } from '../../src/cli/environment.ts';
import { runCli } from '../support/run-cli.ts';

let folder = '';
beforeAll(() => {
  folder = mkdtempSync(path.join(os.tmpdir(), 'lockkeeper-profile-'));
  writeFileSync(
    path.join(folder, 'config'),
    '[default]\nregion = eu-west-1\n[profile prod read]\n[sso-session x]\n',
  );
  writeFileSync(path.join(folder, 'credentials'), '[ old ]\naws_access_key_id = a\n');
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const env = (profile: string) => ({
  AWS_PROFILE: profile,
  AWS_REGION: 'us-east-1',
  AWS_CONFIG_FILE: path.join(folder, 'config'),
  AWS_SHARED_CREDENTIALS_FILE: path.join(folder, 'credentials'),
});

describe('a profile', () => {
  it.each(['default', 'prod read', 'old'])('%s is found in the files of the shell', (profile) => {
    expect(missingProfile(readEnvironment(env(profile)))).toBeNull();
  });

  it.each(['prod', 'x', 'sso-session x'])('%s is missing, and those that are there are named', (profile) => {
    expect(missingProfile(readEnvironment(env(profile)))?.message).toContain(`names the profile ${profile},`);
    expect(missingProfile(readEnvironment(env(profile)))?.next).toContain('default, prod read, old');
  });

  it.each([
    ['diagnose', '--cluster', 'prod'],
    ['snapshot', 'take', '--cluster', 'prod', '--out', 'out.json'],
    ['up', '--port', '0', '--data', 'data'],
  ])('that is missing ends %s at once, by its name', async (...args) => {
    const run = await runCli(args, { env: env('gone'), cwd: folder });
    expect(run).toMatchObject({ exit: 6, stderr: expect.stringContaining('names the profile gone,') });
  });

  it('that is missing is wrong in the eyes of the doctor, also without a hub', async () => {
    const run = await runCli(['doctor', '--data', path.join(folder, 'none')], {
      env: env('gone'),
      cwd: folder,
    });
    expect(run.stdout).toMatch(/✗ credentials +AWS_PROFILE names the profile gone/);
  });
});
