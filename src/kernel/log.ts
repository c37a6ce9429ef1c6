// Process log as a port: structured lines on stderr, never the audit trail.

export type LogFields = Readonly<Record<string, unknown>>;

export interface Logger {
  debug(fields: LogFields, message: string): void;
  info(fields: LogFields, message: string): void;
  warn(fields: LogFields, message: string): void;
  error(fields: LogFields, message: string): void;
}

/** A logger that drops everything. */
export const silentLog: Logger = { debug() {}, info() {}, warn() {}, error() {} };
