import { setTimeout as sleep } from 'node:timers/promises';

export interface LiveMemory {
  /** Of the main thread, with all garbage collected: objects, and array buffers (where the history is). */
  readonly liveMiB: number;
  /** Of the whole process, after that. */
  readonly rssMiB: number;
}

/** For NODE_OPTIONS of the program: where its inspector is to listen once SIGUSR1 has started it. */
export const inspectPort = 9329;

/**
 * What a running Node.js really needs, of which resident memory says little: garbage is collected when V8 likes to. Its
 * inspector, which SIGUSR1 starts (Node.js' documentation, Signal events), collects it.
 */
export async function liveMemory(pid: number): Promise<LiveMemory> {
  process.kill(pid, 'SIGUSR1');
  using inspector = await connect();
  await inspector.call('HeapProfiler.enable');
  await inspector.call('HeapProfiler.collectGarbage');
  const { result } = await inspector.call('Runtime.evaluate', {
    expression: 'process.memoryUsage()',
    returnByValue: true,
  });
  const { heapUsed = 0, arrayBuffers = 0, rss = 0 } = result?.value ?? {};
  return { liveMiB: (heapUsed + arrayBuffers) / 2 ** 20, rssMiB: rss / 2 ** 20 };
}

interface Answer {
  readonly id: number;
  readonly result: { readonly result?: { readonly value?: Readonly<Record<string, number>> } };
}

interface Inspector extends Disposable {
  call(method: string, params?: object): Promise<Answer['result']>;
}

async function connect(): Promise<Inspector> {
  const socket = new WebSocket(await debuggerUrl());
  await new Promise<unknown>((opened) => socket.addEventListener('open', opened, { once: true }));
  let last = 0;
  return {
    call(method, params = {}) {
      last += 1;
      const id = last;
      const { promise, resolve } = Promise.withResolvers<Answer['result']>();
      const listener = ({ data }: MessageEvent) => {
        const answer: Answer = JSON.parse(String(data));
        if (answer.id !== id) return;
        socket.removeEventListener('message', listener);
        resolve(answer.result);
      };
      socket.addEventListener('message', listener);
      socket.send(JSON.stringify({ id, method, params }));
      return promise;
    },
    [Symbol.dispose]: () => socket.close(),
  };
}

async function debuggerUrl(): Promise<string> {
  for (let left = 100; ; left -= 1) {
    try {
      const answer = await fetch(`http://127.0.0.1:${inspectPort}/json`);
      const [target] = (await answer.json()) as readonly { readonly webSocketDebuggerUrl: string }[];
      if (target !== undefined) return target.webSocketDebuggerUrl;
    } catch (error) {
      if (left === 0) throw error; // the signal has not been handled for ten seconds
    }
    await sleep(100);
  }
}
