// Rules of security groups as EC2 returns them: with every list, empty or not.

import type { SnapshotSecurityGroup } from '../../contract/snapshot.ts';

export type Permission = NonNullable<SnapshotSecurityGroup['IpPermissions']>[number];

export type Peer = { readonly cidr: string } | { readonly group: string } | { readonly prefixList: string };

/** TCP on one port, or everything for `-1`, to or from one peer. */
export function permission(port: number | '-1', peer: Peer): Permission {
  return {
    IpProtocol: port === '-1' ? '-1' : 'tcp',
    ...(port === '-1' ? {} : { FromPort: port, ToPort: port }),
    IpRanges: 'cidr' in peer ? [{ CidrIp: peer.cidr }] : [],
    Ipv6Ranges: [],
    PrefixListIds: 'prefixList' in peer ? [{ PrefixListId: peer.prefixList }] : [],
    UserIdGroupPairs: 'group' in peer ? [{ GroupId: peer.group }] : [],
  };
}
