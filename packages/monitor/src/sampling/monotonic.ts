/** CLOCK_MONOTONIC in milliseconds: the same in every thread, while performance.now() counts from a thread's start. */
const offsetMs = Math.max(...Array.from({ length: 10 }, measureOffset));

/** Time that passes between the two clocks makes it smaller, so the largest of some is the best. */
function measureOffset(): number {
  const [seconds, nanoseconds] = process.hrtime();
  return seconds * 1000 + nanoseconds / 1e6 - performance.now();
}

export const monotonicMs = (): number => performance.now() + offsetMs;
