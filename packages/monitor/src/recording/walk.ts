import { fileHeadBytes } from './format.ts';
import type { PlacedRecord, RecordFile } from './record-file.ts';

/**
 * Goes from record to record, over what is damaged, up to where no whole record follows. What follows there is a record
 * that is being written, or was when its writer was killed.
 */
export class Walk {
  readonly #file: RecordFile;
  /** Where the next record begins. */
  at = fileHeadBytes;
  /** How often something had to be skipped. */
  damages = 0;
  #last: PlacedRecord | undefined;

  constructor(file: RecordFile) {
    this.#file = file;
  }

  /** Begins anew at a record. */
  moveTo(at: number): void {
    this.at = at;
    this.#last = undefined;
  }

  /** @returns undefined where there is none yet; to be asked again when the file has grown */
  async next(size: number): Promise<PlacedRecord | undefined> {
    let record = this.at >= size ? undefined : await this.#file.headAt(this.at, size);
    if (record === undefined && this.at < size) {
      // Either this one is damaged, or the one before is, and its length has led here.
      const isBefore = this.#last !== undefined && !(await this.#file.isWhole(this.#last));
      record = await this.#file.findFrom((isBefore ? this.#last?.at : this.at) ?? this.at, size);
      if (record !== undefined) this.damages += 1;
    }
    if (record === undefined) return undefined;
    this.#last = record;
    this.at = record.at + record.bytes;
    return record;
  }
}
