// A conversation's title: its first message, on one line and short enough for a list.

import { limits } from '../../kernel/limits.ts';

export function titleOf(message: string): string {
  const line = message.replace(/\s+/gu, ' ').trim();
  const characters = Array.from(line);
  if (characters.length <= limits.conversation.titleChars) return line;
  return `${characters
    .slice(0, limits.conversation.titleChars - 1)
    .join('')
    .trimEnd()}…`;
}
