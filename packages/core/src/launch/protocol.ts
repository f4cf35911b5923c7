/**
 * What the supervisor and Node.js say to each other over the control socket.
 *
 * Supervisor to Node.js: 8-byte messages {u32 kind, u32 value}; a kind below `messages.ready` is the number of a
 * step that failed, its value the errno. The last is a whole record instead, which starts with `messages.ended`.
 * Node.js to the supervisor: 8-byte orders {u32, 0}: a signal number, or one of `orders`. Hanging up ends an attached
 * container.
 */

/** The control socket's descriptor in the supervisor: the first after the standard streams. */
export const controlFd = 3;
/** A network namespace to join, where the supervisor was given one. */
export const networkFd = 4;

export const messages = {
  /** Inside the container's error pipe only: everything but the execve is done. */
  ready: 0xffff0000,
  /** Inside the error pipe of an exec only: the value is the pid of the process that becomes the command. */
  born: 0xffff0006,
  /** The command runs; the value is its pid on the host. */
  started: 0xffff0001,
  /** An OCI container's mounts are there, and the old root still is; the value is its pid. `orders.mapped` lets it go on. */
  mounted: 0xffff0007,
  /** The launcher of an OCI container waits to be put into its cgroup; `orders.mapped` lets it go on. */
  adopt: 0xffff0008,
  /** The container's first process died before its command ran. */
  died: 0xffff0002,
  /** The record follows. */
  ended: 0xffff0003,
  /** The value is the supervisor's descriptor of the terminal's master. Comes before `started`. */
  terminal: 0xffff0004,
  /** The value is the pid of a process whose ids are to be mapped; `orders.mapped` lets it go on. */
  mapIds: 0xffff0005,
} as const;

export const orders = {
  /** The container is no longer tied to whoever started it, and its terminal's output goes to the log. */
  detach: 0x100,
  /** What was asked for is done: the ids are mapped, the hooks have run, systemd has the launcher. */
  mapped: 0x101,
  /** The owner has a descriptor of its own of the terminal: the supervisor may end without losing what it shows. */
  taken: 0x102,
} as const;

/** Why the supervisor ended the container, 0 where it did not. */
export const causes = { none: 0, timeout: 1, ownerGone: 2, cpu: 3, output: 4 } as const;

/** Offsets in the record; each field is 8 bytes unless said otherwise. The file `exited` holds the same. */
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
  /** struct timespec, CLOCK_REALTIME. */
  startedAt: 200,
  finishedAt: 216,
} as const;

const figuresOffset = 232;

/** One figure: its length (a negative errno, or 0 where it could not be opened), then its text. */
export const figureSize = 1024;

export function figureOffset(index: number): number {
  return figuresOffset + index * figureSize;
}

export function recordSize(figures: number): number {
  return figureOffset(figures);
}

/** The file `running`; each field is 8 bytes unless said otherwise. It is there from the start to the end of a run. */
export const runningLayout = {
  /** u32 `runningMagic`, u32 version 1. */
  magic: 0,
  /** The container's first process and the supervisor, as the host sees them. */
  pid: 8,
  supervisorPid: 16,
  /** Descriptors of the supervisor, -1 where there is none: the terminal's master; the other end of stdin. */
  terminalFd: 24,
  stdinFd: 32,
  /** struct timespec, CLOCK_REALTIME. */
  startedAt: 40,
  size: 56,
} as const;
export const runningMagic = 0x5443_524e;

/** One entry of the journal of events. */
export const eventLayout = {
  /** u32 `eventMagic`, u32 kind. */
  magic: 0,
  kind: 4,
  /** struct timespec, CLOCK_REALTIME. */
  time: 8,
  /** start: the pid; exit: the status as wait(2) gives it and, above 32 bits, the cause, -1 where nobody knows them; oom, pidsMax: how often so far, -1 where not known. */
  value: 24,
  /** 64 bytes each, padded with NUL. */
  id: 32,
  name: 96,
  size: 160,
} as const;
export const eventMagic = 0x5443_4556;

export const eventKinds = {
  create: 1,
  start: 2,
  exit: 3,
  remove: 4,
  pause: 5,
  resume: 6,
  update: 7,
  rename: 8,
  oom: 9,
  pidsMax: 10,
} as const;

/** A frame of a log: this header, then so many bytes as the stream gave at once. */
export const logFrameLayout = {
  /** u32 `logMagic` + stream: 1 stdout, 2 stderr; a terminal's output is stdout. */
  magic: 0,
  /** u32: of the data, at most `maxData`. */
  length: 4,
  /** struct timespec, CLOCK_REALTIME. */
  time: 8,
  header: 24,
  maxData: 16384,
} as const;
export const logMagic = 0x5443_4c00;
