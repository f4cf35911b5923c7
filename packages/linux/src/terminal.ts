import { systemCall } from './libc.ts';

/** The size of a terminal, in characters. */
export interface TerminalSize {
  columns: number;
  rows: number;
}

// asm-generic/ioctls.h; struct winsize is four unsigned shorts, the last two unused: ioctl_tty(2).
const TIOCGWINSZ = 0x5413;
const TIOCSWINSZ = 0x5414;
const winsizeSize = 8;

/** @throws SyscallError ENOTTY where the descriptor is no terminal */
export function terminalSize(fd: number): TerminalSize {
  const size = Buffer.alloc(winsizeSize);
  systemCall('ioctl', fd, TIOCGWINSZ, size);
  return { rows: size.readUInt16LE(0), columns: size.readUInt16LE(2) };
}

/**
 * Through either end of it. Where the size changes, the foreground process group gets SIGWINCH.
 * @throws SyscallError ENOTTY where the descriptor is no terminal
 */
export function setTerminalSize(fd: number, { columns, rows }: TerminalSize): void {
  const size = Buffer.alloc(winsizeSize);
  size.writeUInt16LE(rows, 0);
  size.writeUInt16LE(columns, 2);
  systemCall('ioctl', fd, TIOCSWINSZ, size);
}

// struct termios of the kernel (not of libc), asm-generic/termbits.h: four flags of 32 bits, c_line, 19 of c_cc.
const TCGETS = 0x5401;
const TCSETS = 0x5402;
const termiosSize = 36;
const [iflag, oflag, cflag, lflag, cc] = [0, 4, 8, 12, 17];
const [VTIME, VMIN] = [5, 6];

/** What is cleared of each flag by cfmakeraw(3). */
const notRaw: readonly (readonly [number, number])[] = [
  [iflag, 0o2753], // IGNBRK BRKINT PARMRK ISTRIP INLCR IGNCR ICRNL IXON
  [oflag, 0o1], // OPOST
  [cflag, 0o460], // CSIZE PARENB
  [lflag, 0o100113], // ECHO ECHONL ICANON ISIG IEXTEN
];
const CS8 = 0o60;

/**
 * Has a terminal pass every byte on as it is, both ways. Node.js's `setRawMode` does not: it leaves ONLCR set, which
 * moves the cursor to the left where a full-screen program means only down.
 * @returns what makes it as it was
 * @throws SyscallError ENOTTY where the descriptor is no terminal
 */
export function makeRaw(fd: number): () => void {
  const before = Buffer.alloc(termiosSize);
  systemCall('ioctl', fd, TCGETS, before);
  const raw = Buffer.from(before);
  for (const [at, mask] of notRaw) raw.writeUInt32LE((raw.readUInt32LE(at) & ~mask) >>> 0, at);
  raw.writeUInt32LE((raw.readUInt32LE(cflag) | CS8) >>> 0, cflag);
  raw[cc + VTIME] = 0;
  raw[cc + VMIN] = 1;
  systemCall('ioctl', fd, TCSETS, raw);
  return () => {
    systemCall('ioctl', fd, TCSETS, before);
  };
}
