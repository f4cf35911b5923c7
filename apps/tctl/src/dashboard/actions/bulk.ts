/** One act on many. */

export interface Failure<T> {
  readonly item: T;
  readonly error: unknown;
}

export interface BulkOutcome<T> {
  readonly done: readonly T[];
  /** In the order of the items. */
  readonly failed: readonly Failure<T>[];
}

/** So many at a time: each may wait ten seconds for something to stop, and a thousand at once would be no help. */
const atOnce = 8;

/**
 * Does something with all, whatever comes of each.
 * @param onProgress with how many are through, after each
 */
export async function onAll<T>(
  items: readonly T[],
  act: (item: T) => Promise<unknown>,
  onProgress: (through: number) => void = () => {},
): Promise<BulkOutcome<T>> {
  const errors = new Map<T, unknown>();
  const waiting = items.values();
  let through = 0;
  const work = async () => {
    for (const item of waiting) {
      try {
        await act(item);
      } catch (error) {
        errors.set(item, error);
      }
      through += 1;
      onProgress(through);
    }
  };
  await Promise.all(Array.from({ length: Math.min(atOnce, items.length) }, work));
  return {
    done: items.filter((item) => !errors.has(item)),
    failed: items.flatMap((item) => (errors.has(item) ? { item, error: errors.get(item) } : [])),
  };
}
