// What policy said about one call.

import { z } from 'zod';
import { approvalLevel } from './proposal.ts';

export const decision = z.object({
  /** allow: now · approve: once approved · deny: not at all. Any error is a deny. */
  verdict: z.enum(['allow', 'approve', 'deny']),
  /** The deciding policies with the reason shown to people. */
  reasons: z.array(z.object({ policy: z.string(), reason: z.string() })),
  approvals: z.number().int().min(0),
  level: approvalLevel,
  errors: z.array(z.string()),
  policySha256: z.string(),
});
export type Decision = z.infer<typeof decision>;

/** A link's level: how far an agent may go on a node. */
export const linkLevels = ['none', 'read', 'propose'] as const;
export type LinkLevel = (typeof linkLevels)[number];

/** The question put to policy. */
export interface DecisionRequest {
  readonly agent: { readonly name: string; readonly level: LinkLevel };
  readonly person: { readonly id: string; readonly roles: readonly string[] };
  readonly tool: string;
  readonly risk: 'read' | 'reveal' | 'change' | 'destroy';
  readonly account: string;
  readonly region: string;
  readonly target: {
    readonly cluster?: string;
    readonly service?: string;
    readonly resources: readonly string[];
  };
}
