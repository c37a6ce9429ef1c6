// Finds tasks, their interfaces and their definitions without walking the whole account. It mirrors the state, which
// others change too: whoever changes it behind the engine's back has it read anew.

import type {
  SnapshotNetworkInterface,
  SnapshotService,
  SnapshotTask,
  SnapshotTaskDefinition,
} from '../../contract/snapshot.ts';
import type { SimulatedAccount } from '../account.ts';

export interface TaskIndex {
  /** The tasks of a group in a cluster, such as `service:web`, whatever their status. */
  ofGroup(clusterArn: string, group: string): readonly SnapshotTask[];
  /** The tasks that a deployment, a schedule or a person started. */
  startedBy(starter: string): readonly SnapshotTask[];
  /** The tasks of a cluster. */
  inCluster(clusterArn: string): readonly SnapshotTask[];
  networkInterface(id: string): SnapshotNetworkInterface | undefined;
  /** The interfaces that AWS describes with this very text. */
  describedAs(description: string): readonly SnapshotNetworkInterface[];
  /** The service that a task's group names. */
  service(clusterArn: string, group: string): SnapshotService | undefined;
  definition(arn: string): SnapshotTaskDefinition | undefined;
  /** Adds a task to the state and here. */
  add(task: SnapshotTask): void;
  /** Takes a task out of the state and from here. */
  remove(task: SnapshotTask): void;
  addInterface(added: SnapshotNetworkInterface): void;
  removeInterface(id: string): void;
  /** Reads the state anew. */
  refresh(): void;
}

export function createTaskIndex(account: SimulatedAccount): TaskIndex {
  const { ecs, ec2 } = account.state;
  const groups = new Map<string, SnapshotTask[]>();
  const starters = new Map<string, SnapshotTask[]>();
  const clusters = new Map<string, SnapshotTask[]>();
  const interfaces = new Map<string, SnapshotNetworkInterface>();
  const descriptions = new Map<string, SnapshotNetworkInterface[]>();
  const definitions = new Map<string, SnapshotTaskDefinition>();
  const services = new Map<string, SnapshotService>();
  const places = (task: SnapshotTask): [Map<string, SnapshotTask[]>, string][] => [
    [groups, groupKey(task.clusterArn, task.group ?? '')],
    [starters, task.startedBy ?? ''],
    [clusters, task.clusterArn],
  ];
  const note = (task: SnapshotTask) => {
    for (const [map, key] of places(task)) addTo(map, key, task);
  };
  const refresh = () => {
    for (const map of [groups, starters, clusters, interfaces, descriptions, definitions, services])
      map.clear();
    for (const task of ecs.tasks) note(task);
    for (const one of ec2.NetworkInterfaces) {
      interfaces.set(one.NetworkInterfaceId, one);
      addTo(descriptions, one.Description ?? '', one);
    }
    for (const one of ecs.services) services.set(groupKey(one.clusterArn, `service:${one.serviceName}`), one);
    for (const one of ecs.taskDefinitions) definitions.set(one.taskDefinitionArn, one);
  };
  refresh();
  return {
    ofGroup: (clusterArn, group) => groups.get(groupKey(clusterArn, group)) ?? [],
    startedBy: (starter) => starters.get(starter) ?? [],
    inCluster: (clusterArn) => clusters.get(clusterArn) ?? [],
    networkInterface: (id) => interfaces.get(id),
    describedAs: (description) => descriptions.get(description) ?? [],
    service: (clusterArn, group) => services.get(groupKey(clusterArn, group)),
    definition: (arn) => definitions.get(arn),
    add: (task) => {
      ecs.tasks.push(task);
      note(task);
    },
    remove: (task) => {
      for (const [map, key] of places(task)) takeOut(map.get(key), task);
      takeOut(ecs.tasks, task);
    },
    addInterface: (added) => {
      ec2.NetworkInterfaces.push(added);
      interfaces.set(added.NetworkInterfaceId, added);
      addTo(descriptions, added.Description ?? '', added);
    },
    removeInterface: (id) => {
      const gone = interfaces.get(id);
      if (gone === undefined) return;
      takeOut(ec2.NetworkInterfaces, gone);
      takeOut(descriptions.get(gone.Description ?? ''), gone);
      interfaces.delete(id);
    },
    refresh,
  };
}

function groupKey(clusterArn: string, group: string): string {
  return `${clusterArn} ${group}`;
}

function addTo<Item>(map: Map<string, Item[]>, key: string, item: Item): void {
  const list = map.get(key);
  if (list === undefined) map.set(key, [item]);
  else list.push(item);
}

function takeOut<Item>(list: Item[] | undefined, item: Item): void {
  const index = list?.indexOf(item) ?? -1;
  if (index >= 0) list?.splice(index, 1);
}
