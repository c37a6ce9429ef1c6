// Which service or cluster a message is about. A sure name goes straight to AWS; everything else is matched against what
// exists. The outcome is one existing service, a question back, or the nearest names: never a guess.

import { nearest } from '../../../tools/nearest.ts';
import type { Subject } from './context.ts';
import { hintFor, type NameHint } from './entities.ts';
import type { IntentKind } from './intents.ts';
import { distance, matchNames, namesInText } from './names.ts';
import { corrected, listed, whichOne, whichService, withoutEnd } from './offered.ts';
import { readOutput } from './outputs.ts';
import { clustersListed, servicesListed } from './remembered.ts';
import { type Next, needs, problemText, say, type View } from './view.ts';

export type Resolved<T> = { readonly found: T } | { readonly next: Next };

const UNKNOWN_NAME_CODES = new Set(['cluster-unknown', 'service-unknown', 'name-ambiguous', 'input-invalid']);
/** An account with more clusters than this is asked to be named one. */
const CLUSTERS_SEARCHED_MAX = 10;

/** The service a message is about. With `needCluster` the cluster is always known too. */
export function serviceOf(view: View, needCluster = true): Resolved<Subject> {
  const { entities } = view.intent;
  const service = hintFor(entities, 'service');
  const cluster = hintFor(entities, 'cluster');
  const clusterHint = cluster === service ? undefined : cluster;
  if (service === undefined) return withoutName(view, clusterHint);
  const known = view.context.known.filter(
    (one) => one.service === service.text && (clusterHint === undefined || one.cluster === clusterHint.text),
  );
  const [only] = known;
  if (only !== undefined && known.length === 1) return { found: only };
  const isSure = service.sure && service.role !== 'either' && (clusterHint?.sure ?? !needCluster);
  if (isSure && !hasUnknownName(view)) {
    return {
      found: { service: service.text, ...(clusterHint === undefined ? {} : { cluster: clusterHint.text }) },
    };
  }
  return fromInventory(view, service, clusterHint);
}

/** The one cluster a message names, or null when it names none. */
export function clusterOf(view: View): Resolved<string | null> {
  const hint = hintFor(view.intent.entities, 'cluster') ?? hintFor(view.intent.entities, 'service');
  if (hint === undefined) return { found: null };
  const remembered = clustersListed(view, hint);
  if (remembered.length === 1) return { found: remembered[0] ?? null };
  const clusters = clusterNames(view);
  if ('next' in clusters) return clusters;
  return oneCluster(view, hint, clusters.found);
}

/** The clusters a message is about: the one it names, the one under discussion, or all. */
export function clustersMeant(view: View): Resolved<readonly string[]> {
  const one = clusterOf(view);
  if ('next' in one) return one;
  if (one.found !== null) return { found: [one.found] };
  return view.context.cluster !== null && !/\b(?:all|every|any)\b.*\bclusters?\b/i.test(view.question)
    ? { found: [view.context.cluster] }
    : clusterNames(view);
}

/** The names of all clusters; asks for the list first. */
export function clusterNames(view: View): Resolved<readonly string[]> {
  const listed = needs(view, [{ tool: 'ecs_list_clusters', input: {} }], LOOKING);
  if ('next' in listed) return listed;
  const [result] = listed.results;
  const read = readOutput('clusterNames', result);
  if (read === null) return { next: say(result === undefined ? '' : problemText(result)) };
  return { found: read.value.clusters.map(({ name }) => name) };
}

/** The services of the given clusters; asks for the lists first. */
export function servicesIn(view: View, clusters: readonly string[]): Resolved<readonly Required<Subject>[]> {
  const wanted = clusters.slice(0, CLUSTERS_SEARCHED_MAX).map((cluster) => ({
    tool: 'ecs_list_services',
    input: { cluster },
  }));
  const listed = needs(view, wanted);
  if ('next' in listed) return listed;
  return {
    found: listed.results.flatMap((result) => {
      const read = readOutput('serviceNames', result);
      return (read?.value.services ?? []).map(({ name }) => ({
        service: name,
        cluster: read?.value.cluster ?? '',
      }));
    }),
  };
}

