import { damaged } from './errors.ts';

/** Reads what `ByteWriter` wrote. Nothing in it may be trusted: every length is checked before it is used. */
export class Cursor {
  readonly #bytes: Buffer;
  #at = 0;

  constructor(bytes: Buffer) {
    this.#bytes = bytes;
  }

  get left(): number {
    return this.#bytes.length - this.#at;
  }

  byte(): number {
    const value = this.#bytes[this.#at];
    if (value === undefined) throw damaged('it ends too early');
    this.#at += 1;
    return value;
  }

  /** LEB128, up to 2^53. */
  varint(): number {
    let value = 0;
    for (let scale = 1; ; scale *= 128) {
      const byte = this.byte();
      value += (byte & 0x7f) * scale;
      if (value > Number.MAX_SAFE_INTEGER) throw damaged('a number is too large');
      if (byte < 0x80) return value;
      if (scale > 2 ** 49) throw damaged('a number has no end');
    }
  }

  /** Zigzag: 0, -1, 1, -2, ... */
  signed(): number {
    const value = this.varint();
    return value % 2 === 0 ? value / 2 : -(value + 1) / 2;
  }

  double(): number {
    if (this.left < 8) throw damaged('it ends too early');
    const value = this.#bytes.readDoubleLE(this.#at);
    this.#at += 8;
    return value;
  }

  text(): string {
    const length = this.varint();
    if (length > this.left) throw damaged('a text is longer than what is there');
    const text = this.#bytes.toString('utf8', this.#at, this.#at + length);
    this.#at += length;
    return text;
  }

  /** How many things follow, of which each takes a byte at least. */
  count(atMost: number): number {
    const count = this.varint();
    if (count > this.left || count > atMost) throw damaged('there are more of something than can be');
    return count;
  }
}
