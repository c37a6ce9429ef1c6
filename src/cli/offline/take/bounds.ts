// How much a snapshot takes at most, and the one way to ask for a list of it.

import { type ListRead, readList } from '../../../../tools/diagnose/reading.ts';
import type { Aws, AwsAction } from '../../../contract/aws.ts';

/** Bounds of a snapshot: what goes beyond is left out and said. */
export const TAKE_MAX = {
  services: 200,
  /** Running and stopped ones, of each state. */
  serviceTasks: 200,
  clusterTasks: 2_000,
  taskDefinitions: 300,
  failedLogs: 10,
  runningLogs: 3,
  logLines: 300,
  deployments: 20,
  standaloneTasks: 10,
  rules: 50,
  roles: 200,
  images: 300,
  secrets: 300,
  logGroups: 200,
  fileSystems: 50,
  databases: 20,
  prefixLists: 40,
  namespaces: 20,
} as const;

export type Bounded = keyof typeof TAKE_MAX;

type Read<A extends AwsAction, T> = Pick<ListRead<A, T>, 'action' | 'input' | 'pages'> &
  Partial<Pick<ListRead<A, T>, 'items'>>;

/** Asks for all pages; the items are for whoever asks on. What was refused is none, and the recorder knows. */
export async function listed<A extends AwsAction, T = never>(aws: Aws, read: Read<A, T>): Promise<T[]> {
  const { items } = await readList<A, T>(aws, { what: '', path: '$', items: () => undefined, ...read });
  return items.map(({ value }) => value);
}

export function distinct(values: readonly (string | undefined)[]): string[] {
  return [...new Set(values)].flatMap((value) => (value === undefined || value === '' ? [] : [value]));
}
