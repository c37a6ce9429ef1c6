// The one reader of process.env. Everything below the command line is handed plain values.

import path from 'node:path';

export interface Environment {
  readonly dataDir: string | undefined;
  readonly hubUrl: string | undefined;
  readonly anthropicApiKey: string | undefined;
  readonly anthropicBaseUrl: string | undefined;
  readonly model: string | undefined;
  readonly awsRegion: string | undefined;
  readonly awsProfile: string | undefined;
  /** The files that profiles are in; undefined where there is no home folder. */
  readonly awsFiles: { readonly config: string | undefined; readonly credentials: string | undefined };
  /** Where AWS requests go instead of AWS: `default` from AWS_ENDPOINT_URL, others by service from AWS_ENDPOINT_URL_<SERVICE>. */
  readonly awsEndpoints: Readonly<Record<string, string>>;
  readonly noColor: boolean;
  readonly home: string | undefined;
  readonly logLevel: string;
}

/** AWS SDK service ids as they appear in AWS_ENDPOINT_URL_<SERVICE>, mapped to IAM prefixes (SDK reference guide, "Service-specific endpoints"). */
const endpointVariables: Readonly<Record<string, string>> = {
  ECS: 'ecs',
  EC2: 'ec2',
  CLOUDWATCH_LOGS: 'logs',
  ELASTIC_LOAD_BALANCING_V2: 'elasticloadbalancing',
  STS: 'sts',
  APPLICATION_AUTO_SCALING: 'application-autoscaling',
  AUTO_SCALING: 'autoscaling',
  CLOUDWATCH: 'cloudwatch',
};

/** Reads the variables this product knows from `env`. Empty values count as not set. */
export function readEnvironment(env: NodeJS.ProcessEnv): Environment {
  const value = (name: string): string | undefined => (env[name] === '' ? undefined : env[name]);
  const home = value('HOME') ?? value('USERPROFILE');
  const inHome = (name: string): string | undefined =>
    home === undefined ? undefined : path.join(home, '.aws', name);
  const endpoints: Record<string, string> = {};
  const ignored = value('AWS_IGNORE_CONFIGURED_ENDPOINT_URLS') === 'true';
  if (!ignored) {
    const everywhere = value('AWS_ENDPOINT_URL');
    if (everywhere !== undefined) endpoints['default'] = everywhere;
    for (const [suffix, service] of Object.entries(endpointVariables)) {
      const url = value(`AWS_ENDPOINT_URL_${suffix}`);
      if (url !== undefined) endpoints[service] = url;
    }
  }
  return {
    dataDir: value('LOCKKEEPER_DATA'),
    hubUrl: value('LOCKKEEPER_HUB'),
    anthropicApiKey: value('ANTHROPIC_API_KEY'),
    anthropicBaseUrl: value('ANTHROPIC_BASE_URL'),
    model: value('LOCKKEEPER_MODEL'),
    awsRegion: value('AWS_REGION') ?? value('AWS_DEFAULT_REGION'),
    awsProfile: value('AWS_PROFILE'),
    awsFiles: {
      config: value('AWS_CONFIG_FILE') ?? inHome('config'),
      credentials: value('AWS_SHARED_CREDENTIALS_FILE') ?? inHome('credentials'),
    },
    awsEndpoints: endpoints,
    noColor: value('NO_COLOR') !== undefined,
    home,
    logLevel: value('LOCKKEEPER_LOG') ?? 'warn',
  };
}
