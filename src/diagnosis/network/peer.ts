// One end of a connection, as far as it is known. Every check is judged for all addresses the end may have:
// `open` holds for each of them, `blocked` for each of them, anything between is `unknown`. So a block that holds for the
// whole VPC is proven although nobody knows the destination's address.

import type { AddressSet } from './address-set.ts';

export interface Peer {
  /** Contains the end's address; one address when it is known exactly. */
  readonly addresses: AddressSet;
  /** Security groups of the end; undefined when unknown, empty when it has none (outside the VPC). */
  readonly groups: readonly string[] | undefined;
  /** The managed prefix list that stands for the end, such as the one of S3. */
  readonly prefixList?: string;
}

/** Where the connection goes. */
export interface PathDestination {
  readonly port: number;
  readonly protocol: 'tcp' | 'udp';
  /** Contains the destination's address. */
  readonly addresses: AddressSet;
  /** Groups of the destination's interface; undefined when unknown, empty outside the VPC. */
  readonly securityGroups: readonly string[] | undefined;
  /** Subnet of the destination's interface when it is in this VPC and known. */
  readonly subnetId?: string;
  readonly prefixList?: string;
  /** An endpoint that stands in the VPC for the host and that its name does not lead to. */
  readonly bypassed?: Bypassed;
  readonly host?: string;
  readonly address?: string;
  readonly name?: string;
  /** True when the application was seen to get past name resolution, false when it was seen to fail there. */
  readonly resolves?: boolean;
}

/** private-name: the endpoint has none · hostnames: the VPC resolves no names of private zones, of which the endpoint's is one. */
export interface Bypassed {
  readonly endpoint: string;
  readonly lacks: 'private-name' | 'hostnames';
}

export interface PortRange {
  readonly from: number;
  readonly to: number;
}

export type CheckVerdict = 'open' | 'blocked' | 'unknown';

/** Client ports of Linux by default (`ip_local_port_range`); what replies to a task come back to. */
export const linuxClientPorts: PortRange = { from: 32_768, to: 60_999 };
/**
 * Ports of a host that docker hands out to tasks in bridge mode: the local ports of Linux, which differ from one kernel to another, and the
 * range AWS advises for security groups.
 * https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_PortMapping.html
 */
export const dynamicHostPorts: PortRange = { from: 32_768, to: 65_535 };
/** Client ports a NAT gateway uses, and the range AWS advises for network ACLs. */
export const ephemeralPorts: PortRange = { from: 1_024, to: 65_535 };

/** `blocked` beats `unknown` beats `open`: what holds for a path made of these checks. */
export function worst(verdicts: readonly CheckVerdict[]): CheckVerdict {
  if (verdicts.includes('blocked')) return 'blocked';
  return verdicts.includes('unknown') ? 'unknown' : 'open';
}

/** Text from AWS made safe to show: one line, no control characters, at most `max` characters. */
export function tidy(text: string, max = 200): string {
  const line = text.replace(/[\p{Cc}\p{Cf}\u2028\u2029]+/gu, ' ').trim();
  return line.length <= max ? line : `${line.slice(0, max - 1)}…`;
}

/** Text as `tidy` makes it, and where it is longer than `max` the part of it that matches: what decides must not be cut off. */
export function tidyAround(text: string, pattern: RegExp, max = 200): string {
  const line = tidy(text, Number.MAX_SAFE_INTEGER);
  const match = pattern.exec(line);
  const end = match === null ? 0 : match.index + match[0].length;
  if (end <= max - 1) return tidy(line, max);
  return tidy(`…${line.slice(Math.max(0, end - Math.floor(max * KEPT_BEFORE)))}`, max);
}

/** How much of the room is for what stands before the match ends. */
const KEPT_BEFORE = 0.75;
