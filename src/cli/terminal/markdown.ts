// The answers' small Markdown as terminal text: bold, code and list marks; nothing is interpreted as a link.

import { harmless } from '../../kernel/harmless.ts';
import type { Terminal } from './terminal.ts';

/** `text` with `**bold**` and `` `code` `` styled and citations `[ev_…]` dimmed to their last characters. */
export function renderMarkdown(terminal: Terminal, text: string): string {
  return harmless(text)
    .replace(/\*\*([^*\n]+)\*\*/g, (_, words: string) => terminal.style('bold', words))
    .replace(/`([^`\n]+)`/g, (_, words: string) => terminal.style('cyan', words))
    .replace(/ ?\[(ev_[0-9A-Z]{26})\]/g, (_, id: string) => terminal.style('dim', ` [${id}]`));
}
