/** The Node.js side of a launch: starts the image, reads what the supervisor reports, passes signals on. */
import { closeSync } from 'node:fs';
import { Socket } from 'node:net';
import { reap, socketPair, spawnProcess, TcError } from '@tc/linux';
import { decodeEnding, type Ending } from './ending.ts';
import { imageFile } from './image-file.ts';
import { launchError } from './launch-error.ts';
import type { LaunchProgram } from './program.ts';
import { controlFd, messages, orders, recordSize } from './protocol.ts';
import { takeDescriptor } from './take-descriptor.ts';

/** Of a launcher that ends as soon as its work is done: whose child its own child is then is settled. */
export async function whenLauncherEnds({ ended }: Pick<Supervisor, 'ended'>): Promise<void> {
  await ended.catch(() => {}); // it leaves no record
}

export interface Supervisor {
  /** The pid of the container's first process on the host. Rejects where the launch failed. */
  readonly started: Promise<number>;
  /** Settles when the supervisor has cleaned up and is gone. */
  readonly ended: Promise<Ending>;
  /** @returns false where the container is gone already. */
  signal(signal: number): boolean;
  /** The end of this process no longer ends the container, and need not wait for its end. */
  detach(): void;
  /** Ends a start that does not come about: `started` and `ended` reject with the error. Without effect once it runs. */
  giveUp(error: Error): void;
  readonly pid: number;
  /** The terminal's master, with `takeTerminal`, as soon as it has started. It is the caller's to close. */
  readonly terminal: Promise<number>;
}

/** @param stdio descriptors for the container's standard streams. @throws TcError */
export function launch(
  program: LaunchProgram,
  options: {
    id: string;
    stdio: readonly [number, number, number];
    figureNames: readonly string[];
    /** What the supervisor gets as its descriptors from 4 on. */
    given?: readonly number[];
    /** The caller reads the terminal itself. */
    takeTerminal?: boolean;
    /** What to say where its first process was killed before the command ran. By default that memory was short. */
    whenKilled?: () => Error;
    /** Says a failure of a step in other words. */
    explain?: (error: TcError) => TcError;
    /** How to carry `messages.mapIds` out, where that message is to come. */
    mapIds?: (pid: number) => Promise<void>;
    /** What to do with the launcher's pid at `messages.adopt`, where that is to come. */
    adopt?: (pid: number) => Promise<void> | undefined;
    /** What to do at `messages.mounted`, where that is to come. */
    onMounted?: (pid: number) => Promise<void>;
  },
): Supervisor {
  const open: number[] = [];
  try {
    const image = imageFile(program, controlFd + (options.given?.length ?? 0));
    open.push(image);
    const [ours, theirs] = socketPair();
    open.push(theirs, ours);
    const pid = spawnProcess(
      `/proc/self/fd/${image}`,
      ['tctl-shim', options.id],
      [...options.stdio, theirs, ...(options.given ?? [])],
    );
    open.pop(); // ours is the socket's from here on
    return attachTo(pid, new Socket({ fd: ours }), program, options);
  } finally {
    for (const fd of open) closeSync(fd);
  }
}

function attachTo(
  pid: number,
  control: Socket,
  program: LaunchProgram,
  {
    figureNames,
    mapIds,
    adopt,
    onMounted,
    takeTerminal,
    whenKilled,
    explain = (error) => error,
  }: Parameters<typeof launch>[1],
): Supervisor {
  const started = Promise.withResolvers<number>();
  const ended = Promise.withResolvers<Ending>();
  started.promise.catch(() => {}); // whoever waits for the end learns of it there
  ended.promise.catch(() => {});
  let received: Buffer = Buffer.alloc(0);
  let ending: Ending | undefined;
  let failure: Error | undefined;
  let running = false;
  const terminal = Promise.withResolvers<number>();
  terminal.promise.catch(() => {});
  // Until it has its answers, the supervisor listens to nothing else.
  let asks = [mapIds, adopt, onMounted].filter((each) => each !== undefined).length;
  const held: number[] = [];

  control.on('error', () => {}); // 'close' follows
  control.on('data', (chunk: Buffer) => {
    received = received.length === 0 ? chunk : Buffer.concat([received, chunk]);
    while (received.length >= 8) {
      const kind = received.readUInt32LE(0);
      const value = received.readUInt32LE(4);
      if (kind === messages.ended) break;
      received = received.subarray(8);
      if (kind === messages.started) {
        running = true;
        started.resolve(value);
      } else if (kind === messages.terminal) answerTerminal(value);
      else if (kind === messages.mapIds) answer(mapIds?.(value));
      else if (kind === messages.adopt) answer(adopt?.(pid));
      else if (kind === messages.mounted) answer(onMounted?.(value));
      else if (kind === messages.died && whenKilled !== undefined) failure ??= whenKilled();
      else failure ??= explain(launchError(program, kind, value));
    }
  });
  // The supervisor never closes its end: the kernel does when it is on its way out.
  control.once('close', () => {
    reap(pid);
    finish();
  });

  function finish(): void {
    // A supervisor that was killed while it sent the record is one that did not report.
    if (received.length >= recordSize(figureNames.length)) ending = decodeEnding(received, figureNames);
    if (failure === undefined && ending !== undefined) {
      started.resolve(0);
      ended.resolve(ending);
      return;
    }
    const error =
      failure ??
      new TcError('the supervisor ended without a report', {
        code: 'SUPERVISOR_DIED',
        operation: 'run a container',
        hint: 'Something killed the process tctl-shim; tctl cleans up at its next call.',
      });
    started.reject(error);
    terminal.reject(error);
    ended.reject(error);
  }

  function order(value: number): boolean {
    if (control.destroyed) return false;
    if (asks === 0) send(value);
    else held.push(value);
    return true;
  }

  function send(value: number): void {
    const order = Buffer.alloc(8);
    order.writeUInt32LE(value);
    control.write(order);
  }

  function answer(work: Promise<void> = Promise.reject(new Error('nobody was to be asked'))): void {
    work.then(() => {
      if (control.destroyed) return;
      asks -= 1;
      send(orders.mapped);
      if (asks === 0) for (const value of held.splice(0)) send(value);
    }, refuse);
  }

  function answerTerminal(fd: number): void {
    if (!takeTerminal) return;
    try {
      terminal.resolve(takeDescriptor(pid, fd));
      order(orders.taken);
    } catch (error) {
      refuse(error as Error);
    }
  }

  /** Hanging up ends the start. */
  function refuse(error: Error): void {
    failure ??= error;
    control.destroy();
  }

  return {
    pid,
    started: started.promise,
    ended: ended.promise,
    signal: order,
    detach() {
      order(orders.detach);
      control.unref();
    },
    giveUp(error) {
      if (running || control.destroyed) return;
      failure ??= error;
      control.end(); // what it reports is still read
    },
    terminal: terminal.promise,
  };
}
