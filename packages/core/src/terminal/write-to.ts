import type { Writable } from 'node:stream';

/** Settles each write when the kernel has all of it. */
export function writerTo(stream: Writable): (bytes: Uint8Array) => Promise<void> {
  return (bytes) =>
    new Promise((resolve, reject) => {
      stream.write(bytes, (error) => (error ? reject(error) : resolve()));
    });
}
