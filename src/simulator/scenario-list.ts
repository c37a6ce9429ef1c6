// The list of scenarios: names and what is wrong. Apart from the accounts themselves, because every command line knows the names.

export interface Scenario {
  readonly name: string;
  /** One line: what somebody on call would say about it. */
  readonly about: string;
  /** The fault behind it; null for an account in which all is well. */
  readonly fault: string | null;
  /** Set when nothing is broken and there is something to find all the same. */
  readonly circumstance?: 'busy';
}

export const DEFAULT_SCENARIO = 'database-timeout';

/** Those whose account is made up. */
export const madeUpScenarios: readonly Scenario[] = [
  { name: 'crash-loop', about: 'a deployment crashes again and again', fault: 'segmentation-fault' },
  {
    name: 'missing-variable',
    about: 'the new version exits at once and says why in its log',
    fault: 'variable-forgotten',
  },
  {
    name: 'image-tag',
    about: 'a deployment names an image that was never pushed',
    fault: 'image-tag-mistyped',
  },
  {
    name: 'image-expired',
    about: 'what runs keeps running, but no new task finds its image',
    fault: 'image-expired',
  },
  {
    name: 'wrong-processor',
    about: 'the image was built on another processor',
    fault: 'image-of-other-architecture',
  },
  { name: 'no-way-out', about: 'new tasks cannot reach anything outside', fault: 'default-route-deleted' },
  { name: 'out-of-memory', about: 'tasks die after a while, each time a little later', fault: 'memory-leak' },
  {
    name: 'health-path',
    about: 'healthy programs are stopped by the load balancer',
    fault: 'health-path-renamed',
  },
  { name: 'slow-start', about: 'the new version is stopped before it is ready', fault: 'starts-slowly' },
  {
    name: 'secret-denied',
    about: 'tasks stop before they start, something about secrets',
    fault: 'secret-statement-lost',
  },
  { name: 'role-trust', about: 'no task is started at all', fault: 'trust-changed' },
  { name: 'addresses', about: 'tasks hang in provisioning', fault: 'subnets-full' },
  { name: 'file-system', about: 'tasks cannot mount their files', fault: 'file-system-closed' },
  { name: 'names', about: 'nothing finds anything by its name any more', fault: 'dns-support-off' },
  {
    name: 'capacity',
    about: 'a deployment does not get the capacity it asks for',
    fault: 'vcpu-quota-reached',
  },
  {
    name: 'no-room',
    about: 'the new revision fits on no host of the cluster',
    fault: 'memory-raised-beyond-hosts',
  },
  {
    name: 'tug-of-war',
    about: 'the number of tasks goes up and down, and nobody touches it',
    fault: 'pipeline-resets-count',
  },
  {
    name: 'slow',
    about: 'all tasks are healthy, and people say it is slow',
    fault: null,
    circumstance: 'busy',
  },
  { name: 'all-well', about: 'somebody is worried, and nothing is wrong', fault: null },
];

/** Name and line of every scenario, the default first. */
export const scenarios: readonly Pick<Scenario, 'name' | 'about'>[] = [
  { name: DEFAULT_SCENARIO, about: 'one task of four is missing: the database cannot be reached' },
  ...madeUpScenarios,
];
