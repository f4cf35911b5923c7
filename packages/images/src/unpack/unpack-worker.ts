/** The thread that unpacks: started by `unpacker.ts`, it takes jobs one after another. */
import { parentPort } from 'node:worker_threads';
import { TcError } from '@tc/linux';
import { type Unpacked, type UnpackJob, unpackFile } from './unpack-file.ts';

/** What passes between the threads: errors lose their classes on the way, so they go as data. */
export type WorkerAnswer =
  | { readonly kind: 'bytes'; readonly bytes: number }
  | { readonly kind: 'done'; readonly unpacked: Unpacked }
  | { readonly kind: 'failed'; readonly error: WorkerError };

export interface WorkerError {
  readonly message: string;
  readonly code: string | undefined;
  readonly operation: string | undefined;
  readonly hint: string | undefined;
}

const port = parentPort;
const tellEveryMs = 40;

port?.on('message', async (job: UnpackJob) => {
  const answer = (message: WorkerAnswer) => port.postMessage(message);
  // A message costs as much as unpacking three files.
  let [bytes, told] = [0, performance.now()];
  const onBytes = (more: number) => {
    bytes += more;
    if (performance.now() - told < tellEveryMs) return;
    answer({ kind: 'bytes', bytes });
    [bytes, told] = [0, performance.now()];
  };
  try {
    const unpacked = await unpackFile(job, onBytes);
    answer({ kind: 'bytes', bytes });
    answer({ kind: 'done', unpacked });
  } catch (error) {
    answer({ kind: 'failed', error: toData(error) });
  }
});

function toData(error: unknown): WorkerError {
  const { message, code } = error as NodeJS.ErrnoException;
  if (!(error instanceof TcError)) return { message, code, operation: undefined, hint: undefined };
  const { operation, hint } = error;
  return { message: message.slice(operation.length + 2), code, operation, hint };
}
