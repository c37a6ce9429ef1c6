// When a rule of EventBridge is due: `rate(5 minutes)` and `cron(0 3 * * ? *)`, in UTC and to the minute.
// https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-scheduled-rule-pattern.html

const MINUTE_MS = 60_000;
const UNITS: Readonly<Record<string, number>> = { minute: 1, hour: 60, day: 1440 };
const DAYS = ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat'];
const MONTHS = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec'];

/** Whether the expression is due in the minute that `atMs` (epoch milliseconds) lies in. */
export function isDue(expression: string, atMs: number): boolean {
  const rate = /^rate\((\d{1,5}) (minute|hour|day)s?\)$/.exec(expression.trim());
  if (rate !== null) {
    const period = Number(rate[1]) * (UNITS[rate[2] ?? ''] ?? 1);
    return period > 0 && Math.floor(atMs / MINUTE_MS) % period === 0;
  }
  const cron = /^cron\(([^)]*)\)$/.exec(expression.trim());
  const fields = (cron?.[1] ?? '').trim().split(/\s+/);
  if (fields.length !== 6) return false;
  const at = new Date(atMs);
  const [minute = '', hour = '', day = '', month = '', weekday = '', year = ''] = fields;
  return (
    covers(minute, at.getUTCMinutes()) &&
    covers(hour, at.getUTCHours()) &&
    covers(day, at.getUTCDate()) &&
    covers(numbered(month, MONTHS), at.getUTCMonth() + 1) &&
    // Sunday is 1 here.
    covers(numbered(weekday, DAYS), at.getUTCDay() + 1) &&
    covers(year, at.getUTCFullYear())
  );
}

/** `*`, `?`, `5`, `1-5`, `0/15` and lists of them. */
function covers(field: string, value: number): boolean {
  return field.split(',').some((part) => {
    if (part === '*' || part === '?') return true;
    const [range = '', step] = part.split('/');
    const [from = Number.NaN, to] = (range === '*' ? '0-9999' : range).split('-').map(Number);
    const last = to ?? (step === undefined ? from : Number.POSITIVE_INFINITY);
    return value >= from && value <= last && (step === undefined || (value - from) % Number(step) === 0);
  });
}

function numbered(field: string, names: readonly string[]): string {
  return field.toLowerCase().replace(/[a-z]{3}/g, (name) => String(names.indexOf(name) + 1));
}
