/** A connection with a bus, or with one program directly: dbus-specification, "Authentication Protocol". */
import { connect, type Socket } from 'node:net';
import { decodeMessage, encodeMessage, type Message } from './message.ts';
import type { Value } from './wire.ts';

export interface Call {
  readonly destination: string;
  readonly path: string;
  readonly interface: string;
  readonly member: string;
  readonly signature?: string;
  readonly body?: readonly Value[];
}

/** What the other side answers in place of a reply: `errorName` such as org.freedesktop.systemd1.NoSuchUnit. */
export class BusError extends Error {
  readonly errorName: string;

  constructor(errorName: string, message: string) {
    super(message || errorName);
    this.errorName = errorName;
  }
}

/** libdbus's own default. */
const callTimeoutMs = 25_000;

export class BusConnection {
  readonly #socket: Socket;
  readonly #calls = new Map<number, PromiseWithResolvers<Message>>();
  readonly #onSignal: (signal: Message) => void;
  #received: Buffer = Buffer.alloc(0);
  #serial = 0;
  /** Until it is let in: a systemd that reads a message together with `BEGIN` waits for more before it looks at it. */
  #held: Uint8Array[] | undefined = [];
  #failure: Error | undefined;

  private constructor(socket: Socket, onSignal: (signal: Message) => void) {
    this.#socket = socket;
    this.#onSignal = onSignal;
    socket.on('data', (chunk: Buffer) => this.#receive(chunk));
    socket.on('error', (error) => this.#fail(error));
    socket.on('close', () => this.#fail(new Error('the bus hung up')));
    // EXTERNAL without an identity: the kernel has told the other side whose socket this is (unix(7), SO_PEERCRED). In a
    // user namespace this process would not know its own id as the bus has it.
    socket.write('\0AUTH EXTERNAL\r\nDATA\r\nBEGIN\r\n');
  }

  /** @param path of its socket; one that starts with NUL is abstract: unix(7). @throws NodeJS.ErrnoException */
  static async open(path: string, onSignal: (signal: Message) => void): Promise<BusConnection> {
    const socket = connect({ path });
    const connected = Promise.withResolvers<void>();
    socket.once('connect', connected.resolve);
    socket.once('error', connected.reject);
    await connected.promise;
    socket.off('error', connected.reject);
    return new BusConnection(socket, onSignal);
  }

  /** @throws BusError where it is refused, Error where the bus is gone or silent */
  async call(call: Call): Promise<Message> {
    if (this.#failure !== undefined) throw this.#failure;
    this.#serial += 1;
    const serial = this.#serial;
    const answer = Promise.withResolvers<Message>();
    this.#calls.set(serial, answer);
    const timer = setTimeout(() => {
      answer.reject(new Error(`no answer to ${call.member} in ${callTimeoutMs / 1000} s`));
    }, callTimeoutMs);
    const { body = [], signature, ...rest } = call;
    const message = encodeMessage({ ...rest, type: 'call', serial, signature, body });
    if (this.#held === undefined) this.#socket.write(message);
    else this.#held.push(message);
    try {
      return await answer.promise;
    } finally {
      clearTimeout(timer);
      this.#calls.delete(serial);
    }
  }

  close(): void {
    this.#socket.destroy();
  }

  #receive(chunk: Buffer): void {
    this.#received = Buffer.concat([this.#received, chunk]);
    try {
      if (this.#held !== undefined && !this.#readAnswers(this.#held)) return;
      for (let next = decodeMessage(this.#received); next !== undefined; ) {
        this.#received = this.#received.subarray(next.size);
        this.#take(next.message);
        next = decodeMessage(this.#received);
      }
    } catch (error) {
      this.#fail(error as Error);
      this.#socket.destroy();
    }
  }

  /** Lines, of which the first is an empty challenge. */
  #readAnswers(held: readonly Uint8Array[]): boolean {
    for (let end = this.#received.indexOf('\r\n'); end !== -1; end = this.#received.indexOf('\r\n')) {
      const line = this.#received.subarray(0, end).toString('latin1');
      this.#received = this.#received.subarray(end + 2);
      if (line.startsWith('OK ')) {
        this.#held = undefined;
        for (const message of held) this.#socket.write(message);
        return true;
      }
      if (!line.startsWith('DATA')) throw new Error(`the bus does not let this user in: ${line}`);
    }
    return false;
  }

  #take(message: Message): void {
    if (message.type === 'signal') this.#onSignal(message);
    const call = this.#calls.get(message.replySerial ?? 0);
    if (message.type === 'return') call?.resolve(message);
    if (message.type !== 'error') return;
    const [text] = message.body;
    call?.reject(new BusError(message.errorName ?? '', typeof text === 'string' ? text : ''));
  }

  #fail(error: Error): void {
    this.#failure ??= error;
    for (const { reject } of this.#calls.values()) reject(this.#failure);
    this.#calls.clear();
  }
}
