// The second half of an investigation: what explains trouble that the service and its tasks have already shown. Two stages, each of which
// reads everything at once.

import type { Aws } from '../../src/contract/aws.ts';
import type { ToolContext } from '../../src/contract/tool.ts';
import { type EvidenceBundle, merged } from '../../src/diagnosis/evidence.ts';
import { factsOf } from '../../src/diagnosis/facts/facts.ts';
import {
  answeredStartsOnly,
  asksForAnything,
  needsOfLogs,
  needsOfStarts,
} from '../../src/diagnosis/facts/resource-needs.ts';
import type { CollectOptions } from './collect.ts';
import { readOtherDefinitions } from './collect-definitions.ts';
import { readDestinations } from './collect-destination.ts';
import { readFurther } from './collect-further.ts';
import { networkAdded, withMore } from './collect-network.ts';
import { readResources, withRead } from './collect-resources.ts';
import { readSurroundings } from './collect-surroundings.ts';
import { asksForUse, readUse } from './collect-use.ts';

/** What explains trouble that is known already: logs, the network, destinations, and what else the facts then ask for. */
export async function deepen(
  aws: Aws,
  bundle: EvidenceBundle,
  options: CollectOptions,
): Promise<EvidenceBundle> {
  const extra = await readOtherDefinitions(aws, bundle);
  const complete =
    extra === undefined ? bundle : { ...bundle, taskDefinitions: merged(bundle.taskDefinitions, extra) };
  const facts = factsOf(complete);
  if (options.question !== undefined) {
    options.context.stage('logs and network');
    return readDestinations(aws, await readSurroundings(aws, facts, options), options);
  }
  const answered = answeredStartsOnly(facts);
  options.context.stage(answered ? 'what the start needed' : 'logs, network and what the start needed');
  const needs = needsOfStarts(facts);
  const wantsUse = complete.subject !== 'tasks' && asksForUse(facts);
  const [surroundings, resources, metrics] = await Promise.all([
    // Every start got an answer, so every path works, and what never ran has logged nothing.
    answered ? complete : readSurroundings(aws, facts, options),
    readResources(aws, complete, { ...needs, endpoints: needs.endpoints && answered }),
    wantsUse ? readUse(aws, complete, facts) : undefined,
  ]);
  const measured = metrics === undefined ? surroundings : { ...surroundings, metrics };
  return readLast(aws, withRead(measured, resources), options);
}

/** The last stage: what could not be decided yet, and what the logs point at. None of it depends on the rest. */
async function readLast(aws: Aws, bundle: EvidenceBundle, options: CollectOptions): Promise<EvidenceBundle> {
  let told = false;
  const context: ToolContext = {
    ...options.context,
    stage: (name) => {
      if (!told) options.context.stage(name);
      told = true;
    },
  };
  const needs = needsOfLogs(factsOf(bundle));
  if (asksForAnything(needs)) context.stage('what the logs point at');
  const [destinations, further, resources] = await Promise.all([
    readDestinations(aws, bundle, { ...options, context }),
    readFurther(aws, bundle, { ...options, context }),
    readResources(aws, bundle, needs),
  ]);
  const network = withMore(destinations.network, networkAdded(bundle.network, further.network));
  return withRead({ ...further, network }, resources);
}
