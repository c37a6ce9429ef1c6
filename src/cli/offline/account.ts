// The two accounts a command can look at without a hub: that of the shell, and a file served as a static account in this
// process. Both end in the node's real SDK clients; those of a file know one address, on loopback, and no credentials.

import { renderAwsCli } from '../../catalog/cli-line.ts';
import type { Snapshot } from '../../contract/snapshot.ts';
import type { Clock } from '../../kernel/clock.ts';
import type { Redactor } from '../../kernel/redact.ts';
import { type AwsClients, createAwsClients } from '../../node/aws/clients.ts';
import type { Place } from '../../node/parts.ts';
import { createPlace } from '../../node/place.ts';
import { startSimulator } from '../../simulator/simulator.ts';
import { requireProfile } from '../aws-profile.ts';
import type { Environment } from '../environment.ts';

/** What everybody may know: signatures for the simulated account are read and never verified. */
export const SIMULATED_CREDENTIALS = { accessKeyId: 'SIMULATED', secretAccessKey: 'simulated' } as const;

export interface OfflineAccount {
  readonly clients: AwsClients;
  readonly place: Place;
  /** Its `now` is the moment of the file, or the present. */
  readonly clock: Clock;
  close(): Promise<void>;
}

/** The account of a snapshot as it was when it was taken. */
export async function openSnapshotAccount(snapshot: Snapshot, clock: Clock): Promise<OfflineAccount> {
  const simulator = await startSimulator({ snapshot, static: true, clock });
  const { id: account, region } = snapshot.account;
  const clients = createAwsClients({
    endpoints: { default: simulator.endpoint },
    region,
    credentials: SIMULATED_CREDENTIALS,
  });
  const takenAtMs = Date.parse(snapshot.takenAt);
  return {
    clients,
    place: { account, region, identity: '' },
    clock: {
      now: () => takenAtMs,
      monotonic: () => clock.monotonic(),
      after: (ms, run) => clock.after(ms, run),
    },
    close: async () => {
      clients.close();
      await simulator.close();
    },
  };
}

/** The AWS account of the shell. Throws `aws-profile-missing`, `aws-credentials-missing`, `aws-region-missing` or `aws-failed`. */
export async function openShellAccount(
  env: Environment,
  { clock, redact }: { clock: Clock; redact: Redactor },
): Promise<OfflineAccount> {
  requireProfile(env);
  const clients = createAwsClients({
    endpoints: env.awsEndpoints,
    region: env.awsRegion,
    profile: env.awsProfile,
  });
  const findPlace = createPlace({
    clock,
    clients,
    redact,
    journal: { append: () => Promise.resolve() },
    renderCli: renderAwsCli,
  });
  try {
    return { clients, place: await findPlace(), clock, close: async () => clients.close() };
  } catch (error) {
    clients.close();
    throw error;
  }
}
