// The one error class for expected failures. The closed list of codes lives in contract/errors.ts;
// here is only the machinery, so that the kernel stays free of product words.

export interface ErrorTemplate {
  /** HTTP status the hub answers with. */
  readonly status: number;
  /** Exit code of the command line. */
  readonly exit: number;
  /** What is wrong and where, one sentence; `{name}` is replaced from the parameters. */
  readonly message: string;
  /** What to do now, one sentence; may be empty when there is nothing to do. */
  readonly next: string;
}

export type ErrorParams = Readonly<Record<string, string | number>>;

export class LockkeeperError<Code extends string = string> extends Error {
  override readonly name = 'LockkeeperError';
  readonly code: Code;
  readonly status: number;
  readonly exit: number;
  readonly next: string;
  readonly params: ErrorParams;

  constructor(code: Code, template: ErrorTemplate, params: ErrorParams = {}, cause?: unknown) {
    super(fill(template.message, params), cause === undefined ? undefined : { cause });
    this.code = code;
    this.status = template.status;
    this.exit = template.exit;
    this.next = fill(template.next, params);
    this.params = params;
  }

  toJSON(): { code: string; message: string; next: string } {
    return { code: this.code, message: this.message, next: this.next };
  }
}

function fill(template: string, params: ErrorParams): string {
  return template.replace(/\{(\w+)\}/g, (whole, name: string) =>
    Object.hasOwn(params, name) ? String(params[name]) : whole,
  );
}

/** The text of anything that was thrown, for logs and for `detail` parameters. */
export function messageOf(thrown: unknown): string {
  return thrown instanceof Error ? thrown.message : String(thrown);
}
