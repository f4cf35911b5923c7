/** The highest of the values that are known; 0 where none is. NaN is no value, which Math.max() would answer with. */
export function highest(values: ArrayLike<number>): number {
  let most = 0;
  for (let index = 0; index < values.length; index += 1) {
    const value = values[index] ?? 0;
    if (!(value <= most) && !Number.isNaN(value)) most = value;
  }
  return most;
}
