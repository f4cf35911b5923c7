import { constants as os } from 'node:os';
import type { Readable, Writable } from 'node:stream';
import { signalNumber } from '../container/signal.ts';
import type { Ending } from '../launch/ending.ts';
import { boundStart, longestTimerMs } from './bound-start.ts';
import { letGo } from './let-go.ts';
import { openTerminal } from './open-terminal.ts';
import type { RunOptions } from './options.ts';
import { type Reason, RunError, type RunResult } from './result.ts';
import type { Launched } from './start-launch.ts';
import { Collector } from './streams.ts';
import type { Terminal } from './terminal.ts';

/** A process that runs, and the promise of its result. */
export interface Run<Output = string> extends Promise<RunResult<Output>> {
  readonly id: string;
  /** The pid of its first process on the host. Rejects where the launch failed. */
  readonly started: Promise<number>;
  /** Our ends of the streams that were piped. */
  readonly stdin: Writable | undefined;
  readonly stdout: Readable | undefined;
  readonly stderr: Readable | undefined;
  /** With `tty`: its terminal, once it has started. With `stdout: 'ignore'` it is the caller who must read it. */
  readonly terminal: Promise<Terminal | undefined>;
  /**
   * Sends a signal to its first process. As any first process of a PID namespace, that gets only the signals
   * that it has a handler for, and SIGKILL and SIGSTOP: pid_namespaces(7).
   * @returns false where it is gone already. @throws TcError INVALID_OPTION
   */
  kill(signal?: NodeJS.Signals | number): boolean;
  /** Ends it: `await using`. */
  [Symbol.asyncDispose](): Promise<void>;
}

export interface Output {
  readonly stdout: Collector;
  readonly stderr: Collector;
}

export interface Followed {
  readonly id: string;
  readonly options: Pick<RunOptions, 'signal' | 'input' | 'reject' | 'tty' | 'stdout'>;
  /** The supervisor keeps it as long as the command runs. */
  readonly timeoutMs: number | undefined;
  /** Whether what the command has started may go on when it has ended, with its output open. */
  readonly mayLeave: boolean;
  /** Of each stream. */
  readonly limitBytes: number;
  toResult(ending: Ending, endedBy: Reason | undefined, output: Output): RunResult;
}

/** Collects what it writes, ends it where it must, and gives the result. */
export function follow({ supervisor, streams }: Launched, followed: Followed): Run {
  const { options, limitBytes } = followed;
  const { signal } = options;
  let endedBy: Reason | undefined;
  const { promise: forced, resolve: force } = Promise.withResolvers<void>();
  const end = (reason: Reason) => {
    endedBy ??= reason;
    supervisor.signal(os.signals.SIGKILL);
    boundStart(supervisor, 'aborted', 0);
    force();
  };
  const terminal = options.tty ? openTerminal(supervisor.terminal) : undefined;
  terminal?.catch(() => {}); // whoever waits for the end learns of it there
  const collected = (options.stdout ?? 'pipe') === 'pipe';
  const stdout = new Collector(collected ? (terminal ?? streams.stdout) : undefined, limitBytes, () =>
    end('output'),
  );
  const stderr = new Collector(streams.stderr, limitBytes, () => end('output'));
  const abort = () => end('aborted');
  signal?.addEventListener('abort', abort, { once: true });
  streams.stdin?.on('error', () => {}); // EPIPE: the container need not read all its input
  const { input } = options;
  if (input !== undefined) {
    streams.stdin?.end(input);
    terminal?.then((open) => open.write(input)).catch(() => {}); // it was never there
  }

  const { timeoutMs } = followed;
  const begun = performance.now();
  if (timeoutMs !== undefined) boundStart(supervisor, 'timeout', timeoutMs);

  const result = (async () => {
    let isOver = false;
    let late: NodeJS.Timeout | undefined;
    const lettingGo: Disposable[] = [];
    try {
      const ending = await supervisor.ended;
      streams.stdin?.destroy();
      const open = [streams.stdout, streams.stderr, await terminal].filter((stream) => stream !== undefined);
      if (!followed.mayLeave || ending.cause !== 'none') force();
      else if (timeoutMs !== undefined) {
        const restMs = timeoutMs - (performance.now() - begun);
        late = setTimeout(() => end('timeout'), Math.min(restMs, longestTimerMs));
      }
      forced.then(() => {
        if (!isOver) lettingGo.push(letGo(open));
      });
      await Promise.all([stdout.done, stderr.done, terminal?.then(shownAll)]);
      const outcome = followed.toResult(ending, endedBy, { stdout, stderr });
      if (options.reject && (outcome.exitCode !== 0 || outcome.reason !== 'exit'))
        throw new RunError(outcome);
      return outcome;
    } finally {
      isOver = true;
      clearTimeout(late);
      for (const each of lettingGo) each[Symbol.dispose]();
      signal?.removeEventListener('abort', abort);
      for (const stream of [streams.stdin, streams.stdout, streams.stderr]) stream?.destroy();
      terminal?.then((open) => open.destroy()).catch(() => {}); // it was never there
    }
  })();

  return Object.assign(result, {
    id: followed.id,
    started: supervisor.started,
    stdin: streams.stdin,
    stdout: streams.stdout,
    stderr: streams.stderr,
    terminal: terminal ?? Promise.resolve(undefined),
    kill: (name: NodeJS.Signals | number = 'SIGTERM') => {
      const number = signalNumber(name);
      if (number === os.signals.SIGKILL) force();
      return supervisor.signal(number);
    },
    [Symbol.asyncDispose]: async () => {
      end('aborted');
      await result.catch(() => {});
    },
  });
}

/** Where somebody reads the terminal, all that it showed is to be read first. */
async function shownAll(terminal: Terminal): Promise<void> {
  // Null: nobody ever did. False: whoever does waits for something.
  if (terminal.readableFlowing === null || terminal.closed) return;
  const { promise, resolve } = Promise.withResolvers<void>();
  terminal.once('close', resolve); // and not events.once(), which gives up at the EIO that comes before
  await promise;
}

/** What could not even be started. */
export function failedRun(error: unknown): Run {
  const rejected = Promise.reject(error);
  rejected.catch(() => {}); // the caller's await still sees it
  return Object.assign(rejected, {
    id: '',
    started: rejected,
    stdin: undefined,
    stdout: undefined,
    stderr: undefined,
    terminal: rejected,
    kill: () => false,
    [Symbol.asyncDispose]: async () => {},
  }) as unknown as Run;
}
