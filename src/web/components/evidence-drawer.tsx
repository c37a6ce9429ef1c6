// One observation: the call, when, what was taken out, and the stored answer as JSON with the deciding path marked.

import { Fragment, type JSX } from 'preact';
import { useEffect, useMemo, useRef, useState } from 'preact/hooks';
import type { Evidence } from '../../contract/call.ts';
import type { EvidenceRef } from '../../contract/finding.ts';
import { type ApiError, asApiError } from '../api.ts';
import { useConsole } from '../context.ts';
import { evidenceLines } from '../model/evidence-lines.ts';
import { count, fullTime, visible } from '../model/words.ts';
import { CommandLine, CopyButton } from './command-line.tsx';
import { Icon } from './icon.tsx';
import { Modal } from './modal.tsx';

/** The drawer over the page; it holds the keyboard and gives it back. */
export function EvidenceDrawer(props: {
  evidence: EvidenceRef;
  label: string;
  onClose: () => void;
}): JSX.Element {
  const { api } = useConsole();
  const [evidence, setEvidence] = useState<Evidence | null>(null);
  const [problem, setProblem] = useState<ApiError | null>(null);
  useEffect(() => {
    let gone = false;
    api.evidence(props.evidence.id).then(
      (found) => !gone && setEvidence(found),
      (error: unknown) => !gone && setProblem(asApiError(error)),
    );
    return () => {
      gone = true;
    };
  }, [api, props.evidence.id]);
  return (
    <Modal label={`Evidence ${props.label}`} class="sheet" onClose={props.onClose}>
      <header class="sheet-head">
        {props.label !== '' && <b class="run">{props.label}</b>}
        <h2>{visible(evidence?.action ?? 'Evidence')}</h2>
        <button
          class="btn quiet icon push"
          type="button"
          aria-label="Close"
          onClick={props.onClose}
          autofocus
        >
          <Icon name="plus" tone="close" />
        </button>
      </header>
      {problem !== null && (
        <div class="empty">
          <Icon name="bad" tone="bad" />
          <h3>{visible(problem.message)}</h3>
          <p>{visible(problem.next)}</p>
        </div>
      )}
      {problem === null && evidence === null && (
        <div class="skel" role="status" aria-label="Loading the evidence">
          {[30, 90, 70, 80, 60].map((width) => (
            <i key={width} style={{ width: `${width}%` }} />
          ))}
        </div>
      )}
      {evidence !== null && (
        <Observation evidence={evidence} path={props.evidence.path} note={props.evidence.note} />
      )}
    </Modal>
  );
}

function Observation(props: { evidence: Evidence; path: string; note: string | undefined }): JSX.Element {
  const { evidence, path, note } = props;
  const lines = useMemo(() => evidenceLines(evidence.body, path), [evidence.body, path]);
  const first = lines.findIndex(({ marked }) => marked);
  const list = useRef<HTMLOListElement>(null);
  useEffect(() => {
    list.current?.children[first]?.scrollIntoView({ block: 'center' });
  }, [first]);
  return (
    <Fragment>
      <div class="sheet-facts">
        <CommandLine text={evidence.cli} label="The call" />
        <p class="small muted">
          {fullTime(evidence.at)}
          {evidence.redactions > 0 && `, ${count(evidence.redactions, 'secret')} taken out`}
          {evidence.truncated && ', cut because it is large'}
        </p>
        {(note !== undefined || path !== '') && (
          <p class="small">
            {note !== undefined && visible(note)} {path !== '' && <code class="faint">{visible(path)}</code>}
          </p>
        )}
      </div>
      <section class="viewer" aria-label="Answer">
        <header>
          <b class="strong">Answer</b>
          <code class="faint micro">{visible(evidence.id)}</code>
          <span class="push">
            <CopyButton text={evidence.body} label="Copy the answer" />
          </span>
        </header>
        <ol class="json" aria-label="Answer as JSON" ref={list}>
          {lines.map((line, at) => (
            <li key={at} class={line.marked ? 'hit' : ''}>
              <span>
                {line.pieces.map((piece, part) => (
                  <span key={part} class={{ key: 'k', string: 's', number: 'n', plain: '' }[piece.kind]}>
                    {visible(piece.text)}
                  </span>
                ))}
              </span>
            </li>
          ))}
        </ol>
      </section>
    </Fragment>
  );
}
