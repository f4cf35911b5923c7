import { setTimeout as sleep } from 'node:timers/promises';
import { TcError } from '@tc/linux';
import { parseDuration } from '../run/duration.ts';
import { notRunning } from '../state/errors.ts';
import { alone, type ContainerReference, nameOf, stateDirectoryOf, wantStopped } from './reference.ts';
import { killAll, sendSignal, signalNumber, thaw } from './signal.ts';
import { type SupervisorWatch, watchSupervisor } from './watch-supervisor.ts';

export interface StopOptions {
  /** How long it may take to end by itself: milliseconds, or `10s`; 0 kills it at once. Default: its `stopTimeout`. */
  timeout?: number | string;
  /** What asks it to end. Default: its `stopSignal`. */
  stopSignal?: NodeJS.Signals | number;
}

/** Longer than any process takes to die that does not wait for a device. */
const killPatienceMs = 10_000;

/**
 * Asks the container to end, and kills it where it does not in time. Resolves when it has ended and nothing of it
 * runs; at once where it does not run.
 * @throws TcError CONTAINER_NOT_FOUND, INVALID_OPTION, INVALID_DURATION, CONTAINER_UNKILLABLE
 */
export async function stopContainer(reference: ContainerReference, options: StopOptions = {}): Promise<void> {
  const directory = stateDirectoryOf(reference);
  let graceMs = 0;
  using supervisor = await alone(reference, async (record) => {
    const { stopSignal = 'SIGTERM', stopTimeout = '10s' } = record.config?.options ?? {};
    const signal = signalNumber(options.stopSignal ?? stopSignal);
    const timeout = options.timeout ?? stopTimeout;
    graceMs = Number(timeout) === 0 ? 0 : parseDuration(timeout, 'stop a container');
    wantStopped(record);
    const watch = watchSupervisor(directory);
    if (watch !== undefined && graceMs > 0 && sendSignal(directory, signal)) await thaw(directory);
    return watch;
  });
  if (supervisor === undefined || (await endsWithin(supervisor.ended, graceMs))) return;
  await killAndWait(reference, supervisor, (act) => alone(reference, act).catch(passGone));
}

/** What is removed has ended. */
function passGone(error: unknown): void {
  if (!(error instanceof TcError && error.code === 'CONTAINER_NOT_FOUND')) throw error;
}

/**
 * @param whileAlone keeps others from starting the container meanwhile: it is that one run that is to be killed
 * @throws TcError CONTAINER_UNKILLABLE
 */
export async function killAndWait(
  reference: ContainerReference,
  { ended, isCurrent }: SupervisorWatch,
  whileAlone: (act: () => Promise<void>) => Promise<void> = (act) => act(),
): Promise<void> {
  const deadline = performance.now() + killPatienceMs;
  do {
    // Once is enough, but for a container that is not up yet.
    await whileAlone(async () => {
      if (isCurrent()) await killAll(stateDirectoryOf(reference));
    });
    if (await endsWithin(ended, 100)) return;
  } while (performance.now() < deadline);
  throw new TcError('its processes do not end', {
    code: 'CONTAINER_UNKILLABLE',
    operation: `stop the container ${reference.id}`,
    hint: 'A process in state D (ps -o stat,wchan -p PID) waits for a device; it ends when that answers.',
  });
}

async function endsWithin(ended: Promise<void>, milliseconds: number): Promise<boolean> {
  if (milliseconds === 0) return false;
  const timer = new AbortController();
  const late = sleep(milliseconds, false, { signal: timer.signal }).catch(() => false);
  try {
    return await Promise.race([ended.then(() => true), late]);
  } finally {
    timer.abort();
  }
}

/** Of these the default action ends a process, and whoever sends them means that: the restart policy rests. */
const ending: readonly (NodeJS.Signals | number)[] = ['SIGKILL', 'SIGTERM', 'SIGINT', 'SIGQUIT'];

/** @throws TcError CONTAINER_NOT_FOUND, CONTAINER_NOT_RUNNING, INVALID_OPTION */
export async function killContainer(
  reference: ContainerReference,
  signal: NodeJS.Signals | number,
): Promise<void> {
  const number = signalNumber(signal);
  const directory = stateDirectoryOf(reference);
  await alone(reference, async (record) => {
    const ends = [...ending, record.config?.options.stopSignal ?? 'SIGTERM'].some(
      (each) => signalNumber(each) === number,
    );
    if (ends) wantStopped(record);
    const sent =
      number === signalNumber('SIGKILL') ? await killAll(directory) : sendSignal(directory, number);
    if (!sent) throw notRunning(nameOf(record), 'signal');
    if (ends) await thaw(directory);
  });
}
