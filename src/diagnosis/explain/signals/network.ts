// What people and tools that looked say of the state of the network: a rule, an entry, a route, an address that is or is not there.

import type { Signal } from '../signal.ts';

export const networkSignals = {
  noOutboundRule: [
    'an outbound rule of the security group is missing',
    /(?:\bno|lacks?|missing|without|none of the|not allow\w*|block\w*|den(?:y|ies|ied)) .{0,40}(?:outbound|egress)\b|(?:outbound|egress) (?:\w{1,10} ){0,3}(?:missing|empty|blocked|denied|not|removed|revoked|rules? (?:apply|match))|rules?_mismatch.{0,20}egress/,
  ],
  acl: ['a network ACL is named', /network[- ]?acls?\b|\bnacls?\b|\bacl-[0-9a-f]{2,17}\b/],
  aclDrops: [
    'it drops traffic',
    /\bden(?:y|ies|ied)\b|drops?\b|block\w{0,3}\b|not allow|no (?:inbound|outbound|allow)|missing|reject/,
  ],
  noRoute: [
    'a route is missing or leads nowhere',
    /blackhole|no[ _]route[ _](?!to host)|no (?:default|applicable|internet|matching) route|not have an? (?:\w{1,12} )?route|without (?:a |any )?(?:default )?route|(?:route|nat gateway|internet gateway) .{0,40}(?:is missing|was deleted|does not exist|in state (?:failed|deleted|deleting))|no internet gateway|no nat\b|without (?:a )?nat\b|no internet (?:access|connectivity)/,
  ],
  noPublicAddress: [
    'the task has no public address',
    /(?:\bno|not|without|n't|lacks?|missing) (?:\w{1,12} ){0,3}public[- ]?ip|assign_?public_?ip["']? ?(?:[=:]|is|was)? ?["']?(?:disabled|false)|public ip(?:v4)?(?: address)? .{0,20}(?:not assigned|missing|disabled)|private (?:ip )?address only/,
  ],
  internetGateway: [
    'its subnet leads to an internet gateway',
    /\bigw\b|igw-|internet gateway|public subnets?/,
  ],
  privateTarget: [
    'the name of the service leads to an address inside the VPC',
    /dial tcp (?:10\.|172\.(?:1[6-9]|2\d|3[01])\.|192\.168\.)\d{1,3}\.[\d.]{1,7}:443/,
  ],
  noEndpointPolicy: [
    'the policy of a VPC endpoint does not allow it',
    /no vpc endpoint policy allows|vpc endpoint policy .{0,40}(?:den|not allow)/,
  ],
} as const satisfies Record<string, Signal>;
