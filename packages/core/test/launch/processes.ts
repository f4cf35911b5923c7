/** The two processes of a launch program, each simulated in a world where everything works unless told otherwise. */
import type { LaunchProgram } from '../../src/launch/program.ts';
import { controlFd, messages } from '../../src/launch/protocol.ts';
import { type Answer, type Call, type Memory, type Simulation, simulate } from './simulator.ts';

export const containerPid = 4242;

/** What the supervisor finds when it polls, in this order; `exit` is the container's end. */
export type Event = 'exit' | 'timer' | 'hang-up' | { readonly signal: number };

const slots = { exit: 0, control: 1, timer: 2 } as const;

interface World {
  /** Answers calls in place of this world. */
  override?: Answer;
  /** What the container says through the error pipe, 8 bytes each. */
  says?: readonly (number | bigint)[];
}

/** The supervisor of a container that starts (unless it says otherwise) and then meets the events. */
export function superviseThrough(
  program: LaunchProgram,
  events: readonly Event[],
  { override = () => undefined, says = [messages.ready] }: World = {},
): Simulation {
  const said = [...says];
  const pending = [...events];
  let event: Event | undefined;
  const fds = descriptors();
  return simulate(program, (call, memory) => {
    const overridden = override(call, memory);
    if (overridden !== undefined) return overridden;
    const [first, into] = call.args;
    if (call.name === 'clone3') return containerPid;
    if (call.name === 'ppoll' && typeof first === 'object') {
      event = pending.shift() ?? 'exit';
      const polls = memory.of(first.datum);
      for (let slot = 0; slot < polls.length / 8; slot += 1) polls.writeUInt16LE(0, slot * 8 + 6);
      polls.writeUInt16LE(1, slots[slotOf(event)] * 8 + 6);
      return 1;
    }
    if (call.name !== 'read' || typeof into !== 'object') return fds(call, memory);
    const message = first === errorRead ? said.shift() : first === controlFd && signalOf(event);
    if (typeof message !== 'number' && typeof message !== 'bigint') return 0;
    memory.write(into, message);
    return 8;
  });
}

function signalOf(event: Event | undefined): number | undefined {
  return typeof event === 'object' ? event.signal : undefined;
}

function slotOf(event: Event): keyof typeof slots {
  return event === 'exit' || event === 'timer' ? event : 'control';
}

const dropFromBoundingSet = 24;
const lastCapability = 40;

/** The capabilities that it drops from its bounding set, up to those that no kernel has. */
export function droppedCapabilities({ calls }: Simulation): number[] {
  return calls
    .filter(({ name, args }) => name === 'prctl' && args[0] === dropFromBoundingSet)
    .map(({ args }) => Number(args[1]))
    .filter((capability) => capability <= lastCapability);
}

/** The container's side, up to the execve that succeeds. */
export function startContainer(program: LaunchProgram, override: Answer = () => undefined): Simulation {
  const fds = descriptors();
  return simulate(program, (call, memory) => {
    const overridden = override(call, memory);
    if (overridden !== undefined) return overridden;
    if (call.name === 'execve') return 'ends';
    if (call.name === 'prctl' && call.args[0] === dropFromBoundingSet) {
      return Number(call.args[1]) > lastCapability ? -22 : 0;
    }
    return call.name === 'clone3' ? 0 : fds(call, memory);
  });
}

/** The calls that only the container makes: those after its clone. */
export function afterClone(simulation: Simulation): readonly Call[] {
  return simulation.calls.slice(simulation.calls.findIndex(({ name }) => name === 'clone3') + 1);
}

/** The first descriptor that a pipe has, as the supervisor makes the error pipe first. */
const errorRead = 1000;

const opening = new Set(['openat', 'openat2', 'open_tree', 'fsopen', 'fsmount', 'socket', 'timerfd_create']);

function descriptors() {
  let next = 10;
  let nextPipe = errorRead;
  return ({ name, args: [first] }: Call, memory: Memory): number => {
    if (name === 'pipe2' && typeof first === 'object') {
      memory.of(first.datum).writeInt32LE(nextPipe++, 0);
      memory.of(first.datum).writeInt32LE(nextPipe++, 4);
      return 0;
    }
    return opening.has(name) ? next++ : 0;
  };
}
