// Where the reader is. The address lives behind `#`, so a sign-in code never reaches a server log and every page is the same file.
// `parseRoute(hrefOf(route))` gives the route back.

export type Route =
  | { readonly page: 'start' }
  | { readonly page: 'conversations' }
  | { readonly page: 'conversation'; readonly id: string; readonly proposal: string | null }
  | { readonly page: 'approvals'; readonly id: string | null }
  | ({ readonly page: 'audit' } & AuditPlace)
  | { readonly page: 'nodes' }
  | { readonly page: 'scenarios' }
  | { readonly page: 'sign-in'; readonly code: string | null }
  | { readonly page: 'nowhere' };

/** Where in the audit log: the record that is open, and what the list is narrowed to. Empty texts narrow nothing. */
export interface AuditPlace {
  readonly seq: number | null;
  readonly conversation: string | null;
  readonly text: string;
  readonly event: string;
}

/** The route to the audit log, narrowed to nothing that is not given. */
export function auditRoute(place: Partial<AuditPlace> = {}): Route & AuditPlace {
  return { page: 'audit', seq: null, conversation: null, text: '', event: '', ...place };
}

/** The route of a location hash. */
export function parseRoute(hash: string): Route {
  const [path = '', ...query] = hash.replace(/^#?\/?/, '').split('?');
  const parts = path
    .split('/')
    .filter((part) => part !== '')
    .map(decoded);
  const [head, first, second] = parts;
  switch (head) {
    case undefined:
      return { page: 'start' };
    case 'conversations':
      return { page: 'conversations' };
    case 'c':
      return first === undefined
        ? { page: 'conversations' }
        : { page: 'conversation', id: first, proposal: second ?? null };
    case 'approvals':
      return { page: 'approvals', id: first ?? null };
    case 'audit':
      return auditPlace(first, new URLSearchParams(query.join('?')));
    case 'nodes':
      return { page: 'nodes' };
    case 'scenarios':
      return { page: 'scenarios' };
    case 'sign-in':
      return { page: 'sign-in', code: first ?? null };
    default:
      return { page: 'nowhere' };
  }
}

/** The link to a route. */
export function hrefOf(route: Route): string {
  switch (route.page) {
    case 'start':
    case 'nowhere':
      return '#/';
    case 'conversation':
      return join('c', route.id, route.proposal);
    case 'approvals':
      return join('approvals', route.id);
    case 'audit':
      return `${join('audit', route.seq === null ? null : String(route.seq))}${auditQuery(route)}`;
    case 'sign-in':
      return join('sign-in', route.code);
    default:
      return join(route.page);
  }
}

function auditPlace(seq: string | undefined, query: URLSearchParams): Route {
  return auditRoute({
    seq: /^\d{1,15}$/.test(seq ?? '') ? Number(seq) : null,
    conversation: query.get('conversation') || null,
    text: query.get('q') ?? '',
    event: query.get('event') ?? '',
  });
}

function auditQuery({ conversation, text, event }: AuditPlace): string {
  const query = new URLSearchParams();
  if (conversation !== null) query.set('conversation', conversation);
  if (text !== '') query.set('q', text);
  if (event !== '') query.set('event', event);
  return query.size === 0 ? '' : `?${query}`;
}

function join(...parts: (string | null)[]): string {
  return `#/${parts
    .filter((part) => part !== null)
    .map(encodeURIComponent)
    .join('/')}`;
}

// A malformed escape is somebody's typing, not a reason to fail: it is taken as written.
function decoded(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}
