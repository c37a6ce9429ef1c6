// What was asked of the simulated account: every request that could be decoded, in order, bounded.
// Tests and the bench read it; nothing in the simulator decides by it.

/** Older entries are dropped beyond this many. */
const ENTRIES_MAX = 10_000;

export interface RecordedRequest {
  /** IAM prefix, such as `ecs` or `elasticloadbalancing`. */
  readonly service: string;
  readonly operation: string;
  readonly input: Readonly<Record<string, unknown>>;
  /** Simulated time in epoch milliseconds. */
  readonly at: number;
  /** The region of the signature. */
  readonly region: string;
  /** HTTP status of the answer; 0 while there is none, and for ever when a time-out was injected. */
  status: number;
  /** The AWS error code of the answer, if it was one. */
  errorCode?: string;
}

export interface Recorder {
  readonly requests: readonly RecordedRequest[];
  /** The requests for `action`, such as `ecs:DescribeServices`. */
  of(action: string): RecordedRequest[];
  clear(): void;
  /** For the wire layer: keeps `request`. */
  add(request: RecordedRequest): void;
}

export function createRecorder(): Recorder {
  const requests: RecordedRequest[] = [];
  return {
    requests,
    of: (action) => requests.filter((request) => `${request.service}:${request.operation}` === action),
    clear: () => {
      requests.length = 0;
    },
    add: (request) => {
      if (requests.length >= ENTRIES_MAX) requests.shift();
      requests.push(request);
    },
  };
}
