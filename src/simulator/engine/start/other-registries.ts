// Registries other than ECR: who has to sign in, and how often a stranger may pull.
//
// What a snapshot does not say: registries that serve the public let everybody pull; any other one asks for credentials, and takes those
// that a container names in `repositoryCredentials`. Docker Hub counts what is pulled without signing in by the address it comes from; how
// much others pull from the address of a NAT gateway, such as build machines, is told by its tag `SIMULATE` with the value
// `docker-hub-pulls=N`, for the last six hours. https://docs.docker.com/docker-hub/usage/

import type { SnapshotNetworkInterface } from '../../../contract/snapshot.ts';
import type { ImageReference } from '../../physics/image-reference.ts';
import { resolveName } from '../../physics/names.ts';
import { reach } from '../../physics/reach.ts';
import type { Container } from '../application.ts';
import { REFUSED_MS, type StartAttempt } from './start-attempt.ts';

const PUBLIC =
  /^(?:docker\.io|quay\.io|ghcr\.io|gcr\.io|public\.ecr\.aws|registry\.k8s\.io|mcr\.microsoft\.com|nvcr\.io|lscr\.io|docker\.elastic\.co)$/;
const HUB = 'docker.io';
const HUB_HOST = 'registry-1.docker.io';
/** Pulls without signing in, of one address in six hours. */
const HUB_LIMIT = 100;
const WINDOW_MS = 6 * 3_600_000;

/** Why the registry does not hand out the image; undefined when it does. */
export function refusedElsewhere(
  attempt: StartAttempt,
  container: Container,
  { image, shown, url }: { image: ImageReference; shown: string; url: string },
): { readonly reason: string; readonly tookMs: number } | undefined {
  // A secret that cannot be read has ended the start before anything was pulled.
  if (container.repositoryCredentials?.credentialsParameter !== undefined) return undefined;
  if (!PUBLIC.test(image.registry))
    return {
      reason: attempt.fargate
        ? `pull image manifest has been retried 1 time(s): failed to resolve ref ${shown}: pull access denied, repository does not exist or may require authorization: authorization failed: no basic auth credentials`
        : `Error response from daemon: Head "${url}": no basic auth credentials`,
      tookMs: REFUSED_MS,
    };
  if (image.registry !== HUB || !isOverLimit(attempt)) return undefined;
  const limit =
    'toomanyrequests: You have reached your pull rate limit. You may increase the limit by authenticating and upgrading: https://www.docker.com/increase-rate-limit';
  return {
    reason: attempt.fargate
      ? `pull image manifest has been retried 5 time(s): httpReadSeeker: failed open: unexpected status code ${url}: 429 Too Many Requests - Server message: ${limit}`
      : `Error response from daemon: ${limit}`,
    tookMs: REFUSED_MS,
  };
}

/** Counts this pull, and tells whether its address has had its share. */
function isOverLimit({ world, from }: StartAttempt): boolean {
  if (from === undefined) return false;
  const address = addressOf(world.account.state, from);
  const since = world.now() - WINDOW_MS;
  const own = (world.hubPulls.get(address.name) ?? []).filter((at) => at > since);
  if (own.length + address.others >= HUB_LIMIT) return true;
  world.hubPulls.set(address.name, [...own, world.now()]);
  return false;
}

/** As whom the internet sees the interface: its NAT gateway, or its own public address. */
function addressOf(
  state: StartAttempt['world']['account']['state'],
  from: SnapshotNetworkInterface,
): { name: string; others: number } {
  const to = resolveName(state, HUB_HOST, from.VpcId ?? '') ?? '';
  const { through = '' } = reach(state.ec2, { from, to, port: 443 });
  const nat = state.ec2.NatGateways.find((one) => one.NatGatewayId === through);
  const told = nat?.Tags?.find((tag) => tag.Key === 'SIMULATE')?.Value;
  return {
    name: nat?.NatGatewayId ?? from.Association?.PublicIp ?? '',
    others: Number(/docker-hub-pulls=(\d+)/.exec(told ?? '')?.[1] ?? 0),
  };
}
