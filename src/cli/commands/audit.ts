// `lockkeeper audit`: read, search, export and verify the log of everything that was ever run.

import { createWriteStream } from 'node:fs';
import path from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { Command } from 'commander';
import { type VerifyResult, verifyExitCode } from '../../audit/verify.ts';
import { auditPage } from '../../contract/api.ts';
import { type AuditRecord, auditBody, auditRecord } from '../../contract/audit-event.ts';
import { fail } from '../../contract/errors.ts';
import { isoTime } from '../../kernel/clock.ts';
import { harmlessJson } from '../../kernel/harmless.ts';
import { auditFolder, problemLine, verifyAuditLog } from '../audit-log.ts';
import { type Context, dataDirOf } from '../context.ts';
import { requireNewFile } from '../offline/snapshot-file.ts';
import { findHub } from '../run-file.ts';
import { fileFailure } from '../system-failure.ts';
import { oneLine } from '../terminal/terminal.ts';
import { type AddCommand, optionsOf } from './command.ts';

const FOLLOW_EVERY_MS = 500;

export const addAudit: AddCommand = (audit, context) => {
  addReading(audit, context);
  audit
    .command('verify')
    .description('check every record against the chain, offline; names the row after any altered byte')
    .addHelpText(
      'after',
      '\nExample:\n  lockkeeper audit verify --data /var/lib/lockkeeper\n\nExit codes: 0 intact, 2 wrong usage, 3 gap or cut tail, 4 bad signature, 6 not verifiable (no log there, or it cannot be\nread) or the database is damaged in another place, 7 altered.',
    )
    .action(async (_, command: Command) => {
      const options = optionsOf(command);
      const { folder, demo } = auditFolder(dataDirOf(context, options));
      if (demo) context.terminal.note(`This is the log of a demo, in ${folder}; name another with --data.`);
      const result = await verifyAuditLog(folder);
      if (options.json === true) context.terminal.json(result);
      else if (result.problem === null)
        context.terminal.print(
          `intact: ${result.records} records verified in ${Math.round(result.ms)} ms (${folder})\n${signedUpTo(result)}`,
        );
      else context.terminal.print(problemLine(result.problem, folder));
      process.exitCode = verifyExitCode(result);
    });
  audit
    .command('export')
    .description('write the log as JSON lines (verifiable) or CSV')
    .option('--format <format>', 'jsonl or csv', 'jsonl')
    .option('--out <file>', 'the new file to write; standard output without it')
    .option('--force', 'write over a file that is there')
    .addHelpText(
      'after',
      '\nExamples:\n  lockkeeper audit export --out audit.jsonl\n  lockkeeper audit export --format csv > audit.csv',
    )
    .action(async (_, command: Command) => {
      const options = optionsOf<{ format: string; out?: string; force?: boolean }>(command);
      if (options.format !== 'jsonl' && options.format !== 'csv')
        throw fail('usage', { detail: `--format is jsonl or csv, not ${options.format}.` });
      const { client } = findHub(context, options);
      const { out } = options;
      if (out !== undefined && options.force !== true) requireNewFile(context.cwd, out, ' or use --force');
      const body = await client.stream(`/audit/export?format=${options.format}`);
      if (out === undefined) return pipeline(Readable.from(body), process.stdout, { end: false });
      const file = createWriteStream(path.resolve(context.cwd, out), { mode: 0o600 });
      await pipeline(Readable.from(body), file).catch((error: unknown) => {
        throw fileFailure(error, oneLine(out)) ?? error;
      });
      context.terminal.note(`Wrote ${file.bytesWritten} bytes of ${options.format} to ${oneLine(out)}.`);
    });
};

