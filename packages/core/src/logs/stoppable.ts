/**
 * An iterator that ends at once when it is told to: an async generator's own `return()` waits for what the generator
 * waits for. The generator gets a signal, stops waiting when that is aborted, and closes what it has open.
 * @param signal ends it as well, without an error
 */
export function stoppable<T>(
  generate: (signal: AbortSignal) => AsyncGenerator<T, void>,
  signal?: AbortSignal,
): AsyncIterableIterator<T, void> & AsyncDisposable {
  const controller = new AbortController();
  const generator = generate(
    signal === undefined ? controller.signal : AbortSignal.any([signal, controller.signal]),
  );
  const stop = () => {
    controller.abort();
    return generator.return();
  };
  return {
    next: () => generator.next(),
    return: stop,
    [Symbol.asyncIterator]() {
      return this;
    },
    async [Symbol.asyncDispose]() {
      await stop();
    },
  };
}
