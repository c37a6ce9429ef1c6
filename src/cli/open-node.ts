// Opens the node of a data folder with this package's tools, policies and the AWS settings of the shell.

import { serviceCost, serviceCostWith } from '../../tools/cost/service-cost.ts';
import { allTools } from '../../tools/index.ts';
import { renderAwsCli } from '../catalog/cli-line.ts';
import type { GivenPrice } from '../diagnosis/cost/price-file.ts';
import { createRedactor } from '../kernel/redact.ts';
import { type RunningNode, startNode } from '../node/compose.ts';
import { hasJoined } from '../node/identity.ts';
import { redactionKeyOf } from '../node/redaction-key.ts';
import { loadPolicies, type PolicySet } from '../policy/policy-set.ts';
import { requireProfile } from './aws-profile.ts';
import type { Context } from './context.ts';
import type { DemoAccount } from './demo-account.ts';
import { policyFolder } from './policy-folder.ts';
import { shippedToolSha256 } from './tool-digests.ts';

export interface OpenNodeOptions {
  readonly dataDir: string;
  readonly hubUrl: string;
  /** Asked for only when this node has not joined yet. */
  readonly joinToken: () => Promise<string>;
  readonly name: string;
  /** Policies that this process has read from the same folder, and closes. Null: the node reads its own. */
  readonly policies: PolicySet | null;
  /** Null: the credentials, region and endpoints of the shell. */
  readonly aws: DemoAccount['aws'] | null;
  /** Prices of a file, for the question what a service costs. */
  readonly prices?: readonly GivenPrice[];
}

export async function openNode(context: Context, options: OpenNodeOptions): Promise<RunningNode> {
  const { env } = context;
  if (options.aws === null) requireProfile(env);
  const joinToken = hasJoined(options.dataDir) ? undefined : await options.joinToken();
  return startNode({
    dataDir: options.dataDir,
    hubUrl: options.hubUrl,
    joinToken,
    name: options.name,
    clock: context.clock,
    log: context.log,
    tools: allTools.map((tool) => (tool === serviceCost ? serviceCostWith(options.prices ?? []) : tool)),
    policy: options.policies ?? (await loadPolicies(policyFolder(context))),
    renderCli: renderAwsCli,
    toolSchemaSha256: shippedToolSha256,
    redact: createRedactor({ key: redactionKeyOf(options.dataDir) }),
    build: context.version,
    aws: options.aws ?? { endpoints: env.awsEndpoints, region: env.awsRegion, profile: env.awsProfile },
  });
}
