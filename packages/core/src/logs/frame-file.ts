import { closeSync, constants, fstatSync, openSync, read } from 'node:fs';
import { promisify } from 'node:util';
import { type FrameFormat, parseFrames } from './frame-format.ts';

const pieceBytes = 256 * 1024;
const readAt = promisify(read);

/** A file of frames that others append to. Reading goes on from where it got to, also after the file was renamed. */
export class FrameFile<Frame> {
  readonly inode: number;
  readonly #fd: number;
  readonly #format: FrameFormat<Frame>;
  /** Always where a frame starts: one that is not all there is read again. */
  #position = 0;

  /** @returns undefined where there is no such file */
  static open<Frame>(path: string, format: FrameFormat<Frame>): FrameFile<Frame> | undefined {
    try {
      return new FrameFile(openSync(path, constants.O_RDONLY | constants.O_NOFOLLOW), format);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
      throw error;
    }
  }

  private constructor(fd: number, format: FrameFormat<Frame>) {
    this.#fd = fd;
    this.#format = format;
    this.inode = fstatSync(fd).ino;
  }

  /** Skips what came before; without effect where the file is not as long. */
  skipTo(position: number): void {
    if (position <= fstatSync(this.#fd).size) this.#position = position;
  }

  /** The next frames; none where there are none yet. */
  async read(): Promise<Frame[]> {
    for (;;) {
      const left = fstatSync(this.#fd).size - this.#position;
      if (left <= 0) return [];
      const buffer = Buffer.allocUnsafeSlow(Math.min(left, pieceBytes));
      const { bytesRead } = await readAt(this.#fd, buffer, 0, buffer.length, this.#position);
      const { frames, used } = parseFrames(this.#format, buffer.subarray(0, bytesRead));
      this.#position += used;
      if (frames.length > 0 || used === 0) return frames;
    }
  }

  close(): void {
    closeSync(this.#fd);
  }
}
