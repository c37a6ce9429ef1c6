// Which AWS services the simulator speaks, and how: protocol, names and where the SDK keeps their schemas.
// A service is found by the name in the credential scope of the request signature. Schema modules are large
// (EC2 takes about 170 ms to load), so each is loaded when its first request arrives.

export type WireProtocol = 'json' | 'rest-json' | 'ec2' | 'query';

export interface AwsServiceWire {
  /** The IAM prefix, which names the service everywhere else in the simulator. */
  readonly prefix: string;
  /** The name in a Signature Version 4 credential scope. */
  readonly signingName: string;
  readonly protocol: WireProtocol;
  /** Media type of answers. */
  readonly contentType: string;
  /** XML namespace of answers; empty for JSON. */
  readonly xmlNamespace: string;
  /** One state for all regions, whichever of them a request is signed for. */
  readonly global?: boolean;
  /** Imports the SDK client package, whose exports hold the schemas. */
  load(): Promise<object>;
}

const JSON_1_1 = 'application/x-amz-json-1.1';
const JSON_1_0 = 'application/x-amz-json-1.0';
const XML = 'text/xml;charset=UTF-8';

export const awsServices: readonly AwsServiceWire[] = [
  json('ecs', 'ecs', () => import('@aws-sdk/client-ecs')),
  json('logs', 'logs', () => import('@aws-sdk/client-cloudwatch-logs')),
  json(
    'application-autoscaling',
    'application-autoscaling',
    () => import('@aws-sdk/client-application-auto-scaling'),
  ),
  { ...json('cloudwatch', 'monitoring', () => import('@aws-sdk/client-cloudwatch')), contentType: JSON_1_0 },
  {
    ...xml('ec2', 'http://ec2.amazonaws.com/doc/2016-11-15/', () => import('@aws-sdk/client-ec2')),
    protocol: 'ec2',
  },
  xml(
    'elasticloadbalancing',
    'http://elasticloadbalancing.amazonaws.com/doc/2015-12-01/',
    () => import('@aws-sdk/client-elastic-load-balancing-v2'),
  ),
  xml('sts', 'https://sts.amazonaws.com/doc/2011-06-15/', () => import('@aws-sdk/client-sts')),
  xml(
    'autoscaling',
    'http://autoscaling.amazonaws.com/doc/2011-01-01/',
    () => import('@aws-sdk/client-auto-scaling'),
  ),
  {
    ...xml('iam', 'https://iam.amazonaws.com/doc/2010-05-08/', () => import('@aws-sdk/client-iam')),
    global: true,
  },
  xml('rds', 'http://rds.amazonaws.com/doc/2014-10-31/', () => import('@aws-sdk/client-rds')),
  json('cloudtrail', 'cloudtrail', () => import('@aws-sdk/client-cloudtrail')),
  json('codedeploy', 'codedeploy', () => import('@aws-sdk/client-codedeploy')),
  json('ecr', 'ecr', () => import('@aws-sdk/client-ecr')),
  json('events', 'events', () => import('@aws-sdk/client-eventbridge')),
  json('kms', 'kms', () => import('@aws-sdk/client-kms')),
  json('secretsmanager', 'secretsmanager', () => import('@aws-sdk/client-secrets-manager')),
  json('servicediscovery', 'servicediscovery', () => import('@aws-sdk/client-servicediscovery')),
  json('servicequotas', 'servicequotas', () => import('@aws-sdk/client-service-quotas')),
  {
    ...json('elasticfilesystem', 'elasticfilesystem', () => import('@aws-sdk/client-efs')),
    protocol: 'rest-json',
    contentType: 'application/json',
  },
  json('ssm', 'ssm', () => import('@aws-sdk/client-ssm')),
];

function json(prefix: string, signingName: string, load: () => Promise<object>): AwsServiceWire {
  return { prefix, signingName, protocol: 'json', contentType: JSON_1_1, xmlNamespace: '', load };
}

function xml(prefix: string, xmlNamespace: string, load: () => Promise<object>): AwsServiceWire {
  return { prefix, signingName: prefix, protocol: 'query', contentType: XML, xmlNamespace, load };
}