const LOOKING = 'Looking up which clusters and services there are.';

/** Nothing is named: the service under discussion, unless the words spell another one that is known. */
function withoutName(view: View, cluster: NameHint | undefined): Resolved<Subject> {
  const { subject } = view.context;
  const inText = namesInText(
    view.question,
    view.context.known.map(({ service }) => service),
  );
  if (subject === null || (inText.length > 0 && !inText.includes(subject.service))) {
    return fromInventory(view, undefined, cluster);
  }
  if (cluster === undefined) return { found: subject };
  const sameCluster = subject.cluster !== undefined && matchNames(cluster.text, [subject.cluster]).length > 0;
  if (sameCluster) return { found: subject };
  return fromInventory(view, { text: subject.service, role: 'service', sure: true, placed: true }, cluster);
}

/** A name that was sent as it is turned out not to exist: from here on names are looked up. */
function hasUnknownName(view: View): boolean {
  return view.done.some(
    ({ result }) =>
      (result.status === 'failed' || result.status === 'refused') &&
      UNKNOWN_NAME_CODES.has(result.error.code),
  );
}

/** Lists clusters and services and matches the message against them. */
function fromInventory(
  view: View,
  service: NameHint | undefined,
  cluster: NameHint | undefined,
): Resolved<Subject> {
  const remembered = fromMemory(view, service, cluster);
  if (remembered !== null) return { found: remembered };
  const clusters = clusterNames(view);
  if ('next' in clusters) return clusters;
  let searched: readonly string[] = clusters.found;
  if (cluster !== undefined) {
    const one = oneCluster(view, cluster, clusters.found);
    if ('next' in one) return one;
    searched = [one.found];
  }
  const all = servicesIn(view, searched);
  if ('next' in all) return all;
  const elsewhere = inOtherClusters(view, { service, cluster, here: all.found, clusters: clusters.found });
  return elsewhere === null ? pick(view, service, all.found) : { next: elsewhere };
}

/** The one service that a message means among the names that were listed a short while ago; null sends for the lists. */
function fromMemory(
  view: View,
  service: NameHint | undefined,
  cluster: NameHint | undefined,
): Required<Subject> | null {
  if (hasUnknownName(view)) return null;
  const searched = clustersListed(view, cluster);
  if (searched.length === 0 || (cluster !== undefined && searched.length > 1)) return null;
  const exact = view.context.known.filter(
    (one) => one.service === service?.text && searched.length === 1 && one.cluster === searched[0],
  );
  const all = servicesListed(view, searched) ?? exact;
  const names = [...new Set(all.map((one) => one.service))];
  if (matching(view, service, names).length !== 1) return null;
  const picked = pick(view, service, all);
  if (!('found' in picked) || picked.found.cluster === undefined) return null;
  return { service: picked.found.service, cluster: picked.found.cluster };
}

/** A service that the named cluster does not have and another has; null when it is there, or nowhere. Asks for the lists first. */
function inOtherClusters(
  view: View,
  asked: {
    readonly service: NameHint | undefined;
    readonly cluster: NameHint | undefined;
    readonly here: readonly Required<Subject>[];
    readonly clusters: readonly string[];
  },
): Next | null {
  const { service, cluster, here, clusters } = asked;
  if (service === undefined || cluster === undefined || clusters.length < 2) return null;
  const isMeant = (one: Subject) => one.service.toLowerCase() === service.text.toLowerCase();
  const names = here.map((one) => one.service);
  if (matching(view, service, names).length > 0) return null;
  const all = servicesIn(view, clusters);
  if ('next' in all) return all.next;
  const others = all.found.filter(isMeant);
  if (others.length === 0) return null;
  // A change is asked for again by the person; a question may be picked.
  const offers = CHANGES.has(view.intent.kind) || service.text.includes(cluster.text) ? [] : others;
  return say(
    [
      `There is no service named ${service.text} in ${matchNames(cluster.text, clusters)[0] ?? cluster.text}. It exists in ${listed(others.map((one) => one.cluster))}.`,
      names.length === 0 ? '' : `In the cluster you named are: ${listed(names)}.`,
    ],
    offers.map((one) => corrected(view, cluster.text, `'${one.cluster}' cluster`)),
    'service-unknown',
  );
}

