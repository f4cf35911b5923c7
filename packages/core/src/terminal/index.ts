/** Connecting this process's own terminal with a container's: `@tc/core/terminal`, for command lines. */

export { openTerminal } from '../run/open-terminal.ts';
export type { Terminal } from '../run/terminal.ts';
export { DetachKeys, type Typed } from './detach-keys.ts';
export { openInput } from './input.ts';
export { ownSize, rawTerminal } from './raw.ts';
export { openSink, type Sink } from './sink.ts';
export { type Leaving, type Seat, type Sitting, sit } from './sit.ts';
export { writerTo } from './write-to.ts';