function addReading(audit: Command, context: Context): void {
  audit
    .command('tail')
    .description('the newest records')
    .option('-n, --lines <n>', 'how many', '20')
    .option('-f, --follow', 'go on as records are written')
    .addHelpText('after', '\nExamples:\n  lockkeeper audit tail -n 50\n  lockkeeper audit tail --follow')
    .action(async (_, command: Command) => {
      const options = optionsOf<{ lines: string; follow?: boolean }>(command);
      const limit = linesOf(options.lines);
      const { client } = findHub(context, options);
      const read = async (): Promise<AuditRecord[]> =>
        (await client.get(`/audit?limit=${limit}`, auditPage)).items.toReversed();
      let records = await read();
      print(context, records, options.json === true);
      let stopped = false;
      void context.interrupted.then(() => {
        stopped = true;
      });
      while (options.follow === true && !stopped) {
        await new Promise<void>((resolve) => context.clock.after(FOLLOW_EVERY_MS, resolve));
        const last = records.at(-1)?.seq ?? 0;
        records = await read();
        print(
          context,
          records.filter((record) => record.seq > last),
          options.json === true,
        );
      }
    });
  audit
    .command('search <words...>')
    .description('records with all these words; also event:NAME, conv:ID, since:2h, until:10m')
    .option('-n, --lines <n>', 'how many', '50')
    .addHelpText(
      'after',
      '\nExamples:\n  lockkeeper audit search authorize-security-group-egress\n  lockkeeper audit search event:proposal.approved since:7d\n',
    )
    .action(async (words: string[], _, command: Command) => {
      const options = optionsOf<{ lines: string }>(command);
      linesOf(options.lines);
      const { client } = findHub(context, options);
      const page = await client.get(
        `/audit?limit=${encodeURIComponent(options.lines)}&q=${encodeURIComponent(words.join(' '))}`,
        auditPage,
      );
      if (page.items.length === 0 && options.json !== true)
        return context.terminal.note('No record has all of that.');
      print(context, page.items.toReversed(), options.json === true);
    });
  audit
    .command('show <seq>')
    .description('one record, whole')
    .addHelpText(
      'after',
      '\nExample:\n  lockkeeper audit show 42 --json\n\nExit codes: 0 shown, 3 no such record, 5 no hub.',
    )
    .action(async (seq: string, _, command: Command) => {
      const options = optionsOf(command);
      if (!/^\d{1,15}$/.test(seq))
        throw fail('usage', { detail: `A record is named by its number, not ${seq}.` });
      const { client } = findHub(context, options);
      const record = await client.get(`/audit/${encodeURIComponent(seq)}`, auditRecord);
      if (options.json === true)
        return context.terminal.json({ ...record, body: JSON.parse(record.body) as unknown });
      context.terminal.print(
        `seq   ${record.seq}\nhash  ${record.hash}\nprev  ${record.prev}\n${oneLine(JSON.stringify(JSON.parse(record.body)))}`,
      );
    });
}

/** How far signatures vouch for an intact log: what comes after rests on the chain alone until the next checkpoint. */
function signedUpTo({ checkpoint, records }: VerifyResult): string {
  if (checkpoint === null) return `signed up to no record yet; the ${records} in it are not yet signed`;
  return `signed up to record ${checkpoint.seq} at ${isoTime(checkpoint.at)}; the ${records - checkpoint.seq} after it are not yet signed`;
}

/** Throws `usage` for what is no page size. */
function linesOf(text: string): number {
  const lines = Number(text);
  if (!Number.isInteger(lines) || lines < 1 || lines > 200)
    throw fail('usage', { detail: `--lines is a number from 1 to 200, not ${text}.` });
  return lines;
}

function print(context: Context, records: readonly AuditRecord[], json: boolean): void {
  for (const record of records) {
    const body = auditBody.parse(JSON.parse(record.body));
    if (json) {
      context.terminal.print(
        harmlessJson({ seq: record.seq, hash: record.hash, ...body, at: new Date(body.at).toISOString() }),
      );
      continue;
    }
    const who = body.actor.name ?? body.actor.id;
    const what = body.cli ?? (Object.keys(body.data).length === 0 ? '' : JSON.stringify(body.data));
    context.terminal.print(
      `${String(record.seq).padStart(6)}  ${new Date(body.at).toISOString()}  ${body.code}  ${body.event.padEnd(20)} ${oneLine(who)}  ${oneLine(what).slice(0, 400)}`,
    );
  }
}