/** One match is found; several are asked about; none brings the nearest names. */
function pick(
  view: View,
  hint: NameHint | undefined,
  services: readonly Required<Subject>[],
): Resolved<Subject> {
  const names = [...new Set(services.map(({ service }) => service))];
  const wanted = matching(view, hint, names);
  const candidates = services.filter(({ service }) => wanted.includes(service));
  const [only] = candidates;
  if (only !== undefined && candidates.length === 1) return { found: only };
  if (candidates.length > 1) {
    const inContext = candidates.filter(({ cluster }) => cluster === view.context.cluster);
    const [near] = inContext;
    if (near !== undefined && inContext.length === 1) return { found: near };
    return { next: whichOne(view, candidates) };
  }
  if (services.length === 0) return { next: say('There are no services in the clusters this node can see.') };
  if (hint === undefined) return { next: whichService(view, services) };
  const close = nearNames(hint.text, names);
  // A word that stands where no name does is none: the question is about the service under discussion, and the answer says so.
  const { subject } = view.context;
  if (!hint.sure && !hint.placed && close.length === 0 && !CHANGES.has(view.intent.kind))
    return subject === null ? { next: whichService(view, services) } : { found: subject };
  const closest = services.filter(({ service }) => close.includes(service));
  return {
    next: say(
      [
        `There is no service named ${hint.text}.`,
        close.length > 0 ? `The nearest are: ${close.join(', ')}.` : `There are: ${listed(names)}.`,
      ],
      closest.map(({ service, cluster }) => corrected(view, hint.text, `'${service}'`, ` in '${cluster}'`)),
      'service-unknown',
    ),
  };
}

/** Never made of a service that was not named. */
const CHANGES: ReadonlySet<IntentKind> = new Set([
  'fix',
  'add-rule',
  'remove-rule',
  'undo',
  'scale',
  'pause-scaling',
  'restart',
  'rollback',
  'stop-task',
  'delete',
]);

/** A sure name is matched as it is. An unsure one may be an everyday word, so names that stand in the text go first. */
function matching(view: View, hint: NameHint | undefined, names: readonly string[]): readonly string[] {
  const inText = namesInText(view.question, names);
  if (hint === undefined) return inText;
  const byHint = matchNames(hint.text, names);
  if (hint.sure) return byHint;
  return inText.length > 0 ? inText : byHint;
}

/** The cluster a hint means among those that exist. */
function oneCluster(view: View, hint: NameHint, clusters: readonly string[]): Resolved<string> {
  const matches = matchNames(hint.text, clusters);
  const [only] = matches;
  if (only !== undefined && matches.length === 1) return { found: only };
  if (matches.length > 1) {
    return {
      next: say(
        `${hint.text} matches several clusters: ${listed(matches)}. Which one?`,
        matches.map((cluster) => `${withoutEnd(view.question)}: '${cluster}' cluster`),
        'name-ambiguous',
      ),
    };
  }
  const close = nearNames(hint.text, clusters);
  return {
    next: say(
      [
        `There is no cluster named ${hint.text} in ${view.region}.`,
        close.length > 0
          ? `The nearest are: ${close.join(', ')}.`
          : clusters.length > 0
            ? `There are: ${listed(clusters)}.`
            : `There is no cluster at all in account ${view.account}: is this the right region?`,
      ],
      close.map((cluster) => corrected(view, hint.text, `'${cluster}' cluster`)),
      'cluster-unknown',
    ),
  };
}

/** The nearest names; without one, those of which a part is one or two letters away: "chekcout" is near "checkout-worker". */
function nearNames(said: string, names: readonly string[]): readonly string[] {
  const close = nearest(said, names);
  if (close.length > 0 || said.length < PART_LETTERS_MIN) return close;
  const lower = said.toLowerCase();
  const isNear = (part: string) => part.length >= PART_LETTERS_MIN && distance(lower, part) <= 2;
  return names
    .filter((name) =>
      name
        .toLowerCase()
        .split(/[^a-z0-9]+/)
        .some(isNear),
    )
    .slice(0, 3);
}

const PART_LETTERS_MIN = 4;
