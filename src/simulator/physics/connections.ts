// Which connections a network lets through, as a list that two states of an account can be compared by.

import type { Snapshot, SnapshotNetworkInterface } from '../../contract/snapshot.ts';
import { reach } from './reach.ts';

export interface Connection {
  /** The same text for the same connection in another state of the account. */
  readonly key: string;
  /** The service at each end, or what else the interface belongs to. */
  readonly from: string;
  readonly to: string;
}

/** Ports that something in the account listens on or that people open by mistake. */
const PORTS = [22, 80, 443, 3306, 5432, 6379, 8080];
/** Stands for any host on the internet; 192.0.2.0/24 is reserved for documentation. */
const INTERNET = '192.0.2.10';

/** Every open TCP connection between the interfaces of different owners and out to the internet; one interface speaks for its owner. */
export function connections({ ec2 }: Snapshot): Connection[] {
  const owners = new Map<string, SnapshotNetworkInterface>();
  for (const one of ec2.NetworkInterfaces) {
    const owner = ownerOf(one);
    if (!owners.has(owner)) owners.set(owner, one);
  }
  const open: Connection[] = [];
  const add = (from: string, to: string, port: number) =>
    open.push({ key: `${from} ${to} ${port}`, from, to });
  for (const [from, source] of owners) {
    for (const port of PORTS) {
      if (reach(ec2, { from: source, to: INTERNET, port }).open) add(from, 'the internet', port);
      for (const [to, target] of owners) {
        const address = target.PrivateIpAddress;
        if (to === from || address === undefined) continue;
        if (reach(ec2, { from: source, to: address, port }).open) add(from, to, port);
      }
    }
  }
  return open;
}

function ownerOf(one: SnapshotNetworkInterface): string {
  const service = one.TagSet?.find((tag) => tag.Key === 'aws:ecs:serviceName')?.Value;
  return service ?? (one.Description || one.NetworkInterfaceId);
}
