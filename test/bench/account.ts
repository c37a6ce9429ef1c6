// The simulated account in a process of its own, so that its work is not counted as ours.
// Prints its endpoint; then each line on standard input is a latency in milliseconds for every AWS call.

import readline from 'node:readline';
import { systemClock } from '../../src/kernel/clock.ts';
import { demoSnapshot } from '../../src/simulator/demo-account.ts';
import { startSimulator } from '../../src/simulator/simulator.ts';

const simulator = await startSimulator({
  snapshot: demoSnapshot(Date.now()),
  clock: systemClock,
  static: true,
  // The bench asks far faster than AWS would let anybody.
  unthrottled: true,
});
process.stdout.write(`${simulator.endpoint}\n`);
for await (const line of readline.createInterface({ input: process.stdin })) {
  simulator.inject.latency('*', Number(line));
  process.stdout.write('set\n');
}
await simulator.close();
