// A finding: how sure, one sentence, why, the evidence, the picture, what was ruled out, what could not be checked.

import { Fragment, type JSX } from 'preact';
import type { Finding } from '../../contract/finding.ts';
import { causeWords, shortArn, verdictWord, visible } from '../model/words.ts';
import { EvidenceChip } from './citation.tsx';
import { Icon } from './icon.tsx';
import { PathPictures } from './path-picture.tsx';
import { Sentence } from './prose.tsx';

/** The card of one finding. */
export function FindingCard({ finding }: { finding: Finding }): JSX.Element {
  const { word, tone, icon } = verdictWord(finding);
  return (
    <article class="card verdict" aria-label="Finding">
      <div class="pad">
        <div class="top-line" role="status">
          <span class={`status ${tone}`}>
            <Icon name={icon} />
            {word}
          </span>
          {tone !== 'ok' && <span class="tag mono">{visible(finding.class)}</span>}
          {finding.paths.length > 0 && (
            <span class="faint push hide-phone">decided by the network path solver</span>
          )}
        </div>
        <h2>{visible(finding.title)}</h2>
        {finding.explanation !== '' && (
          <p class="muted">
            <Sentence text={finding.explanation} />
          </p>
        )}
        {finding.evidence.length > 0 && (
          <div class="evs">
            {finding.evidence.slice(0, 12).map((ref) => (
              <EvidenceChip key={`${ref.id} ${ref.path}`} evidence={ref} />
            ))}
          </div>
        )}
        {finding.culprits.length > 0 && tone !== 'ok' && (
          <p class="small faint culprits">
            What has to change:{' '}
            <code>
              {finding.culprits
                .slice(0, 6)
                .map((one) => visible(shortArn(one)))
                .join(', ')}
            </code>
          </p>
        )}
      </div>
      <PathPictures paths={finding.paths} />
      <FindingFolds finding={finding} />
    </article>
  );
}

function FindingFolds({ finding }: { finding: Finding }): JSX.Element {
  return (
    <Fragment>
      {finding.ruledOut.length > 0 && (
        <details class="fold">
          <summary>
            <Icon name="chev" tone="chev" small />
            <Icon name="ok" tone="ok" small />
            <span>
              Ruled out: {finding.ruledOut.length} other {finding.ruledOut.length === 1 ? 'cause' : 'causes'}
            </span>
          </summary>
          <div>
            <ul class="ruled">
              {finding.ruledOut.map((one, at) => (
                <li key={at}>
                  <Icon name="ok" tone="ok" small />
                  <b class="cause">{visible(causeWords(one.class))}</b>
                  <span>
                    <Sentence text={one.because} />
                  </span>
                </li>
              ))}
            </ul>
          </div>
        </details>
      )}
      {finding.cannotVerify.length > 0 && (
        <details class="fold">
          <summary>
            <Icon name="chev" tone="chev" small />
            <Icon name="unknown" tone="off" small />
            <span>Could not check: {finding.cannotVerify.length}</span>
          </summary>
          <div class="stack-s">
            {finding.cannotVerify.map((one, at) => (
              <p key={at}>
                {visible(one.what)}
                {one.missingAction !== '' && (
                  <Fragment>
                    {' '}
                    <code>{visible(one.missingAction)}</code> would show it.
                  </Fragment>
                )}
              </p>
            ))}
          </div>
        </details>
      )}
    </Fragment>
  );
}
