/** The two processes of a launch program, each simulated in a world where everything works unless told otherwise. */
import type { CallStep, Datum, LaunchProgram } from '../../src/launch/program.ts';
import { controlFd, messages, orders as orderNumbers } from '../../src/launch/protocol.ts';
import { type Answer, type Call, type Memory, type Simulation, simulate } from './simulator.ts';

export const containerPid = 4242;
/** The error pipe, whatever other pipes there are. */
export const [errorRead, errorWrite] = [1000, 1001];
/** The terminal's master, as the supervisor gets it. */
export const terminalFd = 777;

/**
 * What the supervisor finds when it polls, in this order: `exit` is the container's end, `on` names event sources that
 * all have something to say.
 */
export type Event =
  | 'exit'
  | 'timer'
  | 'hang-up'
  | { readonly signal: number }
  | { readonly on: readonly string[] };

interface World {
  /** Answers calls in place of this world. */
  override?: Answer;
  /** What the container says through the error pipe, 8 bytes each. */
  says?: readonly (number | bigint)[];
  /** What it is told before it polls: orders; after them its owner has hung up. Default: what it waits for. */
  told?: readonly number[];
  /** What the container writes to a stream, one read(2) each; a number is an errno. Then the stream ends. */
  writes?: Readonly<Partial<Record<'stdout' | 'stderr', readonly (string | number)[]>>>;
  /** The texts of a file of a cgroup, by its name, one pread(2) each; the last stays. */
  files?: Readonly<Record<string, readonly string[]>>;
}

/** The supervisor of a container that starts (unless it says otherwise) and then meets the events. */
export function superviseThrough(
  program: LaunchProgram,
  events: readonly Event[],
  { override = () => undefined, says = [messages.ready], told, writes = {}, files = {} }: World = {},
): Simulation {
  const said = [...says];
  const pending = [...events];
  const orders = told && [...told];
  const written = { stdout: [...(writes.stdout ?? [])], stderr: [...(writes.stderr ?? [])] };
  const texts = new Map(Object.entries(files).map(([name, each]) => [name, [...each]]));
  let event: Event | undefined;
  let seconds = 0;
  const fds = descriptors();
  return simulate(program, (call, memory) => {
    const overridden = override(call, memory);
    if (overridden !== undefined) return overridden;
    const { name, step } = call;
    const [first, into] = call.args;
    if (name === 'clone3') return containerPid;
    if (name === 'clock_gettime' && typeof into === 'object') {
      seconds += 1;
      memory.write(into, seconds);
    }
    if (name === 'ppoll' && typeof first === 'object' && first.datum.text?.includes('{start}')) {
      memory.of(first.datum).writeUInt16LE(1, 6);
      return 1;
    }
    if (name === 'ppoll' && typeof first === 'object') {
      event = pending.shift() ?? 'exit';
      report(event, first.datum, memory);
      return 1;
    }
    if (name === 'recvmsg' && typeof into === 'object') {
      const control = memory.at(Number(memory.of(into.datum).readBigInt64LE(32))); // msg_control
      control.writeInt32LE(terminalFd, 16);
      return 1;
    }
    if (name === 'pread64' && typeof into === 'object') {
      const left = texts.get(step.what.slice('read '.length)) ?? [];
      const [text = ''] = left;
      if (left.length > 1) left.shift();
      memory.of(into.datum).write(`${text}\0`, into.offset, 'latin1');
      return text.length;
    }
    if (name === 'write' && typeof call.args[2] === 'number') return call.args[2];
    if (name !== 'read' || typeof into !== 'object') return fds(call, memory);
    const stream = /wrote to (stdout|stderr)$/.exec(step.what)?.[1] as keyof typeof written | undefined;
    if (stream !== undefined) {
      const data = written[stream].shift() ?? 0;
      if (typeof data === 'number') return -data;
      return memory.of(into.datum).write(data, into.offset, 'latin1');
    }
    const message =
      first === errorRead
        ? said.shift()
        : first !== controlFd
          ? undefined
          : event === undefined
            ? orders === undefined
              ? expected(step)
              : orders.shift()
            : signalOf(event);
    if (message === undefined) return 0;
    memory.write(into, message);
    return 8;
  });
}

/** The order that the supervisor waits for before the container has started. */
function expected({ what }: CallStep): number | undefined {
  return what.includes('has taken it') ? orderNumbers.taken : orderNumbers.mapped;
}

function signalOf(event: Event): number | undefined {
  return typeof event === 'object' && 'signal' in event ? event.signal : undefined;
}

/** Fills in what ppoll(2) answers. The names of the sources are in the text of what is polled. */
function report(event: Event, datum: Datum, memory: Memory): void {
  const polls = memory.of(datum);
  const names = [...(datum.text ?? '').matchAll(/\{([^}]*)\}/g)].map(([, name]) => name);
  for (const slot of names.keys()) polls.writeUInt16LE(0, slot * 8 + 6);
  for (const name of sourcesOf(event)) {
    const slot = names.indexOf(name);
    if (slot === -1) throw new Error(`${name} is not polled`);
    if (polls.readInt32LE(slot * 8) < 0) throw new Error(`${name} is listened to no more`);
    polls.writeUInt16LE(1, slot * 8 + 6);
  }
}

function sourcesOf(event: Event): readonly string[] {
  if (event === 'exit') return ['the end'];
  if (event === 'timer') return ['timer'];
  return typeof event === 'object' && 'on' in event ? event.on : ['control'];
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

const opening = new Set<string>([
  ...['openat', 'openat2', 'open_tree', 'fsopen', 'fsmount', 'socket', 'timerfd_create', 'eventfd2'],
  ...['pidfd_getfd'],
]);

function descriptors() {
  let next = 10;
  let nextPair = errorWrite + 1;
  return ({ name, step, args }: Call, memory: Memory): number => {
    const ends = name === 'pipe2' ? args[0] : name === 'socketpair' ? args[3] : undefined;
    if (typeof ends === 'object') {
      const isErrorPipe = step.why.includes('how far it got');
      memory.of(ends.datum).writeInt32LE(isErrorPipe ? errorRead : nextPair++, 0);
      memory.of(ends.datum).writeInt32LE(isErrorPipe ? errorWrite : nextPair++, 4);
      return 0;
    }
    return opening.has(name) ? next++ : 0;
  };
}
