// What a corner is: an account in which one thing less common is wrong, or looks wrong, and what must be said of it, how surely, and naming what.

import type { CauseClass, Finding } from '../../src/contract/finding.ts';
import type { Place, World } from './base.ts';
import { changed } from './case.ts';

export interface Corner {
  readonly name: string;
  readonly account: () => World;
  /** The first finding has to be of this class, with one of these verdicts. */
  readonly class: CauseClass;
  readonly verdicts: readonly Finding['verdict'][];
  /** What its title, explanation or what it could not verify has to say. */
  readonly says: RegExp;
  /** Classes that may be neither proven nor likely. */
  readonly never: readonly CauseClass[];
}

const place: Place = {
  region: 'eu-north-1',
  account: '606070708080',
  cluster: 'corner',
  service: 'shop',
  net: 140,
  count: 2,
};
export const onHosts: Place = { ...place, launch: 'EC2' };

export function corner(
  name: string,
  one: Omit<Corner, 'name' | 'account' | 'never'> & {
    readonly never?: readonly CauseClass[];
    readonly at?: Place;
    readonly ill: (world: World) => void;
  },
): Corner {
  const { at = place, ill, never = [], ...rest } = one;
  return { ...rest, name, never, account: () => changed(at, [ill]) };
}

/** What is wrong with the findings, or undefined when they are right. */
export function faultOfCorner(one: Corner, findings: readonly Finding[]): string | undefined {
  const [first] = findings;
  if (first?.class !== one.class) return 'another class stands first';
  if (!one.verdicts.includes(first.verdict)) return 'the verdict is another';
  const said = [first.title, first.explanation, ...first.cannotVerify.map(({ what }) => what)].join(' ');
  if (!one.says.test(said)) return `does not say ${one.says}: ${said.slice(0, 400)}`;
  const wrong = findings.filter(
    ({ class: name, verdict }) => one.never.includes(name) && (verdict === 'proven' || verdict === 'likely'),
  );
  return wrong.length === 0 ? undefined : `said: ${wrong.map((finding) => finding.class).join(', ')}`;
}
