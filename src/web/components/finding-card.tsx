// A finding: how sure, one sentence, why, the evidence, the picture, what was ruled out, what could not be checked.

import { Fragment, type JSX } from 'preact';
import type { Finding } from '../../contract/finding.ts';
import { oneOfEachNote } from '../model/evidence-marks.ts';
import type { Moment } from '../model/story.ts';
import { causeWords, fullTime, momentTime, shortArn, verdictWord, visible } from '../model/words.ts';
import { Cite, EvidenceChip } from './citation.tsx';
import { Icon } from './icon.tsx';
import { PathPictures } from './path-picture.tsx';
import { Sentence } from './prose.tsx';

/** The card of one finding; `story` is what happened around it, oldest first. */
export function FindingCard(props: { finding: Finding; story?: readonly Moment[] }): JSX.Element {
  const { finding, story = [] } = props;
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
            {oneOfEachNote(finding.evidence)
              .slice(0, 12)
              .map((ref) => (
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
      {story.length > 1 && <Story moments={story} open={tone !== 'ok'} />}
      <FindingFolds finding={finding} />
    </article>
  );
}

/** Who changed what, what failed, what ECS did, in the order in which it happened. */
function Story({ moments, open }: { moments: readonly Moment[]; open: boolean }): JSX.Element {
  const newestMs = moments.at(-1)?.atMs ?? 0;
  return (
    <details class="fold" open={open}>
      <summary>
        <Icon name="chev" tone="chev" small />
        <Icon name="clock" tone="off" small />
        <span>What happened, oldest first</span>
      </summary>
      <div>
        <ol class="story">
          {moments.map((one, at) => (
            <li key={at}>
              <time title={fullTime(one.atMs)}>{momentTime(one.atMs, newestMs)}</time>
              <span>
                {visible(one.what)}
                {one.evidence !== '' && <Cite evidence={{ id: one.evidence, path: '$' }} />}
              </span>
            </li>
          ))}
        </ol>
      </div>
    </details>
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
