// Matching what a person calls a cluster or service against the names that exist. Pure; no name is ever invented:
// the result is always one or more of the given names, or none.

/** Short names people use for environments, each with the words it can stand for. */
const NICKNAMES: Readonly<Record<string, readonly string[]>> = {
  prod: ['production', 'prod', 'prd', 'live'],
  production: ['production', 'prod', 'prd', 'live'],
  prd: ['production', 'prod', 'prd'],
  live: ['live', 'production', 'prod'],
  stage: ['staging', 'stage', 'stg'],
  staging: ['staging', 'stage', 'stg'],
  stg: ['staging', 'stage', 'stg'],
  dev: ['dev', 'development', 'develop'],
  development: ['development', 'dev'],
  test: ['test', 'testing', 'tst'],
  qa: ['qa', 'quality'],
  sandbox: ['sandbox', 'sbx'],
  preprod: ['preprod', 'preproduction'],
  uat: ['uat', 'acceptance'],
};

/** True for words such as "prod" that name an environment rather than a service. */
export function isNickname(word: string): boolean {
  return Object.hasOwn(NICKNAMES, word.toLowerCase());
}

/**
 * The names that `said` means, best matches only: exact first, then nickname or part of the name, then a spelling close
 * to it. Several results mean that the person has to choose; none means that nothing is close.
 */
export function matchNames(said: string, names: readonly string[]): string[] {
  const wanted = plain(said);
  if (wanted === '') return [];
  const scored = names.map((name) => ({ name, score: score(said.toLowerCase(), wanted, name) }));
  const best = Math.min(...scored.map(({ score }) => score));
  return best > SCORE_MAX ? [] : scored.filter(({ score }) => score === best).map(({ name }) => name);
}

/** Names that occur in a whole sentence, exactly or with other separators ("my web service"); longest first. */
export function namesInText(text: string, names: readonly string[]): string[] {
  const words = text.toLowerCase().match(/[a-z0-9]+/g) ?? [];
  const joined = new Set<string>();
  for (let start = 0; start < words.length; start++) {
    for (let end = start + 1; end <= Math.min(words.length, start + WORDS_PER_NAME_MAX); end++) {
      joined.add(words.slice(start, end).join(''));
    }
  }
  const found = names.filter((name) => joined.has(plain(name))).sort((a, b) => b.length - a.length);
  // "checkout" inside "checkout-worker" is the longer name's part, not a second name.
  return found.filter(
    (name, at) => !found.slice(0, at).some((longer) => plain(longer).includes(plain(name))),
  );
}

const SCORE_MAX = 3;
const NO_MATCH = 9;
const WORDS_PER_NAME_MAX = 6;

/** 0 exact, 1 the same but for separators and case, 2 all words are parts or nicknames of parts, 3 a typing error. */
function score(said: string, wanted: string, name: string): number {
  const plainName = plain(name);
  if (name.toLowerCase() === said) return 0;
  if (plainName === wanted) return 1;
  const parts = name.toLowerCase().split(/[^a-z0-9]+/);
  const words = said.split(/[^a-z0-9]+/).filter((word) => word !== '' && !FILLERS.has(word));
  const covered = words.length > 0 && words.every((word) => parts.some((part) => meansPart(word, part)));
  if (covered) return 2;
  return distance(wanted, plainName) <= Math.max(1, Math.floor(plainName.length / 5)) ? 3 : NO_MATCH;
}

const FILLERS = new Set(['the', 'cluster', 'service', 'our', 'env', 'environment']);

/** "prod" stands for "production"; three letters or more may also be the beginning of a part. */
function meansPart(word: string, part: string): boolean {
  const stands = Object.hasOwn(NICKNAMES, word) ? NICKNAMES[word] : undefined;
  if (stands !== undefined) return stands.includes(part);
  return part === word || (word.length >= 3 && part.startsWith(word));
}

function plain(name: string): string {
  return name.toLowerCase().replace(/[^a-z0-9]+/g, '');
}

/** Edit distance in which swapping two neighbours counts once (optimal string alignment). */
export function distance(a: string, b: string): number {
  let before: number[] = [];
  let previous = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const current = [i];
    for (let j = 1; j <= b.length; j++) {
      const change = (previous[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1);
      let best = Math.min(change, (previous[j] ?? 0) + 1, (current[j - 1] ?? 0) + 1);
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]) {
        best = Math.min(best, (before[j - 2] ?? 0) + 1);
      }
      current.push(best);
    }
    before = previous;
    previous = current;
  }
  return previous[b.length] ?? 0;
}
