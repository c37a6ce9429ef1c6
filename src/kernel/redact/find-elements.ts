// Secrets in XML elements that have attributes: the element's own name tells (`<wsse:Password Type="…">`), or the name in an
// attribute does (`<entry key="db.password">`). Elements without attributes are read as any other name and value.

import type { Finder } from './find-formats.ts';
import { classifyName } from './names.ts';
import type { Span } from './span.ts';
import { isSecretValue } from './values.ts';

const elements = /<(?:[\w-]{1,40}:)?([A-Za-z][\w.-]{0,63})[ \t]([^<>]{1,256})>([^<>]{1,512})<\//g;
const namedBy = /\b(?:name|key|id)=["']([\w.-]{1,64})["']/i;

export function createElementFinder(): Finder {
  return (text) => {
    if (!text.includes('</')) return [];
    const spans: Span[] = [];
    for (const match of text.matchAll(elements)) {
      const value = match[3] ?? '';
      const own = classifyName(match[1] ?? '');
      const named = own.sensitivity === null ? classifyName(namedBy.exec(match[2] ?? '')?.[1] ?? '') : own;
      if (!isSecretValue(value, named.sensitivity)) continue;
      const end = match.index + match[0].length - 2;
      spans.push({ start: end - value.length, end, kind: named.kind });
    }
    return spans;
  };
}
