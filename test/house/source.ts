// Reads the product's sources as syntax trees, for the rules about the code itself.

import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { parseAst } from 'rolldown/parseAst';

export const root = path.resolve(import.meta.dirname, '..', '..');

export interface Import {
  /** Path from the root for our own files, the specifier for packages. */
  readonly to: string;
  readonly own: boolean;
  readonly typeOnly: boolean;
  readonly dynamic: boolean;
}

export interface SourceFile {
  /** Path from the root, with forward slashes. */
  readonly path: string;
  readonly text: string;
  readonly lines: number;
  readonly imports: readonly Import[];
  readonly functions: readonly { readonly name: string; readonly line: number; readonly lines: number }[];
  /** Assignable state at module level: `let` and `var` outside any function. */
  readonly moduleState: readonly string[];
  readonly defaultExport: boolean;
}

interface Node {
  readonly type: string;
  readonly start: number;
  readonly end: number;
  readonly [key: string]: unknown;
}

/** Every TypeScript file of src/ and tools/. */
export function productFiles(): SourceFile[] {
  return ['src', 'tools'].flatMap((folder) =>
    readdirSync(path.join(root, folder), { recursive: true, encoding: 'utf8' })
      .filter((name) => /\.tsx?$/.test(name))
      .map((name) => read(path.posix.join(folder, name.split(path.sep).join('/')))),
  );
}

function read(file: string): SourceFile {
  const text = readFileSync(path.join(root, file), 'utf8');
  const program = parseAst(text, {
    lang: file.endsWith('x') ? 'tsx' : 'ts',
    sourceType: 'module',
  }) as unknown as Node & { body: Node[] };
  const imports: Import[] = [];
  const functions: { name: string; line: number; lines: number }[] = [];
  const lineAt = (offset: number) => text.slice(0, offset).split('\n').length;
  walk(program, null, (node, parent) => {
    const found = importOf(node, file);
    if (found !== null) imports.push(found);
    if (/^(FunctionDeclaration|FunctionExpression|ArrowFunctionExpression)$/.test(node.type)) {
      const line = lineAt(node.start);
      functions.push({ name: nameOf(node, parent), line, lines: lineAt(node.end) - line + 1 });
    }
  });
  return {
    path: file,
    text,
    lines: text.split('\n').length - 1,
    imports,
    functions,
    moduleState: program.body.flatMap((node) => {
      const inner = node.type === 'ExportNamedDeclaration' ? (node.declaration as Node | null) : node;
      return inner?.type === 'VariableDeclaration' && inner.kind !== 'const'
        ? [text.slice(inner.start, inner.end)]
        : [];
    }),
    defaultExport: program.body.some((node) => node.type === 'ExportDefaultDeclaration'),
  };
}

function importOf(node: Node, file: string): Import | null {
  const isStatic = /^(ImportDeclaration|ExportNamedDeclaration|ExportAllDeclaration)$/.test(node.type);
  if (!isStatic && node.type !== 'ImportExpression') return null;
  const source = node.source as { value?: unknown } | null;
  if (typeof source?.value !== 'string') return null;
  const own = source.value.startsWith('.');
  const specifiers = (node.specifiers ?? []) as { importKind?: string; exportKind?: string }[];
  const allTypes =
    specifiers.length > 0 && specifiers.every((s) => s.importKind === 'type' || s.exportKind === 'type');
  return {
    to: own ? path.posix.join(path.posix.dirname(file), source.value) : source.value,
    own,
    typeOnly: node.importKind === 'type' || node.exportKind === 'type' || allTypes,
    dynamic: !isStatic,
  };
}

function nameOf(node: Node, parent: Node | null): string {
  const own = node.id as { name?: string } | null | undefined;
  const outer = (parent?.id ?? parent?.key) as { name?: string } | null | undefined;
  return own?.name ?? outer?.name ?? '(anonymous)';
}

function walk(node: Node, parent: Node | null, visit: (node: Node, parent: Node | null) => void): void {
  visit(node, parent);
  for (const value of Object.values(node)) {
    for (const child of Array.isArray(value) ? value : [value]) {
      if (
        typeof child === 'object' &&
        child !== null &&
        typeof (child as { type?: unknown }).type === 'string'
      )
        walk(child as Node, node, visit);
    }
  }
}
