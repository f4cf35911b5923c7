/**
 * `@tc/core/launch`: what launch programs are written with, for programs of one's own. docs/containers-from-scratch.md
 * uses nothing else.
 */
export type { CallOptions, ProgramBuilder } from './builder.ts';
export {
  address,
  at,
  buffer,
  bytes,
  cell,
  flags,
  load,
  NULL,
  number,
  string,
  stringArray,
  words,
} from './data.ts';
export { executeCommand } from './phases/execute-command.ts';
export type { Datum, Operand, Place } from './program.ts';
export { runSteps } from './run-steps.ts';
