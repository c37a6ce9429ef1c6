// A database that does not run: the way to it may be open, and nobody is there. RDS states it; that the program wanted this one is its own
// word where the log names the host, and else what its environment names.

import { below, type DatabasePlace, type Observed } from '../evidence.ts';
import { kindOf } from '../facts/attempts.ts';
import { namedDestinations } from '../facts/environment.ts';
import type { Facts } from '../facts/facts.ts';
import { lastSaying, logsOf, type Words } from '../facts/last-words.ts';
import type { TaskFacts } from '../facts/tasks.ts';
import { recentChange } from '../facts/trail.ts';
import { counted, distinctRefs, found, type Judgement, type Rule, silent } from './rule.ts';

export const databaseStateRules: readonly Rule[] = [
  { class: 'dependency-unreachable', needs: ['tasks', 'logs', 'network'], judge: notRunning },
];

/**
 * States in which a database takes no connection and does not come back by itself:
 * https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/accessing-monitoring.html
 */
const DOWN =
  /^(?:stopped|stopping|deleting|failed|inaccessible-encryption-credentials(?:-recoverable)?|incompatible-(?:network|restore|parameters)|restore-error)$/;

function notRunning(facts: Facts): Judgement {
  for (const database of facts.bundle.network.databases?.items ?? []) {
    const { host, status = '' } = database.value;
    if (!DOWN.test(status)) continue;
    const met = meeting(facts, database);
    if (met === undefined) continue;
    const { words, task, tried } = met;
    const [id = host] = host.split('.');
    const change = recentChange(facts.bundle, id, /^(?:Stop|Delete)DB/);
    const cluster = /^[^.]{1,80}\.cluster-/.test(host);
    return found({
      verdict: tried ? 'proven' : 'likely',
      title: `Tasks cannot reach their database: ${id} is ${status}.`,
      explanation: `RDS gives ${id} the state ${status}, so nothing answers at ${host}, whatever the network lets through. ${counted(facts.failed.length, 'task')} of ${task.revision} failed; the log says "${words.text}".${change === undefined ? '' : ` ${change.sentence}`} Start it yourself if it is meant to run; databases are not changed from here.`,
      evidence: distinctRefs([
        below(database, cluster ? '.Status' : '.DBInstanceStatus'),
        words.at,
        ...(change === undefined ? [] : [change.at]),
      ]),
      culprits: [id],
    });
  }
  return silent;
}

/** The failed task that wanted this database, and the line in which it complains; `tried` when that line names it. */
function meeting(
  facts: Facts,
  { value: { host } }: Observed<DatabasePlace>,
): { task: TaskFacts; words: Words; tried: boolean } | undefined {
  const tried = facts.attempts.some((one) => one.host === host && one.bearing !== 'aside');
  const others = facts.attempts.some((one) => one.host !== host && one.bearing !== 'aside');
  for (const task of facts.failed) {
    const words = lastSaying(logsOf(facts, task), 'silence', 'closed', 'cannotReach', 'dns');
    if (words === undefined || kindOf(words.text) === undefined) continue;
    const named = task.containers.flatMap(({ definition }) =>
      definition === undefined ? [] : namedDestinations(definition),
    );
    const mine = named.find((one) => one.host === host);
    // A line with a bare address may mean it, if it is for its port.
    const byPort = facts.attempts.some(({ port }) => port !== undefined && port === mine?.port);
    if (tried || (mine !== undefined && (!others || byPort))) return { task, words, tried };
  }
  return undefined;
}
