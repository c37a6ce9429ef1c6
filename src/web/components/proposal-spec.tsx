// The body of a proposal: why, what changes, who else uses it, what opens, how it is undone, when it has worked, who must agree.
// All of it comes from the signed document; only "Why" is the finding, which is made by code as well, or who asked in which words.

import { Fragment, type JSX } from 'preact';
import type { Finding } from '../../contract/finding.ts';
import type { ProposalDocument } from '../../contract/proposal.ts';
import type { ProposalCard } from '../model/conversation.ts';
import { oneOfEach } from '../model/evidence-marks.ts';
import type { Grounds } from '../model/grounds.ts';
import { needsWords, successWords } from '../model/proposal-card.ts';
import { breakable, clockSeconds, initials, visible } from '../model/words.ts';
import { Cite } from './citation.tsx';
import { Cli, CopyButton } from './command-line.tsx';
import { Icon } from './icon.tsx';

/** The list of facts. */
export function ProposalSpec(props: {
  document: ProposalDocument;
  grounds: Grounds;
  card: ProposalCard;
}): JSX.Element {
  const { document } = props;
  const { display } = document;
  return (
    <dl class="spec">
      <Why grounds={props.grounds} />
      <dt>Changes</dt>
      <dd data-part>
        <Diff diff={display.diff} />
      </dd>
      <dt>Touches</dt>
      <dd data-part>
        <b class="strong">{visible(display.blastRadius.summary)}</b>
        <Items items={display.blastRadius.items} />
      </dd>
      <dt>Opens</dt>
      <dd data-part>
        {display.opens.length === 0
          ? 'Nothing becomes reachable that was not.'
          : visible(display.opens.join(' '))}
      </dd>
      <dt>Undo</dt>
      <dd data-part>
        <Inverse inverse={display.inverse} />
      </dd>
      <dt>Succeeds if</dt>
      <dd data-part>{visible(successWords(display.success))}</dd>
      <dt>Needs</dt>
      <dd data-part>
        {needsWords(document)}
        <Signers {...props} />
      </dd>
      {display.warnings.length > 0 && (
        <Fragment>
          <dt>Note</dt>
          <dd class="warnings" data-part>
            {display.warnings.map((warning, at) => (
              <span key={at} class="row top">
                <Icon name="warn" tone="warn" small />
                {visible(warning)}
              </span>
            ))}
          </dd>
        </Fragment>
      )}
      <Where document={document} />
    </dl>
  );
}

// The finding that asks for the change; without one, who asked for it.
function Why({ grounds: { finding, fix, left, asked } }: { grounds: Grounds }): JSX.Element | null {
  if (finding === null && asked === null) return null;
  return (
    <Fragment>
      <dt>Why</dt>
      {finding !== null ? (
        <dd data-part>
          {visible(finding.title)} <Cites finding={finding} />
          {fix !== null && fix.why !== '' && <div class="muted">{visible(fix.why)}</div>}
          <Left left={left} />
        </dd>
      ) : (
        <dd data-part>
          {visible(asked?.person ?? '')} asked: <q>{visible(asked?.text ?? '')}</q>{' '}
          <span class="faint">No finding of this conversation asks for it.</span>
          <Left left={left} />
        </dd>
      )}
    </Fragment>
  );
}

/** What new tasks meet as the old ones did. */
function Left({ left }: Pick<Grounds, 'left'>): JSX.Element | null {
  if (left === null) return null;
  return (
    <div class="row top">
      <Icon name="warn" tone="warn" small />
      <span>
        {visible(left.text)} <Cites finding={left.finding} />
      </span>
    </div>
  );
}

function Cites({ finding }: { finding: Finding }): JSX.Element {
  return (
    <Fragment>
      {oneOfEach(finding.evidence)
        .slice(0, 4)
        .map((ref) => (
          <Cite key={`${ref.id} ${ref.path}`} evidence={ref} />
        ))}
    </Fragment>
  );
}

