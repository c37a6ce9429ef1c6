// What an answer may contain: Markdown without links, images and HTML. A planner can be led by hostile text to write an
// address that carries data away; here every address becomes plain text before the answer is stored or shown.

/**
 * `text` with links, images, HTML and bare addresses turned into inert text. Code blocks stay as they are, but only those
 * whose fences stand at the start of a line: the end of any other block depends on how Markdown nests.
 */
export function inertMarkdown(text: string): string {
  let fence: string | null = null;
  return text
    .split('\n')
    .map((line) => {
      const mark = /^(`{3,}|~{3,})([^`]*)$/.exec(line);
      if (fence === null) {
        if (mark === null) return inertLine(line);
        fence = mark[1] ?? null;
        return line;
      }
      const closes = mark?.[1]?.startsWith(fence) === true && mark[2]?.trim() === '';
      if (closes) fence = null;
      return line;
    })
    .join('\n');
}

function inertLine(line: string): string {
  return (
    line
      .replace(/!+(?=\[)/g, '')
      // A link needs its target right behind the label; a definition needs the colon there.
      .replace(/\](?=[(:])/g, '] ')
      .replace(/<(?=[a-z/!?])/gi, '‹')
      .replace(/(https?|ftp|javascript|data|mailto):(?=\S)/gi, '$1[:]')
      .replace(/www\./gi, 'www[.]')
  );
}
