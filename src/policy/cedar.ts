// The Cedar engine (WebAssembly). It is loaded here and nowhere else, because V8 flags have to be set before it is:
// with JS-to-Wasm calls inlined, Node 20 can abort the whole process (docs/decisions/0008-cedar-on-node-20.md).

import { setEngineFlags } from './engine-flags.ts';

export type Cedar = typeof import('@cedar-policy/cedar-wasm/nodejs');

/** Loads the engine; about 25 ms the first time. */
export async function loadCedar(): Promise<Cedar> {
  setEngineFlags();
  // Dynamic, so that the flags are set first; the bare package name resolves to a build for bundlers.
  return import('@cedar-policy/cedar-wasm/nodejs');
}
