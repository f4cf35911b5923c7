let lastMs = 0;

/** Milliseconds since 1970, with a fraction: what a process makes later is later, within one millisecond too. */
export function creationTimeMs(): number {
  lastMs = Math.max(Date.now(), lastMs + 0.001);
  return lastMs;
}
