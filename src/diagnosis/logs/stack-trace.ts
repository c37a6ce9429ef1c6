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
  const plain = plainFirsts();
  let kind: Kind = 'none';
  let untitled = false;
  /** A Python trace whose last line has not come yet. */
  let endless = false;
  let chained = false;
  /** The line above was a frame or the like: indented lines go on with it. */
  let inside = false;

  function begin(next: Kind, withoutTitle = false): LineRole {
    kind = next;
    untitled = withoutTitle;
    endless = false;
    chained = false;
    inside = false;
    return 'head';
  }

  function part(): LineRole {
    inside = true;
    return 'part';
  }

  function title(): LineRole {
    if (!untitled) return part();
    untitled = false;
    inside = true;
    return 'title';
  }

  function python(line: string): LineRole {
    const joins = chained || (/^\s/.test(line) && inside) || (kind === 'none' && aboveComplains());
    if (!joins) begin('python', true);
    kind = 'python';
    endless = true;
    chained = false;
    if (joins) return part();
    inside = true;
    return 'head';
  }

  function fresh(line: string): LineRole {
    if (GO_BEGIN.test(line)) return begin('go');
    if (RUBY_FRAME.test(line)) return begin('ruby');
    return NODE_BEGIN.test(line) ? begin('node', true) : begin('none');
  }

  function read(line: string): LineRole {
    if (PYTHON_BEGIN.test(line)) return python(line);
    const indented = /^\s/.test(line);
    if (endless) {
      if (indented) return part();
      endless = false;
      return PYTHON_END.test(line) ? title() : fresh(line);
    }
    if (kind === 'node' && untitled) {
      if (NODE_TITLE.test(line)) return title();
      return indented || !/\s/.test(line) ? part() : fresh(line);
    }
    if (kind === 'go' && (GO_LINE.test(line) || (GO_CALL.test(line) && line.endsWith(')')))) return part();
    if (kind === 'ruby' && RUBY_FRAME.test(line)) return part();
    if (FRAME.test(line) || (inside && (indented || /^[}\]],?$/.test(line)))) return part();
    if (GO_BEGIN.test(line) && kind !== 'go') return fresh(line);
    if (!CHAINED.test(line)) return fresh(line);
    chained = PYTHON_CHAIN.test(line);
    return part();
  }

  return {
    role: (line) => read(line.length > CHARS ? line.slice(0, CHARS) : line),
    isPlain(first) {
      if (kind !== 'none' || endless || plain[first] !== 1) return false;
      inside = false;
      return true;
    },
    isUntitled: () => untitled,
  };
}

/** First bytes no special line begins with: a line after no trace that begins so is a record of its own. */
function plainFirsts(): Uint8Array {
  const special = new Set('CSWDTNPEgcpf/\\n}]+-|[~^');
  return Uint8Array.from({ length: 256 }, (_, code) =>
    code > 32 && !special.has(String.fromCharCode(code)) ? 1 : 0,
  );
}
