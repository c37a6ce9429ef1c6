// A log router of FireLens: ECS writes its configuration from the `awsfirelens` options of the containers that log through it, and a router
// that cannot read it ends before it routes anything.
// https://docs.aws.amazon.com/AmazonECS/latest/developerguide/firelens-taskdef.html

import type { SnapshotTask } from '../../contract/snapshot.ts';
import { type Application, applicationsOf } from './application.ts';
import type { World } from './world.ts';

/** Outputs that the image AWS publishes for Fluent Bit has. https://docs.fluentbit.io/manual/pipeline/outputs */
const OUTPUTS: ReadonlySet<string> = new Set([
  'azure',
  'cloudwatch',
  'cloudwatch_logs',
  'datadog',
  'es',
  'file',
  'firehose',
  'forward',
  'gelf',
  'http',
  'kafka',
  'kinesis',
  'kinesis_firehose',
  'kinesis_streams',
  'logdna',
  'loki',
  'nrlogs',
  'null',
  'opensearch',
  's3',
  'splunk',
  'stdout',
  'syslog',
  'tcp',
]);

/** What a router of Fluent Bit writes when its configuration is not one; undefined for one that works and for any other container. */
export function routerFailure(
  world: World,
  task: SnapshotTask,
  { container }: Application,
): string[] | undefined {
  if (container.firelensConfiguration?.type !== 'fluentbit') return undefined;
  const names = applicationsOf(world, task)
    .filter((one) => one.container.logConfiguration?.logDriver === 'awsfirelens')
    .flatMap((one) => one.container.logConfiguration?.options?.['Name'] ?? []);
  if (names.every((name) => OUTPUTS.has(name.toLowerCase()))) return undefined;
  return [
    "[error] [config] section 'output' tried to instance a plugin name that doesn't exist",
    '[error] configuration file contains errors, aborting.',
  ];
}
