// The change that an order asks for: "add …", "could you scale …". Never read from a question.

import { namesChange } from './change-kinds.ts';
import type { Reading } from './reading.ts';

export type ChangeKind =
  | 'fix'
  | 'add-rule'
  | 'remove-rule'
  | 'undo'
  | 'scale'
  | 'pause-scaling'
  | 'restart'
  | 'rollback'
  | 'stop-task'
  | 'delete';

/** The change an order asks for. "Roll back the deployment" is no undo, and "revoke" is no "add", so the order of these matters. */
export function changeOf(reading: Reading): ChangeKind | null {
  if (reading.asks()) return null;
  const { entities } = reading;
  if (reading.says(HOLDS_SCALING)) return 'pause-scaling';
  if (reading.says(/^(?:undo|reverse|take (?:it|that) back)\b/) && !reading.has('deployment')) return 'undo';
  if (reading.says(/\b(?:put|set|turn) (?:it|that|this|everything) back\b/) && entities.count === null)
    return 'undo';
  if (reading.says(/\bback to\b/) && entities.count !== null && reading.has('count')) return 'scale';
  const ofRevision = reading.says(/\b(?:revisions?|versions?|releases?|deploy\w*|previous|prior)\b/);
  if (!ofRevision && reading.says(TAKES_BACK) && namesChange(reading.text)) return 'undo';
  if (
    reading.says(
      /\broll(?:ing)?[ -]?back\b|\broll (?:it|that|this|them|[\w'-]+(?: service)?) back\b|\bback to (?:the )?(?:previous|prior|last|old|revision|version)\b/,
    )
  )
    return 'rollback';
  if (reading.has('rollback') || (reading.has('undo') && reading.has('deployment'))) return 'rollback';
  if (deletes(reading)) return 'delete';
  if (reading.has('remove') && !reading.has('add') && (reading.has('rule') || entities.ports.length > 0))
    return 'remove-rule';
  if (
    reading.has('add') &&
    (reading.has('rule', 'database') ||
      entities.ports.length > 0 ||
      entities.groupIds.length > 0 ||
      entities.cidrs.length > 0)
  )
    return 'add-rule';
  if (scales(reading)) return 'scale';
  if (reading.has('restart') || (reading.has('force') && reading.has('deployment', 'restart')))
    return 'restart';
  if (reading.says(/\b(?:new|fresh) deployment\b/)) return 'restart';
  if (reading.startsWith('stop') && (reading.has('task') || entities.taskIds.length > 0)) return 'stop-task';
  if (
    reading.says(
      /^(?:make|do|apply|propose|prepare|suggest|create) (?:it|that|this|the|a) (?:change|fix|repair|proposal|work)/,
    )
  )
    return 'fix';
  if (
    reading.startsWith('fix') ||
    reading.says(FIXES_BEHIND) ||
    reading.says(/\b(?:the|a|your|that|proposed) fix\b/)
  )
    return 'fix';
  return null;
}

/** "The sale is over, fix it please." */
const FIXES_BEHIND =
  /(?:[,.;:!]\s*|\b(?:so|then|and|please|pls|just|now)\s+)(?:fix|repair|solve|mend|heal) (?:it|this|that|them)\b(?! (?:will|would|did|does|take))/;

/** Automatic scaling held or released; a number of tasks to scale to is another order. */
const HOLDS_SCALING =
  /^(?:pause|suspend|freeze|disable|stop|halt|switch off|turn off|resume|unpause|unsuspend|unfreeze|re-?enable|enable|switch on|turn on|continue|let)\b(?!.*\bto \d)(?:.{0,60}\b)?(?:auto(?:matic)?[ -]?)?scal(?:ing|er)\b|^(?:pause|suspend|freeze|disable|stop|resume)\b.{0,30}\bscale[ -]?(?:in|out|down|up)\b|^(?:pause|suspend|freeze|disable) (?:the )?auto-?scal/;

const TAKES_BACK =
  /\broll(?:ing)?[ -]?back\b|\broll .{2,30} back\b|\brevert|\breverse|\bundo\b|\btake .{2,30} back\b|^cancel\b/;

/** A service, a cluster or anything but a rule, a task or a number of tasks is to go. */
function deletes(reading: Reading): boolean {
  const { count, delta, ports, groupIds, cidrs, taskIds } = reading.entities;
  if (!reading.says(/^(?:delete|remove|terminate|destroy|drop|erase|wipe|kill)\b/)) return false;
  if (ports.length + groupIds.length + cidrs.length + taskIds.length > 0) return false;
  if (reading.has('rule', 'task') || count !== null || delta !== null) return false;
  return reading.entities.names.length > 0 || reading.says(/\b(?:service|cluster|it|everything|all)\b/);
}

/**
 * "Scale it to 6", "scale it up", but also "run 8 tasks" and "add 2 more replicas": a number, a verb of amount and something to count. Words
 * of scaling without an order or a number tell what a service does ("it scales all the time"), and that is looked into.
 */
function scales(reading: Reading): boolean {
  const { count, delta } = reading.entities;
  const isCounted = count !== null || delta !== null;
  const isOrdered = reading.startsWith('scale') && !/(?:ing|s|ed)$/.test(reading.firstWord);
  if (isOrdered || reading.says(ORDERS_SCALING)) return true;
  if (!isCounted) return false;
  return (
    (reading.has('scale') && !reading.says(COMPLAINS)) ||
    (reading.has('amount', 'add', 'remove') && reading.has('count'))
  );
}

const ORDERS_SCALING =
  /(?:[,.;:]\s*|\b(?:so|then|and|please|pls|just|now|to|must|should|lets|let's)\s+)(?:up|down|re)?scale\b|\bneeds? (?:scaling|to be scaled|to scale)\b|\b(?:scale|scaling) (?:it |them )?(?:up|down|out|in) (?:please|pls|now)\b/;
/** What keeps happening is no order, whatever numbers stand beside it. */
export const COMPLAINS =
  /\b(?:keeps?|kept|always|constantly|continuously|all the time|like crazy|like mad|again and again|over and over|every (?:few |\d+ )?(?:seconds?|minutes?|hours?)|flap\w*|thrash\w*|oscillat\w*|swing\w*|up and down|down and up|back and forth|by itself|on its own|nonstop|non-stop|randomly|fights?|fighting)\b/;
