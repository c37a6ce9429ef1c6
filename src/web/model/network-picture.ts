// A network path as gates on a canal: water up to the first gate that is shut, dots beyond it.
// Geometry and words only; the same content is a list for those who do not see the picture.

import type { NetworkPath, PathHop } from '../../contract/finding.ts';
import { count, shortArn, shortened } from './words.ts';

export interface PictureGate {
  readonly hop: PathHop;
  readonly x: number;
  readonly name: string;
  /** Name and resource as far as there is room for them on the wide picture. */
  readonly shortName: string;
  readonly shortResource: string;
  /** Second of the two rows that resources take turns in when there are many. */
  readonly lower: boolean;
  readonly shortDirection: string;
  readonly direction: string;
  readonly resource: string;
}

export interface NetworkPicture {
  readonly gates: readonly PictureGate[];
  /** Index of the first gate that is not open, or null when all are. */
  readonly stop: number | null;
  readonly from: readonly string[];
  readonly to: readonly string[];
  readonly caption: string;
  readonly subnets: string;
  readonly note: PictureNote | null;
  readonly sentence: string;
}

export interface PictureNote {
  readonly title: string;
  readonly rows: readonly {
    readonly cells: readonly [string, string, string, string];
    readonly missing: boolean;
  }[];
  readonly folded: number;
}

export const canal = { from: 112, to: 656, top: 45, bottom: 79, middle: 62, width: 760 } as const;
const rowsMax = 4;
// With more checks than these the names, then the resources, no longer fit below one another.
const wholeNamesMax = 6;
const resourcesMax = 9;

/** Lays a path out. */
export function networkPicture(path: NetworkPath): NetworkPicture {
  const { hops } = path;
  const gap = hops.length <= 6 ? 90.5 : (canal.to - canal.from - 92) / Math.max(1, hops.length - 1);
  const gates = hops.map((hop, at) => ({
    hop,
    x: canal.from + 46 + gap * at,
    name: checkName(hop),
    shortName: hops.length > wholeNamesMax ? briefName(hop) : checkName(hop).replace('Security', 'Sec.'),
    direction: directionName(hop),
    shortDirection:
      hops.length > wholeNamesMax ? directionName(hop).replace('bound', '') : directionName(hop),
    lower: hops.length > wholeNamesMax && at % 2 === 1,
    resource: shortened(shortArn(hop.resource), 12),
    shortResource: hops.length > resourcesMax ? '' : shortened(shortArn(hop.resource), 12),
  }));
  const stopAt = hops.findIndex(({ verdict }) => verdict !== 'open');
  const stop = stopAt === -1 ? null : stopAt;
  const target =
    path.to.name ?? path.to.host ?? path.to.address ?? path.to.securityGroups[0] ?? 'destination';
  const port = portText(path);
  return {
    gates,
    stop,
    from: [
      sourceName(path),
      path.from.address ?? path.from.networkInterface ?? '',
      path.from.subnets[0] ?? '',
    ].map((line) => shortened(line, 13)),
    to: [target, port, path.to.address ?? ''].map((line) => shortened(line, 12)),
    caption: `Path to ${target}, ${port}`,
    subnets:
      path.from.subnets.length > 1
        ? `the same in ${path.from.subnets.length === 2 ? 'both' : path.from.subnets.length} subnets`
        : '',
    note: stop === null ? null : noteOf(hops[stop], port),
    sentence: sentenceOf(path, stop, target, port),
  };
}

/** The task, or the host below it where the packets leave by the host's interface. */
function sourceName({ from: { host, task } }: NetworkPath): string {
  if (host !== undefined) return `Host ${host}`;
  return task === undefined ? 'Task' : `Task ${(task.split('/').at(-1) ?? '').slice(0, 8)}`;
}

/** `tcp/5432`. */
export function portText(path: NetworkPath): string {
  return `${path.to.protocol || 'tcp'}/${path.to.port}`;
}

/** The name of a check as AWS's console has it. */
export function checkName(hop: PathHop): string {
  const names: Readonly<Record<string, string>> = {
    dns: 'DNS',
    'security-group-egress': 'Security group',
    'security-group-ingress': 'Security group',
    'network-acl-egress': 'Network ACL',
    'network-acl-ingress': 'Network ACL',
    'network-acl-return': 'Network ACL',
    route: 'Route',
    endpoint: 'Endpoint',
  };
  return names[hop.check] ?? hop.check;
}

function briefName(hop: PathHop): string {
  const names: Readonly<Record<string, string>> = { 'Security group': 'SG', 'Network ACL': 'NACL' };
  return names[checkName(hop)] ?? checkName(hop);
}

/** Which way the packet goes at a check. */
export function directionName(hop: PathHop): string {
  if (hop.check === 'dns') return hop.verdict === 'open' ? 'resolves' : 'name';
  if (hop.check === 'route' || hop.check === 'endpoint') return hop.direction === 'return' ? 'back' : 'out';
  return { out: 'outbound', in: 'inbound', return: 'return' }[hop.direction];
}

/** How a verdict is read. */
export function verdictName(hop: PathHop): string {
  return { open: 'open', blocked: 'blocked', unknown: 'not known' }[hop.verdict];
}

function noteOf(hop: PathHop | undefined, port: string): PictureNote | null {
  if (hop === undefined) return null;
  const considered = hop.rules.slice(0, rowsMax).map((rule) => ({
    cells: [
      `${rule.protocol}/${rule.ports}`,
      shortened(rule.peer, 15),
      shortened(rule.description, 30),
      rule.matches ? 'matches' : 'other',
    ] as const,
    missing: false,
  }));
  const { missing } = hop;
  const wanted =
    missing === undefined
      ? []
      : [
          {
            cells: [
              `${missing.protocol}/${missing.ports}`,
              shortened(missing.peer, 15),
              '',
              'no such rule',
            ] as const,
            missing: true,
          },
        ];
  const none = `${count(hop.rules.length, 'rule')}, and none matches ${port}`;
  const outcome = missing !== undefined || hop.because === '' ? none : shortened(hop.because, 68);
  return {
    title: outcome,
    rows: [...considered, ...wanted],
    folded: Math.max(0, hop.rules.length - rowsMax),
  };
}

function sentenceOf(path: NetworkPath, stop: number | null, target: string, port: string): string {
  const who = path.from.host === undefined ? 'the task' : 'the host of the task';
  const begin = `Network path from ${who} to ${target}, ${port}, in ${count(path.hops.length, 'check')}.`;
  const hop = stop === null ? undefined : path.hops[stop];
  if (hop === undefined) return `${begin} All are open.`;
  const rest = path.hops.slice((stop ?? 0) + 1);
  const after =
    rest.length === 0
      ? ''
      : ` After it ${count(rest.filter(({ verdict }) => verdict === 'open').length, 'check')} of ${rest.length} would pass.`;
  const how = hop.verdict === 'blocked' ? 'Blocked at' : 'Not known at';
  return `${begin} ${how} ${checkName(hop)} ${directionName(hop)}, ${hop.resource}: ${hop.because}${after}`;
}
