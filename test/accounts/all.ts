// Every case, and what is expected of its diagnosis, as one list.

import type { Finding } from '../../src/contract/finding.ts';
import { parseSnapshot, type Snapshot } from '../../src/contract/snapshot.ts';
import type { World } from './base.ts';
import type { CauseCase } from './case.ts';
import { config } from './config.ts';
import { container } from './container.ts';
import { faultOfCorner } from './corner.ts';
import { corners } from './corners.ts';
import { deployment } from './deployment.ts';
import { deploymentRefused } from './deployment-refused.ts';
import { deploymentScaling } from './deployment-scaling.ts';
import { health } from './health.ts';
import { healthTiming } from './health-timing.ts';
import { healthy } from './healthy.ts';
import { iam } from './iam.ts';
import { iamIdentity } from './iam-identity.ts';
import { image } from './image.ts';
import { lookAlikes } from './look-alikes.ts';
import { network } from './network.ts';
import { networkEndpoints } from './network-endpoints.ts';
import { networkPeers } from './network-peers.ts';
import { onHosts } from './on-hosts.ts';
import { onHostsLost } from './on-hosts-lost.ts';
import { onHostsPeers } from './on-hosts-peers.ts';
import { placement } from './placement.ts';
import { placementLimits } from './placement-limits.ts';
import { runtime } from './runtime.ts';
import { sideRemarks } from './side-remarks.ts';
import { sparse } from './sparse.ts';
import { storage } from './storage.ts';
import { told, toldFault } from './told.ts';
import { twoCauses } from './two-causes.ts';

export interface Expectation {
  /** Class and letter, or the name of the account. */
  readonly name: string;
  readonly group:
    | 'plain'
    | 'decoys'
    | 'denied'
    | 'healthy'
    | 'sparse'
    | 'look-alike'
    | 'corner'
    | 'two causes'
    | 'told';
  readonly wanted: string;
  readonly service: { readonly cluster: string; readonly service: string };
  /** The EventBridge rule that is asked about instead, for what never becomes a task of a service. */
  readonly rule?: string;
  readonly snapshot: () => Snapshot;
  /** Reads that are refused. A diagnosis that fails may be right when it fails for want of one of them. */
  readonly denied: readonly string[];
  /** What is wrong with the findings, or undefined when they are right. */
  readonly fault: (findings: readonly Finding[]) => string | undefined;
}

export const causes: readonly CauseCase[] = [
  ...network,
  ...networkEndpoints,
  ...networkPeers,
  ...onHosts,
  ...onHostsPeers,
  ...onHostsLost,
  ...iam,
  ...iamIdentity,
  ...image,
  ...config,
  ...container,
  ...health,
  ...healthTiming,
  ...placement,
  ...placementLimits,
  ...deployment,
  ...deploymentRefused,
  ...deploymentScaling,
  ...storage,
  ...runtime,
];

const sure = (finding: Finding | undefined) => finding?.verdict === 'proven' || finding?.verdict === 'likely';

/** The snapshot as a file would hold it, so that a field AWS does not know or a wrong type is refused. */
function filed(world: World, denied: readonly string[] = []): Snapshot {
  return parseSnapshot(JSON.stringify({ ...world.snapshot, denied: [...world.snapshot.denied, ...denied] }));
}

function named(
  one: CauseCase,
  letter: string,
  group: Expectation['group'],
): Pick<Expectation, 'name' | 'group' | 'denied'> {
  const kind = one.kind === undefined ? '' : ` ${one.kind}`;
  return { name: `${one.class}${kind}/${letter}`, group, denied: group === 'denied' ? one.denied : [] };
}

function firstIs(
  one: CauseCase,
  verdict: CauseCase['verdict'],
  findings: readonly Finding[],
): string | undefined {
  const [first] = findings;
  if (first?.class !== one.class) return 'another class stands first';
  if (verdict === 'proven' ? first.verdict !== 'proven' : !sure(first)) return 'the verdict is too weak';
  return first.evidence.length === 0 ? 'no evidence' : undefined;
}

function otherProven(one: CauseCase, findings: readonly Finding[]): string | undefined {
  const others = findings.filter((finding) => finding.verdict === 'proven' && finding.class !== one.class);
  return others.length === 0
    ? undefined
    : `proven though it is not so: ${others.map((finding) => finding.class).join(', ')}`;
}

/** What would change something of another service, or was blamed on it. */
function strangers(findings: readonly Finding[]): string | undefined {
  const touched = JSON.stringify(findings.filter(sure).map(({ culprits, fixes }) => ({ culprits, fixes })));
  const blamed = ['ledger-worker', 'storefront', 'thumbnailer'].filter((name) => touched.includes(name));
  return blamed.length === 0 ? undefined : `another service is blamed or changed: ${blamed.join(', ')}`;
}

/** A fix of a finding that is sure has to make the failing check pass, as far as it was worked out. */
function uselessFix(findings: readonly Finding[]): string | undefined {
  const useless = findings
    .filter(sure)
    .flatMap(({ fixes }) => fixes)
    .filter((fix) => fix.counterfactual?.flips === false);
  return useless.length === 0
    ? undefined
    : `a fix that does not help: ${useless.map(({ tool }) => tool).join(', ')}`;
}

