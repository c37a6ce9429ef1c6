// `npm run check:boto3`: every read that the tools make goes to the simulated account through boto3 as well; it must send the same
// request and read the same answer as the SDK. Without a Python that has boto3 it says so and succeeds.

import { execFileSync } from 'node:child_process';
import process from 'node:process';
import { loadSource } from './load-source.mjs';

function boto3Version(python) {
  try {
    const ask = 'import boto3; print(boto3.__version__)';
    return execFileSync(python, ['-c', ask], {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
    }).trim();
  } catch {
    return null;
  }
}

const python = 'python3';
const version = boto3Version(python);
if (version === null) {
  console.log('There is no python3 with boto3 on the PATH, so nothing was checked.');
} else {
  console.log(`boto3 ${version}`);
  const { checkBoto3 } = await loadSource('test/support/boto3-check.ts');
  const verbose = process.argv.includes('--verbose');
  const { checked, problems } = await checkBoto3(python, (line) => verbose && console.log(line));
  for (const problem of problems) console.error(`Not the same: ${problem}`);
  console.log(
    `${checked - problems.length} of ${checked} reads are the same through boto3 and through the SDK.`,
  );
  if (problems.length > 0 || checked === 0) process.exitCode = 1;
}
