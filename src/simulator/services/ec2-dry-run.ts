// The answer of EC2 to a request that asks only whether it would succeed.

import { AwsFault } from '../wire/aws-fault.ts';

/** https://docs.aws.amazon.com/AWSEC2/latest/APIReference/CommonParameters.html (DryRun) */
export function dryRun(): AwsFault {
  return new AwsFault('DryRunOperation', 'Request would have succeeded, but DryRun flag is set.', {
    status: 412,
  });
}
