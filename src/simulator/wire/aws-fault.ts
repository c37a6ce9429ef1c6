// An error as AWS answers it: its code, its words, its HTTP status. Handlers throw it; the wire layer writes it
// in the shape of the protocol that the request came in.

export class AwsFault extends Error {
  override readonly name = 'AwsFault';
  /** The error code exactly as AWS spells it for that service. */
  readonly code: string;
  /** HTTP status; 400 unless AWS documents another. */
  readonly status: number;
  /** Further members of the error shape (JSON protocols only). */
  readonly members: Readonly<Record<string, unknown>>;

  constructor(
    code: string,
    message: string,
    options: { status?: number; members?: Record<string, unknown> } = {},
  ) {
    super(message);
    this.code = code;
    this.status = options.status ?? 400;
    this.members = options.members ?? {};
  }
}
