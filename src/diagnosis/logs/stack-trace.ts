// Which lines belong to the stack trace above them, in Java, Python, Node.js, Go, .NET and Ruby, and which line of a trace says what
// happened. Reads one line at a time and remembers only what kind of trace it is in.

/** What a line is: a record of its own, or a part of the one above; a `title` part says what the whole is about. */
export type LineRole = 'head' | 'part' | 'title';

export interface TraceReader {
  /** The role of a line, which has no line break in it and is not blank. */
  role(line: string): LineRole;
  /** True when a line with this first byte can only be a record of its own; it is taken as read then. Spares most lines a closer look. */
  isPlain(first: number): boolean;
  /** True when the record that began last says what it is about only in a later line. */
  isUntitled(): boolean;
}

/** Frames, sources and omissions, which are indented and stand nowhere else. */
const FRAME =
  /^[ \t]{1,40}(?:at\s|\.{3} \d+ (?:more|common)|File "|from\s|in\s|--- End of|---> |Suppressed:|Caused by:|[~^]+|\[0x|created by )/;
const CHAINED =
  /^(?:Caused by:|Suppressed:|Wrapped by:| *---> | *--- End of |During handling of the above exception|The above exception was the direct cause|\[signal SIG|created by |goroutine \d+ \[|Node\.js v\d)/;
const PYTHON_BEGIN = /^[ \t]{0,40}(?:\+ Exception Group )?Traceback \(most recent call last\):/;
const PYTHON_CHAIN = /^(?:During handling of the above exception|The above exception was the direct cause)/;
/** The last line of a Python trace: the type of the exception and, mostly, a message. */
const PYTHON_END = /^[A-Za-z_][\w.]{0,120}(?::\s|:?$)/;
const GO_BEGIN = /^(?:panic: |fatal error: |goroutine \d+ \[)/;
const GO_LINE = /^(?:exit status \d|\[signal SIG|goroutine \d+ \[|created by |\t\S+:\d)/;
const GO_CALL = /^[^\s(]{1,300}\(/;
const RUBY_FRAME = /^[ \t]{0,40}(?:from )?[^\s:]{1,300}\.rb:\d+:in [`']/;
/** Node.js prints the place, the source and a caret before the error itself. */
const NODE_BEGIN = /^(?:file:\/\/)?(?:\/|node:|[A-Z]:\\)[^\s:]{1,300}:\d+$/;
const NODE_TITLE = /^(?:Uncaught )?(?:[A-Za-z]\w{0,60}(?:Error|Exception)|Error)(?: \[\w+\])?:/;

type Kind = 'none' | 'python' | 'go' | 'ruby' | 'node';

/** Lines past this bound are read up to it: no rule looks further. */
const CHARS = 1_000;

/** A reader for one stream. `aboveComplains` says whether the record above is about an error, which a Python trace then belongs to. */
export function createTraceReader(aboveComplains: () => boolean): TraceReader {
  const state: State = { kind: 'none', untitled: false, endless: false, chained: false, inside: false };
  return {
    role: (line) => read(state, line.length > CHARS ? line.slice(0, CHARS) : line, aboveComplains),
    isPlain(first) {
      if (state.kind !== 'none' || PLAIN_FIRSTS[first] !== 1) return false;
      state.inside = false;
      return true;
    },
    isUntitled: () => state.untitled,
  };
}

interface State {
  kind: Kind;
  /** What happened has not been said yet. */
  untitled: boolean;
  /** A Python trace whose last line has not come yet. */
  endless: boolean;
  /** The line above said that another Python trace follows. */
  chained: boolean;
  /** The line above was a frame or the like: indented lines go on with it. */
  inside: boolean;
}

function read(state: State, line: string, aboveComplains: () => boolean): LineRole {
  if (PYTHON_BEGIN.test(line)) return pythonBegin(state, line, aboveComplains);
  const indented = /^\s/.test(line);
  if (state.endless) {
    if (indented) return part(state);
    state.endless = false;
    return PYTHON_END.test(line) ? title(state) : fresh(state, line);
  }
  if (state.kind === 'node' && state.untitled) {
    if (NODE_TITLE.test(line)) return title(state);
    return indented || !/\s/.test(line) ? part(state) : fresh(state, line);
  }
  if (state.kind === 'go' && (GO_LINE.test(line) || (GO_CALL.test(line) && line.endsWith(')'))))
    return part(state);
  if (state.kind === 'ruby' && RUBY_FRAME.test(line)) return part(state);
  if (FRAME.test(line) || (state.inside && (indented || /^[}\]],?$/.test(line)))) return part(state);
  if ((GO_BEGIN.test(line) && state.kind !== 'go') || !CHAINED.test(line)) return fresh(state, line);
  state.chained = PYTHON_CHAIN.test(line);
  return part(state);
}

function pythonBegin(state: State, line: string, aboveComplains: () => boolean): LineRole {
  const joins =
    state.chained || (/^\s/.test(line) && state.inside) || (state.kind === 'none' && aboveComplains());
  if (!joins) begin(state, 'python', true);
  Object.assign(state, { kind: 'python', endless: true, chained: false, inside: true });
  return joins ? 'part' : 'head';
}

function fresh(state: State, line: string): LineRole {
  if (GO_BEGIN.test(line)) return begin(state, 'go');
  if (RUBY_FRAME.test(line)) return begin(state, 'ruby');
  return NODE_BEGIN.test(line) ? begin(state, 'node', true) : begin(state, 'none');
}

function begin(state: State, kind: Kind, untitled = false): LineRole {
  Object.assign(state, { kind, untitled, endless: false, chained: false, inside: false });
  return 'head';
}

function part(state: State): LineRole {
  state.inside = true;
  return 'part';
}

function title(state: State): LineRole {
  state.inside = true;
  if (!state.untitled) return 'part';
  state.untitled = false;
  return 'title';
}

/** First bytes no special line begins with: a line after no trace that begins so is a record of its own. */
const PLAIN_FIRSTS = Uint8Array.from({ length: 256 }, (_, code) =>
  code > 32 && !'CSWDTNPEgcpf/\\n}]+-|[~^'.includes(String.fromCharCode(code)) ? 1 : 0,
);
