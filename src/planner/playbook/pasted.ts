// Tells a pasted error message from a question about a service. A paste holds words that machines write and people do not,
// and nothing before them that names a service or gives an order.

import { explainText } from '../../diagnosis/explain/explanation.ts';
import { readEntities } from './entities.ts';

/** Names of errors, exit codes, the forms of ECS events and Go, Docker and Node phrases. */
const MACHINE_WORDS =
  /\b[A-Z][a-z]{2,30}\w{0,60}(?:Error|Exception|Fault)\b|\bexit(?:ed)?(?: with)?(?: code| status)? ?[(:=]? ?\d{1,3}\b|"exitCode"|\(service [\w-]{1,255}[),]|\(target-group |retried \d{1,2} time|deadline exceeded|no such host|i\/o timeout|[Cc]onnection (?:refused|reset by peer|timed out)|exec format error|[Nn]o space left on device|not authorized to perform|steady state|executable file not found|[Oo]ut of memory|manifest unknown|unable to place a task|[Cc]ircuit [Bb]reaker(?: was|:)|Error response from daemon|\bE(?:CONN[A-Z]{3,10}|TIMEDOUT|NOTFOUND|ADDRINUSE|ACCES|NOSPC)\b|was unable to|failed (?:ELB|container) health checks|Traceback \(most|Spot Task was interrupted|Scaling activity initiated|\bFATAL:|\bpanic: |authentication failed for |OOMKilled|[Tt]oo many (?:clients|connections)|[Ss]egmentation fault|rate limit/;
const ORDERS_AND_QUESTIONS =
  /^\W{0,4}(?:why|how|is|are|was|were|show|can|could|does|do|did|check|list|which|who|where|when|fix|add|allow|open|remove|restart|roll|scale|stop|compare|undo|diagnose|status|give|tell)\b/i;
/** Words by which a question means the text that follows. */
const POINTS_AT_TEXT =
  /\b(?:this|following|messages?|errors?|events?|mean(?:s|ing)?|explain|got|getting|says?|see)\b/i;
const CONFIDENCE_MIN = 0.2;

/** True when `message` is an error message to be read by itself. */
export function isPastedError(message: string): boolean {
  const machine = MACHINE_WORDS.exec(message);
  if (machine === null) return false;
  const before = message.slice(0, machine.index);
  const asksElse = ORDERS_AND_QUESTIONS.test(before) && !POINTS_AT_TEXT.test(before);
  if (asksElse || namesService(before)) return false;
  const [first] = explainText(message).candidates;
  return first !== undefined && first.class !== 'unknown' && first.confidence >= CONFIDENCE_MIN;
}

/** A service in the person's own words; what stands inside the message itself is no question about it. */
function namesService(before: string): boolean {
  const ownWords = before.split(/[:"'\n({[]/)[0] ?? '';
  return /\s/.test(ownWords.trim()) && readEntities(ownWords).names.some(({ sure }) => sure);
}
