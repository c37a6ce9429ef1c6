// What a signal is: one thing a text says, recognised by the vocabulary of those who say it (AWS codes, Go and Docker phrases),
// never by a whole sentence. Patterns are matched against lower-case text whose white space is single blanks and whose quotes
// are straight. Every repetition in a pattern is bounded, so that reading a text takes time in proportion to its length.

/** What the signal says, as a clause of "the text says that …", and the words that say it. */
export type Signal = readonly [says: string, pattern: RegExp];

/** An exit code the way shells, Docker, ECS and people write it: `exit code 137`, `Exited (137)`, `"exitCode": 137`. */
export function exitCode(codes: string): RegExp {
  return new RegExp(
    `\\b(?:exit(?:ed|s|code|_code|status)?|terminated|died|ended|finished|returned|completed)(?:[ :=("'_,-]|with|code|status|non-?zero|was|is|of|an?|error|value|return){0,10}(?:${codes})\\b(?![.:]\\d)`,
  );
}

/** Two things said near each other, whichever comes first: people write "the target group has no listener" and "no listener on the target group". */
export function either(one: string, other: string, charsBetween = 60): RegExp {
  const between = `.{0,${charsBetween}}`;
  return new RegExp(`(?:${one})${between}(?:${other})|(?:${other})${between}(?:${one})`);
}
