// How often ECS lets an account call its API: a bucket of tokens for each kind of action, per account and region. A request takes a token;
// one that finds none is refused and takes nothing.
// https://docs.aws.amazon.com/AmazonECS/latest/developerguide/request-throttling.html

interface Bucket {
  /** Tokens in a full bucket: requests in one burst. */
  readonly capacity: number;
  /** Tokens added each second until it is full. */
  readonly perSecond: number;
  readonly operations: readonly string[];
}

const BUCKETS: readonly Bucket[] = [
  { capacity: 50, perSecond: 20, operations: ['DescribeClusters', 'ListClusters'] },
  { capacity: 20, perSecond: 1, operations: ['DeregisterTaskDefinition', 'RegisterTaskDefinition'] },
  {
    capacity: 50,
    perSecond: 20,
    operations: ['DescribeTaskDefinition', 'ListTaskDefinitions', 'ListTaskDefinitionFamilies'],
  },
  { capacity: 50, perSecond: 20, operations: ['DescribeCapacityProviders'] },
  { capacity: 50, perSecond: 20, operations: ['ListTagsForResource'] },
  { capacity: 50, perSecond: 20, operations: ['ListAccountSettings'] },
  {
    capacity: 100,
    perSecond: 40,
    operations: ['ExecuteCommand', 'RunTask', 'StartTask', 'StopTask', 'UpdateContainerInstancesState'],
  },
  {
    capacity: 100,
    perSecond: 20,
    operations: [
      'DescribeContainerInstances',
      'DescribeTasks',
      'ListAttributes',
      'ListContainerInstances',
      'ListTasks',
    ],
  },
  { capacity: 50, perSecond: 5, operations: ['CreateService', 'DeleteService', 'UpdateService'] },
  { capacity: 100, perSecond: 20, operations: ['DescribeServices', 'ListServices'] },
  { capacity: 50, perSecond: 20, operations: ['DescribeServiceDeployments', 'ListServiceDeployments'] },
  { capacity: 50, perSecond: 20, operations: ['DescribeServiceRevisions'] },
  { capacity: 200, perSecond: 80, operations: ['GetTaskProtection', 'UpdateTaskProtection'] },
];

export interface ApiRate {
  /** Whether ECS takes the request now; of other services every request is taken. */
  admits(service: string, operation: string, region: string): boolean;
}

/** Full buckets; `monotonicMs` is the time they fill up by. */
export function createApiRate(monotonicMs: () => number): ApiRate {
  const levels = new Map<string, { tokens: number; at: number }>();
  return {
    admits: (service, operation, region) => {
      const index = BUCKETS.findIndex(({ operations }) => operations.includes(operation));
      const bucket = BUCKETS[index];
      if (service !== 'ecs' || bucket === undefined) return true;
      const key = `${region} ${index}`;
      const now = monotonicMs();
      const before = levels.get(key) ?? { tokens: bucket.capacity, at: now };
      const added = (Math.max(0, now - before.at) / 1000) * bucket.perSecond;
      const tokens = Math.min(bucket.capacity, before.tokens + added);
      const isTaken = tokens >= 1;
      levels.set(key, { tokens: isTaken ? tokens - 1 : tokens, at: now });
      return isTaken;
    },
  };
}
