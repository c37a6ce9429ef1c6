// A whole cluster at a glance: which services have fewer tasks than they want, and a way into each.

import { type Outputs, readOutput, type ServiceView } from '../outputs.ts';
import { clustersMeant, servicesIn } from '../subject.ts';
import { cite, counted, type Next, needs, problemText, say, type View } from '../view.ts';

/** DescribeServices of one tool call. */
const SERVICES_PER_CALL = 50;

/** "What is wrong in prod?" */
export function overview(view: View): Next {
  const clusters = clustersMeant(view);
  if ('next' in clusters) return clusters.next;
  const services = servicesIn(view, clusters.found);
  if ('next' in services) return services.next;
  if (services.found.length === 0) return say(`There are no services in ${clusters.found.join(', ')}.`);
  const wanted = clusters.found.flatMap((cluster) =>
    chunks(services.found.filter((one) => one.cluster === cluster).map(({ service }) => service)).map(
      (names) => ({
        tool: 'ecs_describe_services',
        input: { cluster, services: names },
      }),
    ),
  );
  const asked = needs(view, wanted);
  if ('next' in asked) return asked.next;
  const reads = asked.results.map((result) => ({ result, read: readOutput('services', result) }));
  const failed = reads.find(({ read }) => read === null);
  if (failed !== undefined) return say(problemText(failed.result));
  return glance(
    reads.flatMap(({ read }) => (read === null ? [] : [read])),
    view.intent.kind === 'services',
  );
}

/** With `isList` every service gets its line, also the healthy ones beside a troubled one. */
function glance(
  reads: readonly { value: Outputs['services']; evidence: readonly string[] }[],
  isList: boolean,
): Next {
  const all = reads.flatMap(({ value, evidence }) =>
    value.services.map((service) => ({ service, evidence })),
  );
  const troubled = all.filter(({ service }) => isTroubled(service));
  const where = [...new Set(all.map(({ service }) => service.cluster))].join(', ');
  const evidence = reads.flatMap((read) => read.evidence);
  if (troubled.length === 0) {
    return say([
      `All ${counted(all.length, 'service')} in ${where} run as many tasks as they want.${cite(evidence)}`,
      all.map(({ service }) => line(service, evidence)).join('\n'),
    ]);
  }
  const healthy = all.filter(({ service }) => !isTroubled(service));
  const fine = healthy.length;
  return say(
    [
      `${troubled.length} of ${counted(all.length, 'service')} in ${where} ${troubled.length === 1 ? 'needs' : 'need'} a look.${cite(evidence)}`,
      [...troubled, ...(isList ? healthy : [])]
        .map(({ service, evidence: own }) => line(service, own))
        .join('\n'),
      fine === 0 || isList ? '' : `The other ${fine} run as many tasks as they want.${cite(evidence)}`,
      `Shall I look into ${troubled[0]?.service.name ?? 'it'}?`,
    ],
    troubled.map(({ service }) => `Why is '${service.name}' in '${service.cluster}' unhealthy?`),
  );
}

function line(service: ServiceView, evidence: readonly string[]): string {
  const primary = service.deployments.find(({ status }) => status === 'PRIMARY');
  const rollout = primary?.rolloutState ? `, deployment ${primary.rolloutState}` : '';
  return `- **${service.name}**: ${service.status}, desired ${service.desired}, running ${service.running}, pending ${service.pending}${rollout}${cite(evidence, 1)}`;
}

function isTroubled(service: ServiceView): boolean {
  return (
    service.running < service.desired ||
    service.status !== 'ACTIVE' ||
    service.deployments.some(({ rolloutState }) => rolloutState === 'FAILED')
  );
}

function chunks(names: readonly string[]): string[][] {
  const out: string[][] = [];
  for (let at = 0; at < names.length; at += SERVICES_PER_CALL)
    out.push(names.slice(at, at + SERVICES_PER_CALL));
  return out;
}
