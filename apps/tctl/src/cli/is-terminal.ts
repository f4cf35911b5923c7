import { fstatSync } from 'node:fs';
import { isatty } from 'node:tty';

/** /dev/null, major 1 and minor 3: Documentation/admin-guide/devices.txt of Linux. */
const nullDevice = 0x103;

/** isatty(3); but node:tty, and all of streams and sockets with it, is loaded only for what may be a terminal. */
export function isTerminal(fd: number): boolean {
  try {
    const stats = fstatSync(fd);
    return stats.isCharacterDevice() && stats.rdev !== nullDevice && isatty(fd);
  } catch {
    return false; // it is closed
  }
}
