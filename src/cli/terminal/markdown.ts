// The answers' small Markdown as terminal text: bold, code and list marks; nothing is interpreted as a link.

import { harmless } from '../../kernel/harmless.ts';
import type { Citations } from './citations.ts';
import type { Terminal } from './terminal.ts';

/** `text` with `**bold**` and `` `code` `` styled, fenced blocks indented as they are, and citations numbered. */
export function renderMarkdown(terminal: Terminal, text: string, citations: Citations): string {
  const out: string[] = [];
  let fenced = false;
  for (const line of harmless(text).split('\n')) {
    if (/^```/.test(line)) fenced = !fenced;
    else out.push(fenced ? `    ${line}` : prose(terminal, line, citations));
  }
  return out.join('\n');
}

function prose(terminal: Terminal, line: string, citations: Citations): string {
  return citations.mark(
    line
      .replace(/\*\*([^*\n]+)\*\*/g, (_, words: string) => terminal.style('bold', words))
      .replace(/`([^`\n]+)`/g, (_, words: string) => terminal.style('cyan', words)),
  );
}
