// The narrow gate to AWS that tools are given, on top of the product's own SDK clients, talking to one endpoint over loopback.
// It has no journal and no budget: those belong to the node. It keeps what was called, so that a test can say "nothing".

import {
  type Aws,
  type AwsAction,
  type AwsAnswer,
  AwsCallError,
  type AwsInput,
} from '../../src/contract/aws.ts';
import { createAwsClients } from '../../src/node/aws/clients.ts';
import { classifyFailure } from '../../src/node/aws/failure.ts';

export interface SdkAws extends Aws {
  /** Every action called so far, in order. */
  readonly calls: { readonly action: AwsAction; readonly input: unknown }[];
  close(): void;
}

/** A gate to whatever answers for AWS at `endpoint`. */
export function sdkAws({
  endpoint,
  account,
  region,
}: {
  endpoint: string;
  account: string;
  region: string;
}): SdkAws {
  const clients = createAwsClients({
    endpoints: { default: endpoint },
    region,
    credentials: { accessKeyId: 'simulated', secretAccessKey: 'simulated' },
  });
  const calls: SdkAws['calls'] = [];
  return {
    account,
    region,
    calls,
    call: async <A extends AwsAction>(action: A, input: AwsInput<A>): Promise<AwsAnswer<A>> => {
      const count = calls.push({ action, input });
      const evidence = `ev_${count}`;
      try {
        const { output } = await clients.send(action, input as object, new AbortController().signal);
        // The client that belongs to the action returns the action's output.
        return { output, evidence } as unknown as AwsAnswer<A>;
      } catch (thrown) {
        const { kind, code, message } = classifyFailure(thrown);
        throw new AwsCallError({ kind, action, code, message, evidence }, thrown);
      }
    },
    close: () => clients.close(),
  };
}
