// The time that reads of events and metrics are about, in whole minutes: people who ask about one service at the same time then send the
// same requests, which go to AWS once. CloudTrail answers two of them a second (AWS CloudTrail User Guide, quotas).

const MINUTE_MS = 60_000;

/** From the minute that `fromMs` is in to the end of the one that `toMs` is in; the minute under way is asked for as far as it is. */
export function wholeMinutes(fromMs: number, toMs: number): { StartTime: Date; EndTime: Date } {
  return {
    StartTime: new Date(Math.floor(fromMs / MINUTE_MS) * MINUTE_MS),
    EndTime: new Date(Math.ceil(toMs / MINUTE_MS) * MINUTE_MS),
  };
}

/** From the minute that `fromMs` is in until now by the clock of AWS: a record of this moment is found however the own clock goes. */
export function sinceMinute(fromMs: number): { StartTime: Date } {
  return { StartTime: new Date(Math.floor(fromMs / MINUTE_MS) * MINUTE_MS) };
}
