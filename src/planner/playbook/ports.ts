// Which port people mean when they name a protocol or a product. The well-known default of each; an explicit number always wins.

export interface PortRange {
  readonly protocol: 'tcp' | 'udp';
  readonly from: number;
  readonly to: number;
  /** What the person called it, such as "PostgreSQL"; absent when they gave a number. */
  readonly name?: string;
}

interface NamedPort {
  readonly name: string;
  readonly port: number;
  readonly protocol?: 'udp';
  readonly words: readonly string[];
}

const namedPorts: readonly NamedPort[] = [
  { name: 'PostgreSQL', port: 5432, words: ['postgres', 'postgresql', 'postgre', 'pg', 'psql', 'pgsql'] },
  { name: 'MySQL', port: 3306, words: ['mysql', 'mariadb'] },
  { name: 'Redis', port: 6379, words: ['redis', 'valkey', 'elasticache'] },
  { name: 'Memcached', port: 11211, words: ['memcached', 'memcache'] },
  { name: 'MongoDB', port: 27017, words: ['mongo', 'mongodb', 'documentdb'] },
  { name: 'HTTPS', port: 443, words: ['https', 'tls', 'ssl'] },
  { name: 'HTTP', port: 80, words: ['http'] },
  { name: 'DNS', port: 53, protocol: 'udp', words: ['dns'] },
  { name: 'Kafka', port: 9092, words: ['kafka'] },
  { name: 'RabbitMQ', port: 5672, words: ['rabbitmq', 'amqp'] },
  { name: 'SQL Server', port: 1433, words: ['mssql', 'sqlserver'] },
  { name: 'Oracle', port: 1521, words: ['oracle'] },
  { name: 'OpenSearch', port: 9200, words: ['elasticsearch', 'opensearch'] },
  { name: 'Cassandra', port: 9042, words: ['cassandra'] },
  { name: 'NFS', port: 2049, words: ['nfs', 'efs'] },
  { name: 'SSH', port: 22, words: ['ssh'] },
  { name: 'SMTP', port: 587, words: ['smtp'] },
  { name: 'LDAP', port: 389, words: ['ldap'] },
];

/** Every word that names a port, for the vocabulary. */
export const portWords: readonly string[] = namedPorts.flatMap((named) => named.words);

const PORT_MAX = 65_535;

/** Ports a text names, explicit numbers first: `tcp/5432`, `5432/tcp`, `port 5432`, `ports 8000-8080`, `db:5432`, `PostgreSQL`. */
export function portsIn(text: string): PortRange[] {
  const lower = text.toLowerCase();
  const explicit: PortRange[] = [];
  const add = (protocol: string | undefined, from: string | undefined, to: string | undefined) => {
    const first = Number(from);
    const last = to === undefined ? first : Number(to);
    // Port 0 exists only as the start of a range.
    if (!(first >= (to === undefined ? 1 : 0) && last <= PORT_MAX && first <= last)) return;
    explicit.push({ protocol: protocol === 'udp' ? 'udp' : 'tcp', from: first, to: last });
  };
  for (const m of lower.matchAll(/\b(tcp|udp)[/ :](?:port )?(\d{1,5})(?:\s*(?:-|–|to)\s*(\d{1,5}))?\b/g))
    add(m[1], m[2], m[3]);
  for (const m of lower.matchAll(/\b(\d{1,5})(?:-(\d{1,5}))?\/(tcp|udp)\b/g)) add(m[3], m[1], m[2]);
  for (const m of lower.matchAll(/\bports? (?:number )?(\d{1,5})(?:\s*(?:-|–|to)\s*(\d{1,5}))?\b/g))
    add(undefined, m[1], m[2]);
  for (const m of lower.matchAll(/[a-z][\w.-]*:(\d{2,5})\b(?!\s*in\b)/g)) add(undefined, m[1], undefined);
  if (explicit.length > 0) return unique(explicit);
  const words = new Set(lower.match(/[a-z]+/g) ?? []);
  return namedPorts
    .filter((named) => named.words.some((word) => words.has(word)))
    .map(({ name, port, protocol }) => ({ protocol: protocol ?? 'tcp', from: port, to: port, name }));
}

/** `tcp/5432` or `tcp/8000-8080`. */
export function portText(range: Pick<PortRange, 'protocol' | 'from' | 'to'>): string {
  return `${range.protocol}/${range.from}${range.to === range.from ? '' : `-${range.to}`}`;
}

function unique(ranges: readonly PortRange[]): PortRange[] {
  const seen = new Map(ranges.map((range) => [portText(range), range]));
  return [...seen.values()];
}
