/**
 * Network figures of a cgroup: of the network namespace that a process of it is in, where that is not ours. Its
 * /proc/PID/net/dev is opened for each reading: an open one would keep the namespace, and whatever is at the other
 * end of its devices, alive after the last process (fs/proc/proc_net.c, seq_open_net() takes a reference).
 */
import { readlinkSync } from 'node:fs';
import { slotOf } from '../figures/slots.ts';
import { nextLine, nextWord, numberAt } from '../parsing/bytes.ts';
import type { ReadBuffer } from './descriptors.ts';

const slots = [
  slotOf.networkReceiveBytes,
  slotOf.networkReceivePackets,
  slotOf.networkTransmitBytes,
  slotOf.networkTransmitPackets,
] as const;
/** Where these are among the numbers of a line. */
const columns = [0, 1, 8, 9] as const;

const COLON = 58;
const SPACE = 32;

/** proc_pid_net(5), net/dev: two lines of headings, then one an interface; lo moves nothing in or out. */
export function parseNetDev(bytes: Uint8Array, end: number, into: Float64Array): void {
  for (const slot of slots) into[slot] = 0;
  let line = nextLine(bytes, nextLine(bytes, 0, end), end);
  for (; line < end; line = nextLine(bytes, line, end)) {
    const colon = bytes.indexOf(COLON, line);
    if (colon === -1 || colon >= end) return;
    let name = line;
    while (bytes[name] === SPACE) name += 1;
    const isLoopback = colon - name === 2 && bytes[name] === 108 && bytes[name + 1] === 111;
    if (!isLoopback) addLine(bytes, colon + 1, end, into);
  }
}

function addLine(bytes: Uint8Array, start: number, end: number, into: Float64Array): void {
  let at = start;
  let wanted = 0;
  for (let column = 0; wanted < columns.length && at !== -1 && at < end; column += 1) {
    while (bytes[at] === SPACE) at += 1;
    if (column === columns[wanted]) {
      const slot = slots[wanted] as number;
      into[slot] = (into[slot] as number) + numberAt(bytes, at, end);
      wanted += 1;
    }
    at = nextWord(bytes, at, end);
  }
}

export const clearNetwork = (into: Float64Array): void => {
  for (const slot of slots) into[slot] = Number.NaN;
};

/** `net:[4026531840]`, or undefined where the process is gone or somebody else's. */
export function networkNamespaceOf(pid: number | 'self'): string | undefined {
  try {
    return readlinkSync(`/proc/${pid}/ns/net`);
  } catch {
    return undefined;
  }
}

/** What of a cgroup's network is known between two readings. */
export class NetworkReader {
  readonly #own: string | undefined;
  #pid: number | undefined;
  #namespace: string | undefined;

  constructor(own = networkNamespaceOf('self')) {
    this.#own = own;
  }

  /** A process to look through from now on. */
  use(pid: number | undefined): void {
    this.#pid = pid;
    this.#namespace = pid === undefined ? undefined : networkNamespaceOf(pid);
  }

  /** Whether that process is still in that namespace: its number may be another process's by now. */
  isThere(): boolean {
    return (
      this.#pid !== undefined &&
      this.#namespace !== undefined &&
      networkNamespaceOf(this.#pid) === this.#namespace
    );
  }

  /** Whether there is one, in a namespace that is not ours. */
  get isOwn(): boolean {
    return this.#namespace !== undefined && this.#own !== undefined && this.#namespace !== this.#own;
  }

  /** @returns false where there is no network of its own, or the process is gone: then all figures are NaN */
  read(buffer: ReadBuffer, into: Float64Array): boolean {
    if (this.isOwn && this.isThere()) {
      try {
        const end = buffer.readFile(`/proc/${this.#pid}/net/dev`);
        parseNetDev(buffer.bytes, end, into);
        return true;
      } catch {}
    }
    clearNetwork(into);
    return false;
  }
}
