import { constants as os } from 'node:os';
import { exitCodes } from '../cli/exit-code.ts';

/** Ctrl-C lets what is under way clean up after itself; a second one does not wait for that. */
export async function untilInterrupted<T>(act: (signal: AbortSignal) => Promise<T>): Promise<T> {
  const abort = new AbortController();
  const handlers = (['SIGINT', 'SIGTERM', 'SIGHUP'] as const).map((name) => {
    const handler = () => {
      if (abort.signal.aborted) process.exit(exitCodes.signalBase + os.signals[name]);
      process.exitCode = exitCodes.signalBase + os.signals[name];
      abort.abort(Object.assign(new Error('interrupted'), { signal: name }));
    };
    process.on(name, handler);
    return { name, handler };
  });
  try {
    return await act(abort.signal);
  } catch (error) {
    if (abort.signal.aborted) process.exit();
    throw error;
  } finally {
    for (const { name, handler } of handlers) process.off(name, handler);
  }
}
