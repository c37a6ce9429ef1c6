// What V8 is told before the Cedar engine loads. Apart from the engine, since the program as it is shipped sets these before anything else:
// V8 takes code that it compiled in the build only under the very flags of the build.

import v8 from 'node:v8';

/**
 * How much a function of the engine runs before V8 compiles it a second time, optimised. At V8's own 1,800,000 nearly the whole engine
 * is optimised while the policies load, which takes a second of processor time at every start and pays back in none but long-lived
 * hubs; at this number those functions are optimised that thousands of decisions have run through.
 */
const TIERING_BUDGET = 1_000_000_000;

/** To be called before the engine is loaded; calling it again changes nothing. */
export function setEngineFlags(): void {
  v8.setFlagsFromString('--no-turbo-inline-js-wasm-calls');
  v8.setFlagsFromString(`--wasm-tiering-budget=${TIERING_BUDGET}`);
  // A function of the engine is checked when it is first called and compiled, and not all six thousand while it loads.
  v8.setFlagsFromString('--wasm-lazy-validation');
}
