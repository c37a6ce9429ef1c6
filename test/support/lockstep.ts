// Counts how many times an investigation has to wait for AWS. Requests are held until nobody asks for more, sent together, and answered
// together: each such round is one round trip that nothing could have run beside.

import type { Aws, AwsAction, AwsAnswer, AwsInput } from '../../src/contract/aws.ts';

export interface Lockstep {
  readonly aws: Aws;
  rounds(): number;
  requests(): number;
}

interface Held {
  send(): Promise<() => void>;
}

export function lockstep(inner: Aws): Lockstep {
  let held: Held[] = [];
  let rounds = 0;
  let requests = 0;
  let planned = false;

  const flush = async () => {
    planned = false;
    const batch = held;
    held = [];
    rounds += 1;
    const answers = await Promise.all(batch.map((one) => one.send()));
    for (const answer of answers) answer();
  };

  return {
    aws: {
      account: inner.account,
      region: inner.region,
      call: <A extends AwsAction>(action: A, input: AwsInput<A>) => {
        requests += 1;
        return new Promise<AwsAnswer<A>>((resolve, reject) => {
          held.push({
            send: () =>
              inner.call(action, input).then(
                (answer) => () => resolve(answer),
                (error) => () => reject(error),
              ),
          });
          // Everything that follows from the last answers has been asked for when the microtasks have run.
          if (!planned) setImmediate(() => void flush());
          planned = true;
        });
      },
    },
    rounds: () => rounds,
    requests: () => requests,
  };
}
