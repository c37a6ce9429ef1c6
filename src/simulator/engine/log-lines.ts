// What the simulated applications write to their logs, as offsets from the start of the container.
// The texts are the application's own, not AWS's; one line leaks a made-up password so that redaction can be seen.

export interface LogLine {
  /** Milliseconds after the container started. */
  readonly afterMs: number;
  readonly message: string;
}

/** What a container's application is and depends on. */
export interface ApplicationFacts {
  readonly name: string;
  readonly version: string;
  readonly port: number;
  readonly database: { readonly host: string; readonly port: number } | undefined;
}

/** How long the application tries to reach its database. */
export const DATABASE_TIMEOUT_MS = 30_000;

/** The first lines of every start, up to the attempt to reach the database. */
export function startLines(facts: ApplicationFacts): LogLine[] {
  const lines = [
    { afterMs: 400, message: `[INFO] ${facts.name} ${facts.version} starting, pid 1` },
    { afterMs: 650, message: `[INFO] Listening on 0.0.0.0:${facts.port}` },
  ];
  const { database } = facts;
  if (database === undefined) return [...lines, { afterMs: 900, message: '[INFO] Ready' }];
  return [
    ...lines,
    { afterMs: 900, message: `[INFO] Connecting to ${database.host}:${database.port}` },
    {
      afterMs: 910,
      message: `[DEBUG] dsn=postgres://app:Tr0ub4dor-3xample@${database.host}:${database.port}/app?sslmode=require`,
    },
  ];
}

/** What follows when the database answers. */
export function databaseReadyLines(): LogLine[] {
  return [
    { afterMs: 1_050, message: '[INFO] Database connection pool ready (10 connections)' },
    { afterMs: 1_200, message: '[INFO] Ready' },
  ];
}

/** What follows when it does not. */
export function databaseTimeoutLines(database: { host: string; port: number }): LogLine[] {
  const at = 910 + DATABASE_TIMEOUT_MS;
  return [
    { afterMs: at, message: '[ERROR] Database connection timeout after 30 seconds' },
    { afterMs: at + 2, message: `[ERROR] Failed to connect to ${database.host}:${database.port}` },
    { afterMs: at + 5, message: '[WARN] Still not ready, trying again' },
  ];
}

/** What follows when the name cannot be resolved. */
export function databaseUnknownLines(database: { host: string; port: number }): LogLine[] {
  return [
    { afterMs: 930, message: `[ERROR] getaddrinfo ENOTFOUND ${database.host}` },
    { afterMs: 940, message: `[ERROR] Failed to connect to ${database.host}:${database.port}` },
  ];
}

/** One answer of the health endpoint. */
export function healthLine(afterMs: number, healthy: boolean, path = '/health'): LogLine {
  return healthy
    ? { afterMs, message: `[INFO] GET ${path} 200 1ms` }
    : { afterMs, message: `[WARN] GET ${path} 503 Service Unavailable: database not connected` };
}

/** What the application writes when it is told to stop. */
export function stopLine(afterMs: number): LogLine {
  return { afterMs, message: '[INFO] SIGTERM received, shutting down' };
}
