import type { CgroupReader } from './cgroup-reader.ts';
import { monotonicMs as now } from './monotonic.ts';
import { sampleLayout, sampleLength } from './sample-memory.ts';

/**
 * Puts what a reader has read into a sample's layout.
 * @param before the sample before, by which one sees whether anything has changed
 */
export function fillSample(
  into: Float64Array,
  reader: CgroupReader,
  costUsec: number,
  before?: Float64Array,
): void {
  const { figures, rates, monotonicMs, changedMs, bornMs, costUsec: cost } = sampleLayout;
  let isSame = before !== undefined;
  for (let index = figures; index < sampleLength; index += 1) {
    const value = index < rates ? reader.figures[index - figures] : reader.rates[index - rates];
    if (isSame && !Object.is(value, before?.[index])) isSame = false;
    into[index] = value as number;
  }
  into[monotonicMs] = now();
  into[changedMs] = (isSame ? before?.[changedMs] : into[monotonicMs]) as number;
  into[bornMs] = reader.bornMs;
  into[cost] = costUsec;
}
