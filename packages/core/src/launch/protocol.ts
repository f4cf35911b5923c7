/**
 * What the supervisor and Node.js say to each other over the control socket.
 *
 * Supervisor to Node.js: 8-byte messages {u32 kind, u32 value}; a kind below `messages.ready` is the number of a
 * step that failed, its value the errno. The last is a whole record instead, which starts with `messages.ended`.
 * Node.js to the supervisor: a signal number as 8 bytes. Hanging up ends the container.
 */

/** The control socket's descriptor in the supervisor: the first after the standard streams. */
export const controlFd = 3;

export const messages = {
  /** Inside the container's error pipe only: everything but the execve is done. */
  ready: 0xffff0000,
  /** The command runs; the value is its pid on the host. */
  started: 0xffff0001,
  /** The container's first process died before its command ran. */
  died: 0xffff0002,
  /** The record follows. */
  ended: 0xffff0003,
} as const;

/** Why the supervisor ended the container, 0 where it did not. */
export const causes = { none: 0, timeout: 1, ownerGone: 2 } as const;

/** Offsets in the record; each field is 8 bytes unless said otherwise. */
export const recordLayout = {
  kind: 0,
  /** As wait(2) gives it. */
  status: 8,
  cause: 16,
  /** struct timespec, CLOCK_MONOTONIC: right before the clone. */
  start: 24,
  end: 40,
  /** struct rusage, 144 bytes: getrusage(2). */
  rusage: 56,
} as const;

const figuresOffset = 200;

/** One figure: its length (a negative errno, or 0 where it could not be opened), then its text. */
export const figureSize = 1024;

export function figureOffset(index: number): number {
  return figuresOffset + index * figureSize;
}

export function recordSize(figures: number): number {
  return figureOffset(figures);
}
