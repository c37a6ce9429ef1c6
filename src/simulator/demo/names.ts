// The fixed names of the demo account, so that its parts agree on them.

export const ACCOUNT = '123456789012';
export const REGION = 'us-east-1';
export const VPC = 'vpc-0c41a6e2d7b90f358';

export const zones = ['us-east-1a', 'us-east-1b'] as const;
export const subnets = {
  public: ['subnet-0b7d1e94c02a65f31', 'subnet-0e5a38f7d14b9c620'],
  private: ['subnet-0d92c4b81e7f3a056', 'subnet-03fa61d8b25e7c94d'],
  data: ['subnet-0a18e7c3f94d52b06', 'subnet-07b6f20d9c83e1a45'],
} as const;

export const groups = {
  app: 'sg-0f3a9b1c7d2e48650',
  database: 'sg-08c5d7e12f9a4b360',
  cache: 'sg-0e61b4a90c7d3f825',
  balancer: 'sg-02d8f6b3a17c5e940',
  worker: 'sg-0b94e2c86d1f7a305',
} as const;

export const S3_PREFIX_LIST = 'pl-63a5400a';
export const DATABASE_HOST = 'db.production.internal';
export const CACHE_HOST = 'cache.production.internal';

export const clusterArn = (name: string) => arn('ecs', `cluster/${name}`);
export const serviceArn = (cluster: string, name: string) => arn('ecs', `service/${cluster}/${name}`);
export const taskArn = (cluster: string, id: string) => arn('ecs', `task/${cluster}/${id}`);
export const taskDefinitionArn = (family: string, revision: number) =>
  arn('ecs', `task-definition/${family}:${revision}`);
export const targetGroupArn = (name: string) =>
  arn('elasticloadbalancing', `targetgroup/${name}/${hexOf(name, 16)}`);
export const BALANCER_ARN = arn('elasticloadbalancing', 'loadbalancer/app/production-alb/50dc6c495c0c9188');
export const LISTENER_ARN = arn(
  'elasticloadbalancing',
  'listener/app/production-alb/50dc6c495c0c9188/f2f7dc8efc522ab2',
);
export const roleArn = (name: string) => `arn:aws:iam::${ACCOUNT}:role/${name}`;
export const image = (name: string, tag: string) =>
  `${ACCOUNT}.dkr.ecr.${REGION}.amazonaws.com/${name}:${tag}`;

export function arn(service: string, resource: string): string {
  return `arn:aws:${service}:${REGION}:${ACCOUNT}:${resource}`;
}

/** Hexadecimal digits that are the same for the same text and look like an AWS id. */
export function hexOf(text: string, length: number): string {
  let out = '';
  for (let round = 0; out.length < length; round++) {
    let hash = 2_166_136_261 ^ round;
    for (const char of text) hash = Math.imul(hash ^ char.charCodeAt(0), 16_777_619);
    out += (hash >>> 0).toString(16).padStart(8, '0');
  }
  return out.slice(0, length);
}

/** Such as `eni-0d41…`, from a text that names the thing. */
export function idOf(prefix: string, text: string): string {
  return `${prefix}-0${hexOf(text, 16)}`;
}

/** ISO-8601 text for a moment `minutes` before `nowMs`. */
export function minutesAgo(nowMs: number, minutes: number): string {
  return new Date(nowMs - Math.round(minutes * 60_000)).toISOString();
}
