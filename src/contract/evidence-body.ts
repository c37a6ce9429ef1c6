// A stored answer as people read it: IAM sends its policy documents percent-encoded (RFC 3986), which nobody can read. For display alone; what
// is stored, hashed and cited stays as it is. https://docs.aws.amazon.com/IAM/latest/APIReference/API_GetRolePolicy.html

/** A policy has at most 10,240 characters (IAM quotas), each at most twelve when encoded; an answer may hold several. */
const DOCUMENT_CHARS_MAX = 131_072;
const DOCUMENTS_MAX = 50;
const DEPTH_MAX = 32;
const ENCODED_JSON = /^\s*%7B[\w%.~*'()!-]*%7D\s*$/i;

/** The same value with encoded JSON documents in their own shape; anything that does not decode to JSON stays as it is. */
export function readableBody(value: unknown): unknown {
  return readable(value, { depth: 0, left: { count: DOCUMENTS_MAX } });
}

interface Walk {
  readonly depth: number;
  readonly left: { count: number };
}

function readable(value: unknown, walk: Walk): unknown {
  if (typeof value === 'string') return documentIn(value, walk.left) ?? value;
  if (typeof value !== 'object' || value === null || walk.depth >= DEPTH_MAX) return value;
  const next = { ...walk, depth: walk.depth + 1 };
  if (Array.isArray(value)) return value.map((one) => readable(one, next));
  return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, readable(one, next)]));
}

function documentIn(text: string, left: Walk['left']): unknown {
  if (left.count <= 0 || text.length > DOCUMENT_CHARS_MAX || !ENCODED_JSON.test(text)) return undefined;
  left.count -= 1;
  try {
    return JSON.parse(decodeURIComponent(text));
  } catch {
    return undefined;
  }
}
