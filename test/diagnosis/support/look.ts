// A look at the small account's service after a change of the account, some reads refused.

import type { Snapshot } from '../../../src/contract/snapshot.ts';
import { type DiagnoseServiceOutput, diagnoseService } from '../../../tools/diagnose/diagnose-service.ts';
import { healthyAccount, NOW_MS } from '../../support/account-builder.ts';
import { simulatedAws } from '../../support/simulated-aws.ts';

export async function look(
  change: (s: Snapshot) => void,
  denied: readonly string[] = [],
): Promise<DiagnoseServiceOutput> {
  const snapshot = healthyAccount();
  change(snapshot);
  snapshot.denied = [...denied];
  const aws = await simulatedAws(snapshot);
  try {
    const context = { nowMs: NOW_MS, stage: () => {}, wait: async () => {} };
    return diagnoseService.output.parse(
      await diagnoseService.run({ cluster: 'prod', service: 'api' }, aws, context),
    );
  } finally {
    await aws.close();
  }
}
