// `npm run check:aws-cli`: every `aws …` line this product shows is accepted by the real AWS CLI and sends the same request
// as the SDK, against the simulated account on this machine. Without `aws` on the PATH it says so and succeeds.

import { execFileSync } from 'node:child_process';
import process from 'node:process';
import { loadSource } from './load-source.mjs';

const TRICKY_REQUESTS = 60;

function awsVersion() {
  try {
    return execFileSync('aws', ['--version'], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] }).trim();
  } catch {
    return null;
  }
}

const version = awsVersion();
if (version === null) {
  console.log('The AWS CLI (`aws`) is not on the PATH, so nothing was checked.');
} else {
  console.log(version);
  const { checkAwsCli } = await loadSource('test/support/aws-cli-check.ts');
  const verbose = process.argv.includes('--verbose');
  const { checked, unused, problems } = await checkAwsCli(
    TRICKY_REQUESTS,
    (line) => verbose && console.log(line),
  );
  for (const problem of problems) console.error(`Another request: ${problem}`);
  if (unused.length > 0) console.log(`No tool made these with its demo inputs: ${unused.join(', ')}.`);
  console.log(`${checked - problems.length} of ${checked} command lines send the same request as the SDK.`);
  if (problems.length > 0 || checked === 0) process.exitCode = 1;
}
