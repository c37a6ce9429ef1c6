// The Cedar engine (WebAssembly). It is loaded here and nowhere else, because V8 flags have to be set before it is:
// with JS-to-Wasm calls inlined, Node 20 can abort the whole process (docs/decisions/0008-cedar-on-node-20.md).

import v8 from 'node:v8';

export type Cedar = typeof import('@cedar-policy/cedar-wasm/nodejs');

/**
 * How much a function of the engine runs before V8 compiles it a second time, optimised. At V8's own 1,800,000 nearly the whole engine
 * is optimised while the policies load, which takes a second of processor time at every start and pays back in none but long-lived
 * hubs; at this number those functions are optimised that thousands of decisions have run through.
 */
const TIERING_BUDGET = 1_000_000_000;

/** Loads the engine; about 25 ms the first time. */
export async function loadCedar(): Promise<Cedar> {
  v8.setFlagsFromString('--no-turbo-inline-js-wasm-calls');
  v8.setFlagsFromString(`--wasm-tiering-budget=${TIERING_BUDGET}`);
  // Dynamic, so that the flags are set first; the bare package name resolves to a build for bundlers.
  return import('@cedar-policy/cedar-wasm/nodejs');
}
