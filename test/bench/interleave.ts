/** One thing to measure. */
export interface Case {
  readonly name: string;
  /** Runs it so many times at once. @returns milliseconds until all have ended. @throws where one fails */
  measure(atOnce: number): Promise<number>;
}

/**
 * Measures each case once a round, starting with another one each time: whatever else the machine does, it does
 * to all of them. @returns the samples of each case, in the cases' order.
 */
export async function interleave(
  cases: readonly Case[],
  { rounds, atOnce }: { rounds: number; atOnce: number },
): Promise<number[][]> {
  const samples = cases.map((): number[] => []);
  for (let round = 0; round < rounds; round += 1) {
    for (let turn = 0; turn < cases.length; turn += 1) {
      const index = (round + turn) % cases.length;
      const ms = await cases[index]?.measure(atOnce);
      if (ms !== undefined) samples[index]?.push(ms);
    }
  }
  return samples;
}
