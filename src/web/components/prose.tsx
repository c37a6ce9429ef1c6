// Markdown on the page. The tree comes from model/markdown; every piece of text becomes a text node, nothing becomes HTML.

import { Fragment, type JSX } from 'preact';
import { useMemo } from 'preact/hooks';
import { type Block, type Inline, parseMarkdown, withCitations } from '../model/markdown.ts';
import { visible } from '../model/words.ts';
import { Cite } from './citation.tsx';

/** An answer. */
export function Prose(props: { text: string; live?: boolean }): JSX.Element {
  const blocks = useMemo(() => parseMarkdown(props.text), [props.text]);
  return (
    <div class="prose" aria-live={props.live === true ? 'off' : undefined}>
      <Blocks blocks={blocks} />
    </div>
  );
}

/** A sentence with citations and no other markup. */
export function Sentence(props: { text: string }): JSX.Element {
  return <Inlines inlines={withCitations(props.text)} />;
}

function Blocks(props: { blocks: readonly Block[] }): JSX.Element {
  return (
    <Fragment>
      {props.blocks.map((block, at) => (
        <BlockView key={at} block={block} />
      ))}
    </Fragment>
  );
}

function BlockView({ block }: { block: Block }): JSX.Element {
  switch (block.kind) {
    case 'paragraph':
      return (
        <p>
          <Inlines inlines={block.children} />
        </p>
      );
    case 'heading':
      return (
        <p class="strong">
          <Inlines inlines={block.children} />
        </p>
      );
    case 'code':
      return <pre class="block">{visible(block.text)}</pre>;
    case 'quote':
      return (
        <blockquote>
          <Blocks blocks={block.children} />
        </blockquote>
      );
    case 'rule':
      return <hr />;
    case 'table':
      return <TableView table={block} />;
    case 'list': {
      const items = block.items.map((item, at) => (
        <li key={at}>
          <Blocks blocks={item} />
        </li>
      ));
      return block.ordered ? <ol start={block.start}>{items}</ol> : <ul>{items}</ul>;
    }
  }
}

function TableView({ table }: { table: Extract<Block, { kind: 'table' }> }): JSX.Element {
  return (
    <div class="scroll-x">
      <table class="table prose-table">
        <thead>
          <tr>
            {table.head.map((cell, at) => (
              <th key={at} scope="col">
                <Inlines inlines={cell} />
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {table.rows.map((row, at) => (
            <tr key={at}>
              {row.map((cell, column) => (
                <td key={column}>
                  <Inlines inlines={cell} />
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

function Inlines(props: { inlines: readonly Inline[] }): JSX.Element {
  return (
    <Fragment>
      {props.inlines.map((inline, at) => (
        <InlineView key={at} inline={inline} />
      ))}
    </Fragment>
  );
}

function InlineView({ inline }: { inline: Inline }): JSX.Element {
  switch (inline.kind) {
    case 'text':
      return <Fragment>{visible(inline.text)}</Fragment>;
    case 'code':
      return <code>{visible(inline.text)}</code>;
    case 'cite':
      return <Cite evidence={{ id: inline.id, path: '' }} />;
    case 'unsupported':
      return <span class="tag unsupported">no evidence for this sentence</span>;
    case 'break':
      return <br />;
    case 'strong':
      return (
        <b class="strong">
          <Inlines inlines={inline.children} />
        </b>
      );
    case 'emphasis':
      return (
        <em>
          <Inlines inlines={inline.children} />
        </em>
      );
    case 'struck':
      return (
        <s>
          <Inlines inlines={inline.children} />
        </s>
      );
  }
}
