/** Sizes as Docker prints them: of memory by 1024, with four digits; of what was transferred by 1000, with three. */
const binary = ['B', 'KiB', 'MiB', 'GiB', 'TiB', 'PiB'] as const;
const decimal = ['B', 'kB', 'MB', 'GB', 'TB', 'PB', 'EB'] as const;

/** `45.3MiB` */
export function memorySize(bytes: number): string {
  return scaled(bytes, 1024, binary, 4);
}

/** `1.45kB` */
export function transferSize(bytes: number): string {
  return scaled(bytes, 1000, decimal, 3);
}

function scaled(bytes: number, base: number, units: readonly string[], digits: number): string {
  let [value, step] = [bytes, 0];
  while (step < units.length - 1 && Number(value.toPrecision(digits)) >= base) {
    value /= base;
    step += 1;
  }
  return `${Number(value.toPrecision(digits))}${units[step]}`;
}