function unverified(one: CauseCase, findings: readonly Finding[]): string | undefined {
  // A service whose tasks all run is well, whatever could not be read about the calls around it.
  const proven = findings.filter((finding) => finding.verdict === 'proven' && finding.class !== 'healthy');
  if (proven.length > 0)
    return `proven without the reads: ${proven.map((finding) => finding.class).join(', ')}`;
  const missing = findings.flatMap((finding) => finding.cannotVerify.map((gap) => gap.missingAction));
  const covers = (pattern: string) =>
    missing.some(
      (action) => action === pattern || (pattern.endsWith(':*') && action.startsWith(pattern.slice(0, -1))),
    );
  return one.denied.some(covers) ? undefined : 'the missing permission is not named';
}

function ofCause(one: CauseCase): Expectation[] {
  const at = (make: () => World) => {
    const { cluster, service } = make().place;
    return { cluster, service };
  };
  const asked = (make: () => World) => (one.rule === undefined ? {} : { rule: one.rule(make()) });
  const words = (verdict: CauseCase['verdict']) =>
    `${one.class} ${verdict === 'proven' ? 'proven' : 'likely or proven'}`;
  return [
    {
      ...named(one, 'a', 'plain'),
      wanted: words(one.verdict),
      service: at(one.plain),
      ...asked(one.plain),
      snapshot: () => filed(one.plain()),
      fault: (findings) =>
        firstIs(one, one.verdict, findings) ?? otherProven(one, findings) ?? uselessFix(findings),
    },
    {
      ...named(one, 'b', 'decoys'),
      wanted: words(one.decoyedVerdict),
      service: at(one.decoyed),
      ...asked(one.decoyed),
      snapshot: () => filed(one.decoyed()),
      fault: (findings) =>
        firstIs(one, one.decoyedVerdict, findings) ??
        otherProven(one, findings) ??
        strangers(findings) ??
        uselessFix(findings),
    },
    {
      ...named(one, 'c', 'denied'),
      wanted: `nothing proven, ${one.denied.join(' or ')} named`,
      service: at(one.plain),
      ...asked(one.plain),
      snapshot: () => filed(one.plain(), one.denied),
      fault: (findings) => unverified(one, findings),
    },
  ];
}

export const expectations: readonly Expectation[] = [
  ...causes.flatMap(ofCause),
  ...healthy.map(
    (one): Expectation => ({
      name: `healthy/${one.name}`,
      group: 'healthy',
      denied: [],
      wanted: 'healthy, no other cause likely',
      service: { cluster: one.account().place.cluster, service: one.account().place.service },
      snapshot: () => filed(one.account()),
      fault: (findings) => {
        if (findings[0]?.class !== 'healthy') return 'not called healthy';
        const others = findings.filter((finding) => finding.class !== 'healthy' && sure(finding));
        if (others.length > 0) return `also ${others.map((finding) => finding.class).join(', ')}`;
        return findings.some((finding) => finding.fixes.length > 0) ? 'a change is offered' : undefined;
      },
    }),
  ),
  ...[...lookAlikes, ...sideRemarks].map(
    (one): Expectation => ({
      name: `alike/${one.name}`,
      group: 'look-alike',
      denied: [],
      wanted: `first ${one.classes.join(' or ')}; never ${one.never.join(', ')}`,
      service: { cluster: one.account().place.cluster, service: one.account().place.service },
      snapshot: () => filed(one.account()),
      fault: (findings) => {
        const first = findings[0]?.class;
        if (first === undefined || !one.classes.includes(first)) return 'another class stands first';
        const wrong = findings.filter((finding) => sure(finding) && one.never.includes(finding.class));
        return wrong.length === 0 ? undefined : `said: ${wrong.map((finding) => finding.class).join(', ')}`;
      },
    }),
  ),
  ...corners.map(
    (one): Expectation => ({
      name: `corner/${one.name}`,
      group: 'corner',
      denied: [],
      wanted: `${one.class} ${one.verdicts.join(' or ')}`,
      service: { cluster: one.account().place.cluster, service: one.account().place.service },
      snapshot: () => filed(one.account()),
      fault: (findings) => faultOfCorner(one, findings),
    }),
  ),
  ...sparse.map(
    (one): Expectation => ({
      name: `sparse/${one.name}`,
      group: 'sparse',
      denied: [],
      wanted: `${one.class} ${one.verdicts.join(' or ')}`,
      service: { cluster: one.cluster, service: one.service },
      snapshot: one.snapshot,
      fault: ([first]) =>
        first?.class === one.class && one.verdicts.includes(first.verdict)
          ? undefined
          : 'something else is said',
    }),
  ),
  ...twoCauses.map(
    (one): Expectation => ({
      name: `two/${one.name}`,
      group: 'two causes',
      denied: [],
      wanted: one.classes.join(' and '),
      service: { cluster: one.account().place.cluster, service: one.account().place.service },
      snapshot: () => filed(one.account()),
      fault: (findings) => {
        const said = findings.filter(sure).map((finding) => finding.class);
        const missed = one.classes.filter((name) => !said.includes(name));
        if (missed.length > 0) return `not said: ${missed.join(', ')}`;
        return said[0] === one.classes[0] ? undefined : 'another class stands first';
      },
    }),
  ),
  ...told.map(
    (one): Expectation => ({
      name: `told/${one.name}`,
      group: 'told',
      denied: [],
      wanted: `${one.class} ${one.verdicts.join(' or ')}, in the right words`,
      service: { cluster: one.account().place.cluster, service: one.account().place.service },
      snapshot: () => filed(one.account()),
      fault: (findings) => toldFault(one, findings),
    }),
  ),
];
