// Whether a question is about speed: of a service in which nothing is broken, that is what its load answers.

const SLOWNESS =
  /\b(?:slow(?:ly|er|ness)?|fast(?:er)?|quick(?:er)?|speed(?:ier|y)?|sluggish|laggy|lags?|latenc(?:y|ies)|response times?|performance|overload(?:ed)?|at (?:its|the) limit|too (?:much|many) (?:load|traffic|requests)|(?:high|hot) cpu|cpu (?:is )?high|busy)\b/i;

/** Whether a question is about speed rather than about what is broken. */
export function isAboutSpeed(question: string): boolean {
  return SLOWNESS.test(question);
}