function Where({ document }: { document: ProposalDocument }): JSX.Element {
  return (
    <Fragment>
      <dt>Where</dt>
      <dd data-part>
        account {visible(document.account)}, {visible(document.region)}, as{' '}
        <code>{visible(document.executionRole)}</code>
        {document.endpoint !== null && (
          <Fragment>
            , sent to <code>{visible(document.endpoint)}</code>, not to AWS
          </Fragment>
        )}
      </dd>
    </Fragment>
  );
}

function Diff({ diff }: { diff: ProposalDocument['display']['diff'] }): JSX.Element {
  const columns = Math.max(1, ...diff.rows.map(({ cells }) => cells.length));
  const sign = {
    '+': { row: 'add', text: '+', label: 'added' },
    '-': { row: 'del', text: '−', label: 'removed' },
    ' ': { row: '', text: '', label: undefined },
  };
  return (
    <div class="diff-scroll">
      <table class="diff">
        <caption>{visible(diff.caption)}</caption>
        <tbody>
          {diff.rows.map((row, at) => (
            <tr key={at} class={sign[row.sign].row}>
              <td aria-label={sign[row.sign].label}>{sign[row.sign].text}</td>
              {row.cells.map((cell, column) => (
                <td key={column} colSpan={column === row.cells.length - 1 ? columns - column : 1}>
                  {/^(?:sg|pl|subnet|rtb|acl|eni|vpc|vpce|nat|arn)[-:]|^[\d.:a-f]+\/\d+$/.test(cell) ? (
                    <code>{visible(cell)}</code>
                  ) : (
                    <Breakable text={cell} />
                  )}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

const wholeMax = 20;

// A short name stays on one line; a long one goes on after one of its separators, not in the middle of a word.
function Breakable({ text }: { text: string }): JSX.Element {
  if (text.length <= wholeMax) return <span class="nowrap">{visible(text)}</span>;
  return (
    <Fragment>
      {breakable(text).map((part, at) => (
        <Fragment key={at}>
          {at > 0 && <wbr />}
          {visible(part)}
        </Fragment>
      ))}
    </Fragment>
  );
}

function Items({ items }: { items: readonly string[] }): JSX.Element | null {
  if (items.length === 0) return null;
  if (items.length <= 4) return <Fragment>{` ${visible(items.join(', '))}`}</Fragment>;
  return (
    <details class="items">
      <summary>
        <Icon name="chev" tone="chev" small /> {items.length} entries in all
      </summary>
      {visible(items.join(', '))}
    </details>
  );
}

function Inverse({ inverse }: { inverse: ProposalDocument['display']['inverse'] }): JSX.Element {
  if ('none' in inverse) return <Fragment>None. {visible(inverse.none)}</Fragment>;
  return (
    <details class="items">
      <summary>
        <Icon name="chev" tone="chev" small />{' '}
        <code>{visible(inverse.call.cli.split(' ').slice(0, 3).join(' '))} …</code> is prepared
      </summary>
      <span class="row top">
        <Cli text={inverse.call.cli} />
        <CopyButton text={inverse.call.cli} label="Copy the undo command" />
      </span>
    </details>
  );
}

function Signers({ card, document }: { card: ProposalCard; document: ProposalDocument }): JSX.Element | null {
  const given = card.decisions.filter(({ decision }) => decision === 'approve');
  if (given.length === 0 || document.quorum.approvals < 2) return null;
  return (
    <ul class="signers">
      {given.map((one) => (
        <li key={`${one.person} ${one.at}`}>
          <span class="who" aria-hidden="true">
            {initials(one.person)}
          </span>
          <b class="strong">{visible(one.person)}</b>
          <span class="faint">{clockSeconds(one.at)}</span>
          <span class="push status ok">
            <Icon name="ok" />
            signed
          </span>
        </li>
      ))}
    </ul>
  );
}
