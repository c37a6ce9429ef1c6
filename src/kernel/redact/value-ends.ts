// Where a value ends that was taken to the end of its line, although what follows is no part of it: the command that a shell runs with
// `NAME=value command`, and the attributes of a cookie.

/** Programs that services are started with, a path, or a flag: behind `NAME=value ` they begin a command. */
const COMMAND =
  / +(?:(?:&&|\|\|?|;) *)?(?:(?:node|npm|npx|yarn|pnpm|bun|deno|python[\d.]*|pip3?|uv|poetry|ruby|rails|rake|bundle|puma|java|gradle|mvn|go|php|perl|dotnet|cargo|sh|bash|zsh|ash|make|docker|podman|kubectl|helm|aws|ecs-cli|copilot|cdk|terraform|psql|pg_\w{1,20}|mysql\w{0,10}|mongo\w{0,10}|redis-\w{1,12}|curl|wget|ssh|git|gunicorn|uvicorn|celery|flask|django-admin|nginx|supervisord|exec|sudo|env|time|nohup|echo|export|source|\.)(?= |$)|(?:\.{0,2}|~)\/[\w./-]{1,200}(?= |$)|--?[A-Za-z][\w-]{0,60}(?=[ =]|$))/;

/** Where the command begins on a line `value command …`, blanks before it included; -1 when none follows. */
export function commandAfter(line: string): number {
  return line.search(COMMAND);
}

/** An attribute that a response gives to a cookie. RFC 6265, section 4.1 */
const ATTRIBUTE =
  /; *(?:(?:path|domain|samesite|max-age|priority|version|comment)=[^;,\s"'\\]{0,256}|expires="?[a-z]{3,9},? \d{1,2}[ -][a-z]{3}[ -]\d{2,4} \d{1,2}:\d\d:\d\d [a-z]{2,4}"?|secure|httponly|partitioned)(?=[\s;"'\\)\]}]|$)/iy;
const NAME = /set-?cookie2?$/i;

/** How many characters of `value`, the value of the header `name`, are the cookie; the rest are attributes and what stands behind them. */
export function cookieLength(name: string, value: string): number {
  const end = NAME.test(name) ? value.indexOf(';') : -1;
  if (end < 0) return value.length;
  let at = end;
  ATTRIBUTE.lastIndex = at;
  while (ATTRIBUTE.test(value)) {
    at = ATTRIBUTE.lastIndex;
    ATTRIBUTE.lastIndex = at;
  }
  const rest = value.slice(at);
  // A comma or a further pair begins another cookie.
  return at > end && /^;?(?:\s|$)/.test(rest) && !/^;? +[\w.-]{1,64}=.*;/.test(rest) ? end : value.length;
}
