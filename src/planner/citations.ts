// The check on an answer's sentences: a claim about the account needs evidence of this conversation beside it.
// It is code, not the planner, that decides; a sentence it cannot support is marked, never removed or rewritten.

import type { ChatEvent } from '../contract/chat.ts';
import type { ProposalView } from '../contract/proposal.ts';
import { isoTime } from '../kernel/clock.ts';
import type { TranscriptItem } from './port.ts';

export const UNSUPPORTED = ' (unsupported)';

/** What answers of a conversation may lean on. */
export interface Support {
  /** Ids that a citation `[ev_…]` may name. */
  readonly evidence: ReadonlySet<string>;
  /** Text of proposals: what a change says about itself was written by the node, not by the planner. */
  readonly proposals: string;
}

/**
 * Marks with ` (unsupported)` each sentence that claims a number, an id or a state of the account without a citation of
 * evidence from this conversation. Questions, offers and headings are not claims. A citation at the end of a line or list
 * item covers the sentences of that line.
 */
export function markUnsupported(
  text: string,
  transcript: readonly TranscriptItem[],
  events: readonly ChatEvent[] = [],
): string {
  return markWith(text, supportOf(transcript, events));
}

/** The same with the support worked out already. */
export function markWith(text: string, support: Support): string {
  const lines = text.split('\n');
  const out: string[] = [];
  let fenced = false;
  for (const [index, line] of lines.entries()) {
    const fence = /^\s*(```|~~~)/.test(line);
    if (fence && fenced) {
      fenced = false;
      out.push(line);
      continue;
    }
    if (fence) {
      fenced = true;
      // A quoted block is one claim: the line before or after it carries the citation.
      const end = lines.findIndex((other, at) => at > index && /^\s*(```|~~~)/.test(other));
      const after = end < 0 ? '' : (nextText(lines, end + 1) ?? '');
      const before = nextText(lines.slice(0, index).reverse(), 0) ?? '';
      const quoted = lines.slice(index + 1, end < 0 ? undefined : end).join('\n');
      // A command line says by the line before it that it is that of a change.
      if (makesClaim(quoted) && !isSupported(`${before} ${after}`, `${before}\n${quoted}`, support)) {
        out.push(UNSUPPORTED.trim());
      }
      out.push(line);
      continue;
    }
    out.push(fenced ? line : markLine(line, support));
  }
  return out.join('\n');
}

/** Every evidence id of a transcript, and the words of its proposals. */
export function supportOf(transcript: readonly TranscriptItem[], events: readonly ChatEvent[] = []): Support {
  const evidence = new Set<string>();
  const proposals: string[] = [];
  for (const event of events) {
    if (event.type === 'aws.finished' && event.aws.evidence !== null) evidence.add(event.aws.evidence);
  }
  for (const item of transcript) {
    if (item.kind !== 'result' || item.result === null) continue;
    if (item.result.status === 'ok') for (const id of item.result.evidence) evidence.add(id);
    if (item.result.status === 'proposed' || item.result.status === 'changed') {
      proposals.push(proposalText(item.result.proposal));
    }
    // Why a change was not prepared is written by the node as well.
    if (item.result.status === 'failed' || item.result.status === 'refused')
      proposals.push(`${item.result.error.message} ${item.result.error.next}`);
  }
  return { evidence, proposals: proposals.join('\n') };
}

/** Everything the node or a person wrote about a change. */
function proposalText(proposal: ProposalView): string {
  const { display, call, targets } = proposal.document;
  const rows = display.diff.rows.map((row) => row.cells.join(' ')).join('\n');
  const { outcome } = proposal;
  return [
    proposal.id,
    display.title,
    display.blastRadius.summary,
    ...display.blastRadius.items,
    ...display.opens,
    ...display.warnings,
    rows,
    call.cli,
    ...targets,
    'none' in display.inverse ? display.inverse.none : display.inverse.call.cli,
    JSON.stringify(display.success),
    outcome?.detail ?? '',
    outcome?.awsRequestId ?? '',
    outcome?.error?.message ?? '',
    ...proposal.decisions.map((one) => `${one.person} ${one.reason ?? ''} ${isoTime(one.at)}`),
  ].join('\n');
}

function nextText(lines: readonly string[], from: number): string | undefined {
  return lines.slice(from).find((line) => line.trim() !== '');
}

