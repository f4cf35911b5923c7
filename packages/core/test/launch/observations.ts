/** What a simulated process did, as the tests of the supervisor look at it. */
import { eventKinds, eventLayout, eventMagic } from '../../src/launch/protocol.ts';
import type { Call, Simulation } from './simulator.ts';

const AT_REMOVEDIR = 0x200;

export const named = ({ calls }: Simulation, name: string): Call[] =>
  calls.filter((call) => call.name === name);

/** The position of the first call like that. */
export function positionOf({ calls }: Simulation, is: (call: Call) => boolean): number {
  const index = calls.findIndex(is);
  if (index === -1) throw new Error('there is no such call');
  return index;
}

/** The directories that it removes. */
export const removedDirectories = (simulation: Simulation): string[] =>
  named(simulation, 'unlinkat').flatMap(({ strings, args }) => (args[2] === AT_REMOVEDIR ? strings : []));

/** The files that it removes: names of the state directory, and paths. */
export const removedFiles = (simulation: Simulation): string[] =>
  named(simulation, 'unlinkat').flatMap(({ strings, args }) => (args[2] === 0 ? strings : []));

export const signals = (simulation: Simulation): unknown[] =>
  named(simulation, 'pidfd_send_signal').map(({ args }) => args[1]);

/** What it sends through the control socket, 8 bytes each: {kind, value}. */
export const sent = (simulation: Simulation): { kind: number; value: number }[] =>
  named(simulation, 'sendto').map(({ data }) => ({
    kind: data.readUInt32LE(0),
    value: data.readUInt32LE(4),
  }));

export interface SeenEvent {
  readonly kind: string | undefined;
  readonly value: number;
  readonly id: string;
  readonly name: string;
}

/** The entries that it adds to the journal. */
export function eventsIn(simulation: Simulation): SeenEvent[] {
  return named(simulation, 'write').flatMap(({ data }) => {
    if (data.length < eventLayout.size || data.readUInt32LE(0) !== eventMagic) return [];
    return Array.from({ length: data.length / eventLayout.size }, (_, index) => {
      const frame = data.subarray(index * eventLayout.size);
      const kind = frame.readUInt32LE(eventLayout.kind);
      const text = (at: number) => frame.toString('utf8', at, at + 64).replace(/\0.*$/s, '');
      return {
        kind: Object.entries(eventKinds).find(([, number]) => number === kind)?.[0],
        value: Number(frame.readBigInt64LE(eventLayout.value)),
        id: text(eventLayout.id),
        name: text(eventLayout.name),
      };
    });
  });
}
