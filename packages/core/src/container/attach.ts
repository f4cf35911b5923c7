/** Looking at a container that runs, and typing into it, from any process of the same user. */
import { closeSync } from 'node:fs';
import { Readable } from 'node:stream';
import { pidfdGetFd, pidfdOpen, SyscallError, setTerminalSize, TcError, type TerminalSize } from '@tc/linux';
import { followBytes } from '../logs/follow-bytes.ts';
import { whenSupervisorEnds } from '../state/alive.ts';
import { pinRunning } from '../state/pin-running.ts';
import { type AttachedInput, pipeInput, terminalInput } from './attached-input.ts';

export interface AttachOptions {
  /** Begin with what is in the log already, or of that with what came from then on. Default `false`: from now on. */
  replay?: boolean | Date;
  /** `false` leaves it out. A terminal's output is all stdout. */
  stdout?: boolean;
  stderr?: boolean;
  /** Aborting it detaches. */
  signal?: AbortSignal;
}

/** A connection to a container that runs. There may be several at once: all see everything. */
export interface Attachment {
  /** What it writes. Ends with the container, or with `detach()`. A slow reader does not hold the container up. */
  readonly output: Readable;
  /**
   * Sends to its terminal or its stdin. Settles when the kernel has taken all of it: wait for it before sending more.
   * @throws TcError STDIN_CLOSED where it has neither a terminal nor `stdin: 'open'`; ATTACHMENT_ENDED
   */
  write(data: string | Uint8Array): Promise<void>;
  /** @throws TcError NO_TERMINAL, ATTACHMENT_ENDED */
  resize(size: TerminalSize): void;
  /** Lets go of it; the container goes on. */
  detach(): void;
  [Symbol.asyncDispose](): Promise<void>;
}

export interface AttachTarget {
  readonly stateDirectory: string;
  /** Its data directory: the output comes from its log. */
  readonly logDirectory: string;
  /** For messages. */
  readonly name: string;
}

/**
 * The output comes through the log. So while the process that started a container reads its terminal itself
 * (`start({attach: true})`), there is none to be seen by others: it appears when that process has detached.
 * @throws TcError CONTAINER_NOT_RUNNING, ATTACH_DENIED, WATCH_FAILED
 */
export async function attach(target: AttachTarget, options: AttachOptions = {}): Promise<Attachment> {
  const { stateDirectory, logDirectory, name } = target;
  const operation = `attach to ${name}`;
  const { signal, ...which } = options;
  signal?.throwIfAborted();
  const { input, terminalFd } = openInput(stateDirectory, operation);
  try {
    const ended = (stop: AbortSignal) => whenSupervisorEnds(stateDirectory, { signal: stop });
    const bytes = await followBytes(logDirectory, { ...which, ended });
    return new LogAttachment({ operation, bytes, input, terminalFd, signal });
  } catch (error) {
    input?.close();
    throw error;
  }
}

interface Input {
  readonly input: AttachedInput | undefined;
  /** Valid as long as `input` is open. */
  readonly terminalFd: number | undefined;
}

function openInput(stateDirectory: string, operation: string): Input {
  const pinned = pinRunning(
    stateDirectory,
    (running) => {
      const pidfd = pidfdOpen(running.supervisorPid);
      return pidfd === undefined ? undefined : { pidfd, running };
    },
    ({ pidfd }) => closeSync(pidfd),
  );
  if (pinned === undefined) throw notRunning(operation);
  const { pidfd, running } = pinned;
  try {
    if (running.terminalFd !== undefined) {
      const terminalFd = pidfdGetFd(pidfd, running.terminalFd);
      return { input: terminalInput(terminalFd), terminalFd };
    }
    if (running.stdinFd === undefined) return { input: undefined, terminalFd: undefined };
    return { input: pipeInput(pidfdGetFd(pidfd, running.stdinFd)), terminalFd: undefined };
  } catch (cause) {
    if (!(cause instanceof SyscallError)) throw cause;
    if (cause.code === 'ESRCH' || cause.code === 'EBADF') throw notRunning(operation);
    if (cause.code !== 'EPERM') throw cause;
    throw new TcError('its supervisor may not be traced', {
      code: 'ATTACH_DENIED',
      operation,
      hint: 'Only root and the user who started it may attach; kernel.yama.ptrace_scope=3 forbids it to all.',
      cause,
    });
  } finally {
    closeSync(pidfd);
  }
}

function notRunning(operation: string): TcError {
  const hint = 'Start it first; what it wrote is in its log.';
  return new TcError('it does not run', { code: 'CONTAINER_NOT_RUNNING', operation, hint });
}

interface Parts extends Input {
  readonly operation: string;
  readonly bytes: AsyncIterableIterator<Buffer, void>;
  readonly signal: AbortSignal | undefined;
}

class LogAttachment implements Attachment {
  readonly output: Readable;
  readonly #parts: Parts;
  #ended = false;
  readonly #detach = () => this.detach();

  constructor(parts: Parts) {
    this.#parts = parts;
    this.output = Readable.from(parts.bytes, { objectMode: false });
    this.output.on('close', this.#detach);
    parts.signal?.addEventListener('abort', this.#detach, { once: true });
    if (parts.signal?.aborted) this.detach();
  }

  async write(data: string | Uint8Array): Promise<void> {
    const { input, operation } = this.#parts;
    if (input === undefined) {
      const hint = "Create it with tty, or with stdin: 'open'.";
      throw new TcError('its stdin is closed', { code: 'STDIN_CLOSED', operation, hint });
    }
    if (this.#ended) throw this.#over();
    try {
      await input.write(Buffer.from(data as string));
    } catch (cause) {
      throw this.#over(cause);
    }
  }

  resize(size: TerminalSize): void {
    const { terminalFd, operation } = this.#parts;
    if (terminalFd === undefined) {
      const hint = 'Create it with tty.';
      throw new TcError('it has no terminal', { code: 'NO_TERMINAL', operation, hint });
    }
    if (this.#ended) throw this.#over();
    setTerminalSize(terminalFd, size);
  }

  detach(): void {
    if (this.#ended) return;
    this.#ended = true;
    this.#parts.signal?.removeEventListener('abort', this.#detach);
    this.#parts.input?.close();
    void this.#parts.bytes.return?.(); // `output` sees its end
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.detach();
    await this.#parts.bytes.return?.();
  }

  #over(cause?: unknown): TcError {
    const details = { code: 'ATTACHMENT_ENDED' as const, operation: this.#parts.operation, cause };
    return new TcError(
      this.#ended ? 'it was detached' : 'nothing reads its input any more: it has ended, or closed its stdin',
      details,
    );
  }
}
