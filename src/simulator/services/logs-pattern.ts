// Filter patterns for unstructured log events: terms, quoted phrases, `?any` terms and `-excluded` terms.
// JSON patterns, space-delimited patterns and regular expressions are refused rather than half understood.
// https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/FilterAndPatternSyntax.html

import { AwsFault } from '../wire/aws-fault.ts';

interface Term {
  readonly sign: '' | '?' | '-';
  readonly text: string;
}

/** A test for messages. Terms are case-sensitive; `?` terms count only when there is no other kind, as in CloudWatch. */
export function compileFilterPattern(pattern: string): (message: string) => boolean {
  const terms = parseTerms(pattern.trim());
  const all = terms.filter((term) => term.sign === '');
  const none = terms.filter((term) => term.sign === '-');
  const any = all.length === 0 && none.length === 0 ? terms.filter((term) => term.sign === '?') : [];
  return (message) =>
    all.every((term) => message.includes(term.text)) &&
    !none.some((term) => message.includes(term.text)) &&
    (any.length === 0 || any.some((term) => message.includes(term.text)));
}

function parseTerms(pattern: string): Term[] {
  if (/^[{[]/.test(pattern) || /^%.*%$/.test(pattern)) {
    throw new AwsFault('NotImplemented', 'Only term filter patterns are simulated.');
  }
  const terms: Term[] = [];
  let rest = pattern;
  while (rest !== '') {
    const match = /^([?-]?)(?:"((?:[^"\\]|\\.)*)"|([^\s"]+))(?=\s|$)\s*/.exec(rest);
    const [whole, sign, quoted, plain] = match ?? [];
    if (whole === undefined) throw new AwsFault('InvalidParameterException', 'Invalid filter pattern');
    const text = plain ?? (quoted ?? '').replace(/\\(.)/g, '$1');
    if (plain !== undefined && !/^[\w*.]+$/u.test(plain))
      throw new AwsFault('InvalidParameterException', 'Invalid character(s) in term');
    terms.push({ sign: sign === '?' || sign === '-' ? sign : '', text });
    rest = rest.slice(whole.length);
  }
  return terms;
}
