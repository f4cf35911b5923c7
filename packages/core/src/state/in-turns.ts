/** For so long nothing else of this process has its turn: somebody may be typing. */
const turnMs = 5;

/** Acts on one after the other without blocking the event loop for longer than a turn and one act. */
export async function inTurns<T>(items: Iterable<T>, act: (item: T) => void): Promise<void> {
  let turnBeganAt = Date.now(); // `performance` would have to be loaded
  for (const item of items) {
    act(item);
    if (Math.abs(Date.now() - turnBeganAt) < turnMs) continue;
    await new Promise<void>((resolve) => setImmediate(resolve));
    turnBeganAt = Date.now();
  }
}