/** Headings claim nothing; a citation at the end of a line covers all of it. */
function markLine(line: string, support: Support): string {
  if (/^\s*#{1,6}\s/.test(line)) return line;
  const lineIsCited = endsWithCitation(line, support);
  return sentencesOf(line)
    .map((sentence) => {
      if (!makesClaim(sentence) || lineIsCited || isSupported(sentence, sentence, support)) return sentence;
      const body = sentence.trimEnd();
      return `${body}${UNSUPPORTED}${sentence.slice(body.length)}`;
    })
    .join('');
}

/** Splits behind `. `, `! ` and `? `, keeping every character; a citation right behind a full stop belongs to its sentence. */
function sentencesOf(line: string): string[] {
  return line.match(/.+?(?:[.!?](?:\s*\[ev_[^\]]*\])*(?=\s|$)\s*|$)/g) ?? (line === '' ? [''] : [line]);
}

function endsWithCitation(line: string, support: Support): boolean {
  const tail = /((?:\[ev_[A-Za-z0-9_, ]+\]\s*)+)[.\s]*$/.exec(line)?.[1];
  return tail !== undefined && citationsIn(tail).some((id) => support.evidence.has(id));
}

function isSupported(place: string, claim: string, support: Support): boolean {
  if (citationsIn(place).some((id) => support.evidence.has(id))) return true;
  if (!ABOUT_A_CHANGE.test(claim)) return false;
  const tokens = claimTokens(claim);
  return tokens.length > 0 && tokens.every((token) => containsToken(support.proposals, token));
}

/** Only what is said of the change itself may lean on its proposal; the state of the account may not. */
const ABOUT_A_CHANGE =
  /\b(?:change[ds]?|rule|proposal|approved?|denied|done|failed|expired|waiting|allow(?:s|ed)?|revoked?|removed?|added|undo|undoes|watch|ran)\b/i;

/** The ids a text cites: `[ev_A]`, `[ev_A, ev_B]`. */
export function citationsIn(text: string): string[] {
  return [...text.matchAll(/\[(ev_[A-Za-z0-9_]+(?:\s*,\s*ev_[A-Za-z0-9_]+)*)\]/g)].flatMap((match) =>
    (match[1] ?? '').split(/\s*,\s*/),
  );
}

/** Marks that stand side by side say each piece of evidence once; a mark that would say nothing new is left out. */
export function withoutRepeats(text: string): string {
  const mark = /\[ev_[A-Za-z0-9_]+(?:\s*,\s*ev_[A-Za-z0-9_]+)*\]/;
  const beside = new RegExp(`${mark.source}(?:[ \\t]*${mark.source})*`, 'g');
  return text.replace(beside, (marks) => {
    const ids = citationsIn(marks);
    const unique = [...new Set(ids)];
    return unique.length === ids.length ? marks : `[${unique.join(', ')}]`;
  });
}

/** A question or an offer claims nothing, whatever numbers it holds. */
function makesClaim(sentence: string): boolean {
  const trimmed = sentence.trim();
  if (
    /\?["'”’)*]*$/.test(trimmed) ||
    /^[-*]?\s*(?:say|ask|shall|you can|for example|not checked)\b/i.test(trimmed)
  )
    return false;
  return claimTokens(sentence).length > 0;
}

const AWS_ID =
  /\b(?:arn:aws[\w-]*:[^\s\])]+|(?:sg|sgr|i|eni|subnet|vpc|rtb|acl|nat|igw|vpce|pl|eipalloc)-[0-9a-f]{6,})\b/g;
const STATES =
  /\b(?:ACTIVE|DRAINING|INACTIVE|RUNNING|PENDING|PROVISIONING|ACTIVATING|DEACTIVATING|STOPPING|DEPROVISIONING|STOPPED|IN_PROGRESS|COMPLETED|FAILED|HEALTHY|UNHEALTHY|healthy|unhealthy|reachable|unreachable|proven|steady|oom)\b/g;

/** The parts of a sentence that can be true or false of an account. Citations themselves are not. */
function claimTokens(sentence: string): string[] {
  const text = sentence.replace(/\[ev_[^\]]*\]/g, ' ').replace(/^\s*\d+[.)]\s/, ' ');
  return [
    ...(text.match(AWS_ID) ?? []),
    ...(text.replace(AWS_ID, ' ').match(/(?<![\w-])\d[\d.,/:]*(?![\w-])/g) ?? []).map((n) =>
      n.replace(/[.,:/]+$/, ''),
    ),
    ...(text.match(/\b(?:tcp|udp)\/\d+/g) ?? []),
    ...(text.match(STATES) ?? []),
  ];
}

/** As a word of its own: "5432" is not in "15432". */
function containsToken(text: string, token: string): boolean {
  for (let at = text.indexOf(token); at >= 0; at = text.indexOf(token, at + 1)) {
    const before = text[at - 1] ?? ' ';
    const after = text[at + token.length] ?? ' ';
    if (!/[\w-]/.test(before) && !/[\w-]/.test(after)) return true;
  }
  return false;
}
