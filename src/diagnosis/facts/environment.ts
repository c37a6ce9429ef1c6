// Destinations a task definition names in its environment: host and port and nothing else. The values are read on the node
// only; whatever leaves this file is a variable's name, a host and a port.

import type * as Ecs from '@aws-sdk/client-ecs';
import type { EvidenceRef } from '../../contract/finding.ts';
import type { Observed } from '../evidence.ts';
import { below } from '../evidence.ts';

export interface NamedDestination {
  readonly variable: string;
  readonly host: string;
  readonly port: number | undefined;
  readonly at: EvidenceRef;
}

/** Ports by what a scheme or a variable's name says. */
const PORTS: readonly (readonly [RegExp, number])[] = [
  [/postgres|^pg|[_-]pg[_-]|psql|jdbc:postgresql/i, 5432],
  [/mysql|mariadb|aurora/i, 3306],
  [/sqlserver|mssql/i, 1433],
  [/oracle/i, 1521],
  [/redis|valkey|elasticache|cache/i, 6379],
  [/memcache/i, 11_211],
  [/mongo|docdb/i, 27_017],
  [/amqps/i, 5671],
  [/amqp|rabbit/i, 5672],
  [/kafka|broker/i, 9092],
  [/elastic|opensearch/i, 9200],
  [/^https/i, 443],
  [/^http/i, 80],
];
const HOST_VARIABLE = /(?:HOST(?:NAME)?|ADDR(?:ESS)?|ENDPOINT|SERVER|URL|URI|DSN|BROKERS?|WRITER|READER)$/i;
/** Set by the platform or about the task itself, not destinations. */
const OWN_VARIABLE =
  /^(?:HOSTNAME|HOST|BIND|LISTEN|SERVER_(?:HOST|ADDR|ADDRESS)|AWS_|ECS_|PUBLIC_|BASE_URL|CALLBACK)/i;
const HOST_TEXT = /^[A-Za-z0-9_](?:[A-Za-z0-9_.-]{0,250}[A-Za-z0-9_])?$/;

/** Destinations of one container, in the order of its environment. */
export function namedDestinations(container: Observed<Ecs.ContainerDefinition>): NamedDestination[] {
  const environment = container.value.environment ?? [];
  const found: NamedDestination[] = [];
  for (const [index, { name = '', value = '' }] of environment.entries()) {
    if (!HOST_VARIABLE.test(name) || OWN_VARIABLE.test(name)) continue;
    const place = placeOf(value);
    if (place === undefined || /^(?:0\.0\.0\.0|localhost|127\.)/.test(place.host)) continue;
    const port = place.port ?? siblingPort(name, environment) ?? portByName(`${place.scheme ?? ''} ${name}`);
    found.push({
      variable: name,
      host: place.host.toLowerCase(),
      port,
      at: below(container, `.environment[${index}].name`),
    });
  }
  return found;
}

/** The usual port behind words such as `postgres` or `REDIS_URL`. */
export function portByName(text: string): number | undefined {
  for (const word of text.split(/\s+/)) {
    const port = PORTS.find(([pattern]) => pattern.test(word))?.[1];
    if (port !== undefined) return port;
  }
  return undefined;
}

/** `PostgreSQL` for 5432 and so on; undefined for ports without a well-known name. */
export function portName(port: number): string | undefined {
  const names: Readonly<Record<number, string>> = {
    80: 'HTTP',
    443: 'HTTPS',
    1433: 'SQL Server',
    1521: 'Oracle',
    2049: 'NFS',
    3306: 'MySQL',
    5432: 'PostgreSQL',
    5672: 'AMQP',
    6379: 'Redis',
    9092: 'Kafka',
    9200: 'OpenSearch',
    11211: 'Memcached',
    27017: 'MongoDB',
  };
  return names[port];
}

/** Ports on which data stores answer; what listens there is called a database in texts. */
export function isDatabasePort(port: number): boolean {
  return [1433, 1521, 3306, 5432, 5439, 27_017].includes(port);
}

function placeOf(
  value: string,
): { host: string; port: number | undefined; scheme: string | undefined } | undefined {
  const url = /^(?:jdbc:)?([a-z][a-z0-9+.-]{0,30}):\/\/(?:[^\s/@]*@)?([^\s/:?,;@]+)(?::(\d{1,5}))?/i.exec(
    value,
  );
  if (url !== null) {
    const host = url[2] ?? '';
    if (!HOST_TEXT.test(host)) return undefined;
    return { host, port: portNumber(url[3]), scheme: url[1] };
  }
  const keyed =
    /(?:^|[\s;])(?:host|server|data source)\s*=\s*(?:tcp:)?([A-Za-z0-9_.-]+)(?:[:,](\d{1,5}))?/i.exec(value);
  if (keyed !== null) {
    const port = /(?:^|[\s;])port\s*=\s*(\d{1,5})/i.exec(value)?.[1] ?? keyed[2];
    return { host: keyed[1] ?? '', port: portNumber(port), scheme: undefined };
  }
  const [first = ''] = value.trim().split(/[,\s]/);
  const [host = '', port] = first.split(':');
  if (!HOST_TEXT.test(host) || /^\d+$/.test(host)) return undefined;
  return { host, port: portNumber(port), scheme: undefined };
}

function siblingPort(name: string, environment: readonly Ecs.KeyValuePair[]): number | undefined {
  const stem = name.replace(HOST_VARIABLE, '');
  const sibling = environment.find((one) => one.name === `${stem}PORT` || one.name === `${name}_PORT`);
  return portNumber(sibling?.value);
}

function portNumber(text: string | undefined): number | undefined {
  if (text === undefined || !/^\d{1,5}$/.test(text)) return undefined;
  const port = Number(text);
  return port >= 1 && port <= 65_535 ? port : undefined;
}
