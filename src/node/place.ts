// Where the node's credentials lead: account, region and identity, asked of AWS once and kept.
// A failure is not kept: credentials may appear, and sessions may be renewed, while the node runs.

import { z } from 'zod';
import type { Clock } from '../kernel/clock.ts';
import { LockkeeperError } from '../kernel/errors.ts';
import { newId } from '../kernel/ids.ts';
import { limits } from '../kernel/limits.ts';
import type { AwsClients } from './aws/clients.ts';
import { awsFailed } from './aws/failed.ts';
import { classifyFailure } from './aws/failure.ts';
import { clip } from './bounded-json.ts';
import type { Journal } from './journal.ts';
import type { Place, Redactor, RenderCli } from './parts.ts';

/** What `sts:GetCallerIdentity` answers (API reference, Security Token Service). */
const callerIdentity = z.object({
  Account: z.string().regex(/^\d{12}$/),
  Arn: z.string().startsWith('arn:').max(2_048),
});

const NO_IDENTITY = { code: 'AnswerUnreadable', message: 'the answer names no account and identity' };

export interface PlaceParts {
  readonly clock: Clock;
  readonly clients: AwsClients;
  readonly journal: Pick<Journal, 'append'>;
  readonly redact: Redactor;
  readonly renderCli: RenderCli;
}

/** A function that finds the place out. It throws `aws-credentials-missing`, `aws-region-missing` or `aws-failed`. */
export function createPlace(parts: PlaceParts): () => Promise<Place> {
  let known: Promise<Place> | null = null;
  return () => {
    known ??= findPlace(parts).catch((error: unknown) => {
      known = null;
      throw error;
    });
    return known;
  };
}

/** Every credential can make this request, and before it nobody knows in whose name the hub would be asked. */
async function findPlace(parts: PlaceParts): Promise<Place> {
  const { clock, clients, journal } = parts;
  const action = 'sts:GetCallerIdentity';
  const timeout = new AbortController();
  const timer = clock.after(limits.call.awsCallMs, () => timeout.abort());
  const aws = newId('aws', clock.now());
  const call = 'node-start';
  try {
    const region = await clients.region();
    await journal.append({
      event: 'aws.started',
      aws,
      call,
      action,
      cli: parts.renderCli(action, {}, { region }),
    });
    const { output, requestId, attempts } = await clients.send(action, {}, timeout.signal);
    await journal.append({
      event: 'aws.finished',
      aws,
      call,
      status: 'ok',
      requestId,
      attempts,
      evidenceSha256: null,
      error: null,
    });
    const identity = callerIdentity.safeParse(output);
    if (!identity.success) throw awsFailed({ kind: 'other', action, ...NO_IDENTITY });
    return { account: identity.data.Account, region, identity: identity.data.Arn };
  } catch (error) {
    if (error instanceof LockkeeperError) throw error;
    const { kind, code, message } = classifyFailure(error);
    throw awsFailed({ kind, action, code, message: clip(parts.redact.text(message).text, 500) }, error);
  } finally {
    timer.cancel();
  }
}
