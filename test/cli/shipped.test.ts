// The program as it is shipped, in parts with its packages inside: what is loaded later is found, and little is loaded before.

import { spawnSync } from 'node:child_process';
import { rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Metafile } from 'esbuild';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { toolDigests } from '../../src/cli/tool-digests.ts';
import { awsActions } from '../../src/contract/aws.ts';
import { nodeInventory } from '../../src/contract/wire.ts';
import { Sqlite } from '../../src/kernel/sqlite.ts';
import { dataFiles } from '../../src/store/sqlite/database.ts';
import { bundleEntry } from '../support/bundle-entry.ts';
import { askJson, type Cli, openCli, upJson } from './cli-process.ts';

const folder = path.resolve('node_modules', '.cache', `lockkeeper-shipped-${process.pid}`);
let cli: Cli;
let built: Metafile;

interface Builder {
  buildProgram(options: { outDir: string; entry: string }): Promise<Metafile>;
}

interface Compiler {
  compileParts(options: { entry: string; folder: string }): Promise<void>;
}

beforeAll(async () => {
  // A script in JavaScript, without types of its own.
  const { buildProgram } = (await import(
    pathToFileURL(path.resolve('scripts', 'build-program.mjs')).href
  )) as Builder;
  built = await buildProgram({ outDir: folder, entry: 'main' });
  const { compileParts } = (await import(
    pathToFileURL(path.resolve('scripts', 'compile-parts.mjs')).href
  )) as Compiler;
  await compileParts({ entry: path.join(folder, 'main.js'), folder: path.join(folder, 'parts') });
  cli = await openCli(path.join(folder, 'main.js'));
});
afterAll(async () => {
  await cli.close();
  rmSync(folder, { recursive: true, force: true });
});

it('starts hub, node and simulated account, and proves the cause', async () => {
  const data = cli.folder();
  const up = await cli.start(['up', '--demo', '--port', '0', '--data', data], upJson);
  expect(up.said.problem).toBeNull();
  const asked = await cli.run([
    'ask',
    '--json',
    '--data',
    up.said.dataDir,
    'status of my-web-service in production-cluster',
  ]);
  expect(asked.stderr).toBe('');
  const { findings } = askJson.parse(JSON.parse(asked.stdout));
  expect(findings[0]).toMatchObject({ class: 'task-sg-egress-blocked', verdict: 'proven' });
  expect(await up.interrupt()).toBe(0);
  expect(up.stderr()).toBe('');
});

it('tells the digests of its tools that the sources tell', async () => {
  const data = cli.folder();
  const up = await cli.start(['up', '--demo', '--port', '0', '--data', data], upJson);
  expect(up.said.problem).toBeNull();
  const db = new Sqlite(dataFiles(up.said.dataDir).database, { readonly: true });
  const stored = db.prepare<[], string>('SELECT inventory FROM nodes').pluck().get();
  db.close();
  const { tools } = nodeInventory.parse(JSON.parse(stored ?? '{}'));
  expect(Object.fromEntries(tools.map(({ name, schemaSha256 }) => [name, schemaSha256]))).toEqual(
    toolDigests(),
  );
  expect(await up.interrupt()).toBe(0);
});

it('has every AWS request of the closed list, and of each client little more', () => {
  const parts = Object.values(built.outputs).filter(({ entryPoint }) =>
    entryPoint?.startsWith('aws-client:'),
  );
  const shipped = new Set(parts.flatMap((part) => part.exports));
  const missing = awsActions.filter((action) => !shipped.has(`${action.split(':')[1]}Command`));
  expect(missing).toEqual([]);
  expect(parts).toHaveLength(new Set(awsActions.map((action) => action.split(':')[0])).size);
  // The client of EC2 with all its operations takes two megabytes.
  for (const { entryPoint, bytes } of parts) expect(bytes, entryPoint).toBeLessThan(250_000);
});

it('comes with the compiled code of whatever hub, node and question load', async () => {
  const names = ['up.ts', 'ask.ts'].flatMap((name) => partsOf(`src/cli/commands/${name}`));
  expect(names.length).toBeGreaterThan(30);
  const loader = pathToFileURL(await bundleEntry('src/cli/parts.ts')).href;
  // In a process of its own: V8 takes code only under the flags it was made under, and tests run under others.
  const script = `
    const { createParts } = await import(${JSON.stringify(loader)});
    const parts = createParts(${JSON.stringify(path.join(folder, 'parts'))});
    for (const name of ${JSON.stringify(names.map((name) => path.basename(name)))}) parts.load(name);
    console.log(JSON.stringify(parts.compiled()));`;
  const said = spawnSync(process.execPath, ['--input-type=module', '-e', script], { encoding: 'utf8' });
  expect(said).toMatchObject({ stderr: '', stdout: '[]\n' });
});

it('names the lines of the sources where details of errors are asked for', async () => {
  const broken = path.join(folder, 'broken.cjs');
  writeFileSync(broken, "process.stdout.write = () => { throw new Error('a broken screen'); };");
  const env = { LOCKKEEPER_LOG: 'debug', NODE_OPTIONS: `--require=${broken}` };
  const { code, stderr } = await cli.run(['tools'], { env });
  expect(code).toBe(1);
  expect(stderr).toMatch(/a broken screen.*src\/cli\/commands\/tools\.ts:\d+/s);
});

it('ends without a word when nobody reads its output', async () => {
  expect(await cli.unread(['--help'])).toEqual({ code: 0, stdout: '', stderr: '' });
});

it.each([
  ['src/cli/program.ts', ['node_modules/zod/', 'src/diagnosis/', 'src/kernel/redact.ts']],
  ['src/cli/commands/audit.ts', ['src/hub/', 'src/diagnosis/', 'tools/']],
  ['src/cli/commands/explain.ts', ['src/hub/', 'src/node/', 'tools/']],
  ['src/cli/commands/up.ts', []],
])('%s loads little before its work begins', (source, absent) => {
  const inputs = loadedWith(source);
  expect(inputs).toContain(source);
  for (const part of ['src/simulator/wire/', '@aws-sdk/client-', '@anthropic-ai/', ...absent])
    expect(
      inputs.filter((input) => input.includes(part)),
      part,
    ).toEqual([]);
});

/** The parts that are loaded together with `source`, since they import each other. */
function partsOf(source: string): string[] {
  const outputs = new Map(Object.entries(built.outputs));
  const seen = new Set<string>();
  const visit = (name: string): void => {
    // Packages outside the parts and modules of Node are imports too.
    if (seen.has(name) || !outputs.has(name)) return;
    seen.add(name);
    for (const { path: next, kind } of outputs.get(name)?.imports ?? [])
      if (kind === 'import-statement') visit(next);
  };
  for (const [name, { inputs }] of outputs) if (source in inputs) visit(name);
  return [...seen];
}

/** The sources and packages that are loaded together with `source`. */
function loadedWith(source: string): string[] {
  return partsOf(source).flatMap((name) => Object.keys(built.outputs[name]?.inputs ?? {}));
}
