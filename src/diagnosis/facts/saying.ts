// What a text of AWS, Docker or an application says, by the same vocabulary that explains pasted messages. A saying is a claim: rules weigh it
// beside exit codes, times and definitions and never take it alone for proof.

import { plainText } from '../explain/plain-text.ts';
import { type SignalName, signals } from '../explain/signals/all-signals.ts';

/** True when the text says one of these things. */
export function says(text: string, ...names: readonly SignalName[]): boolean {
  if (text === '') return false;
  const { lower } = plainText(text);
  return names.some((name) => signals[name][1].test(lower));
}

const BEFORE_EXEC =
  /error during container init|\b[ru]limits?\b|(?:custom|gathering) device|error mounting|mount point|bind source path|\bmkdir |\bchdir /i;
const EXECUTED = /\bexec(?:ve)?\b[:( ]|executable file|\bstat \/|createprocess/i;

/** True when a message of the runtime is about the program to run: not there, or not executable. */
export function aboutProgram(text: string): boolean {
  if (text === '' || says(text, 'execFormat', 'runtimeHook', 'dockerPort', 'logger', 'pull', 'efs'))
    return false;
  // What is done before the program is run says "not permitted" and "no such file" of other things than the program.
  if (BEFORE_EXEC.test(text) && !EXECUTED.test(text)) return false;
  return (
    says(text, 'programMissing') ||
    (says(text, 'notFoundProgram', 'notExecutable') && says(text, 'execPhrase', 'containerStart'))
  );
}
