/** How much slower than a usual machine this one is: the emulated one of tools/kernel-vm is about 15 times. */
export const slowness = Number(process.env['TC_TIMEOUT_SCALE'] ?? 1);

export function scaled(milliseconds: number): number {
  return milliseconds * slowness;
}
