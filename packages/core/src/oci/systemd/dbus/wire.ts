/** D-Bus values to bytes and back, by their signature: dbus-specification, "Type System" and "Marshaling". Pure. */

/** `signature` is one complete type: `{ signature: 't', value: 5n }`. */
export interface Variant {
  readonly signature: string;
  readonly value: Value;
}

/** y, n, q, i, u: number; x, t: bigint; b: boolean; s, o, g: string; arrays and structs: arrays; v: Variant. */
export type Value = string | number | bigint | boolean | Variant | readonly Value[];

const alignments: Readonly<Record<string, number>> = {
  ...{ y: 1, g: 1, v: 1, n: 2, q: 2, i: 4, u: 4, b: 4, s: 4, o: 4, a: 4, x: 8, t: 8, '(': 8, '{': 8 },
};

/** "Message Protocol": an array has at most 64 MiB, and types nest at most so deep. */
const arrayLimit = 2 ** 26;
const depthLimit = 32;

/** The complete types of a signature: `sa(sv)u` is `s`, `a(sv)`, `u`. @throws Error */
export function typesOf(signature: string): string[] {
  const types: string[] = [];
  for (let at = 0; at < signature.length; ) {
    const end = endOfType(signature, at, 0);
    types.push(signature.slice(at, end));
    at = end;
  }
  return types;
}

function endOfType(signature: string, at: number, depth: number): number {
  const code = signature[at] ?? '';
  if (depth > depthLimit || !Object.hasOwn(alignments, code)) throw malformed(`signature ${signature}`);
  if (code === 'a') return endOfType(signature, at + 1, depth + 1);
  if (code !== '(' && code !== '{') return at + 1;
  const close = code === '(' ? ')' : '}';
  let end = at + 1;
  // An array of empty structs would have no end.
  if (signature[end] === close) throw malformed(`signature ${signature}`);
  while (signature[end] !== close) end = endOfType(signature, end, depth + 1);
  return end + 1;
}

const malformed = (what: string) => new Error(`the bus sent what is no D-Bus message: ${what}`);
const alignmentOf = (type: string) => alignments[type[0] ?? ''] ?? 1;
const fieldsOf = (struct: string) => typesOf(struct.slice(1, -1));

export class Writer {
  readonly #bytes: number[] = [];

  get bytes(): Uint8Array {
    return Uint8Array.from(this.#bytes);
  }

  align(to: number): void {
    while (this.#bytes.length % to !== 0) this.#bytes.push(0);
  }

  writeAll(signature: string, values: readonly Value[]): void {
    for (const [index, type] of typesOf(signature).entries()) this.write(type, values[index] as Value);
  }

  write(type: string, value: Value): void {
    this.align(alignmentOf(type));
    switch (type[0]) {
      case 'y':
        this.#bytes.push(Number(value));
        break;
      case 'n':
      case 'q':
        this.#number(2, BigInt(value as number));
        break;
      case 'b':
      case 'i':
      case 'u':
        this.#number(4, BigInt(value as number | boolean));
        break;
      case 'x':
      case 't':
        this.#number(8, value as bigint);
        break;
      case 's':
      case 'o':
        this.#text(value as string, 4);
        break;
      case 'g':
        this.#text(value as string, 1);
        break;
      case 'v': {
        const variant = value as Variant;
        this.#text(variant.signature, 1);
        this.write(variant.signature, variant.value);
        break;
      }
      case 'a':
        this.#array(type.slice(1), value as readonly Value[]);
        break;
      default:
        for (const [index, field] of fieldsOf(type).entries())
          this.write(field, (value as readonly Value[])[index] as Value);
    }
  }

  #number(size: number, value: bigint, at = this.#bytes.length): void {
    const bits = BigInt.asUintN(size * 8, value);
    for (let index = 0; index < size; index += 1)
      this.#bytes[at + index] = Number((bits >> BigInt(8 * index)) & 0xffn);
  }

  #text(text: string, size: 1 | 4): void {
    const bytes = Buffer.from(text);
    this.#number(size, BigInt(bytes.length));
    this.#bytes.push(...bytes, 0);
  }

  /** Its length counts neither itself nor what aligns the first element. */
  #array(type: string, values: readonly Value[]): void {
    const length = this.#bytes.length;
    this.#number(4, 0n);
    this.align(alignmentOf(type));
    const start = this.#bytes.length;
    for (const value of values) this.write(type, value);
    this.#number(4, BigInt(this.#bytes.length - start), length);
  }
}

/** Of little-endian bytes. Whatever they are, it reads nothing outside. */
export class Reader {
  readonly #bytes: Buffer;
  #at: number;

  constructor(bytes: Buffer, at = 0) {
    this.#bytes = bytes;
    this.#at = at;
  }

  align(to: number): void {
    this.#at += (to - (this.#at % to)) % to;
  }

  get at(): number {
    return this.#at;
  }

  /** @throws Error */
  readAll(signature: string): Value[] {
    return typesOf(signature).map((type) => this.read(type, 0));
  }

  read(type: string, depth: number): Value {
    if (depth > 2 * depthLimit) throw malformed('it nests too deep');
    this.align(alignmentOf(type));
    switch (type[0]) {
      case 'y':
        return this.#take(1).readUInt8();
      case 'n':
        return this.#take(2).readInt16LE();
      case 'q':
        return this.#take(2).readUInt16LE();
      case 'i':
        return this.#take(4).readInt32LE();
      case 'u':
        return this.#take(4).readUInt32LE();
      case 'b':
        return this.#take(4).readUInt32LE() !== 0;
      case 'x':
        return this.#take(8).readBigInt64LE();
      case 't':
        return this.#take(8).readBigUInt64LE();
      case 's':
      case 'o':
        return this.#text(this.#take(4).readUInt32LE());
      case 'g':
        return this.#text(this.#take(1).readUInt8());
      case 'v': {
        const signature = this.#text(this.#take(1).readUInt8());
        const [inner, ...rest] = typesOf(signature);
        if (inner === undefined || rest.length > 0) throw malformed(`a variant of ${signature}`);
        return { signature, value: this.read(inner, depth + 1) };
      }
      case 'a':
        return this.#array(type.slice(1), depth);
      default:
        return fieldsOf(type).map((field) => this.read(field, depth + 1));
    }
  }

  #array(type: string, depth: number): Value[] {
    const length = this.#take(4).readUInt32LE();
    this.align(alignmentOf(type));
    const end = this.#at + length;
    if (length > arrayLimit || end > this.#bytes.length) throw malformed('an array is longer than it');
    const values: Value[] = [];
    while (this.#at < end) values.push(this.read(type, depth + 1));
    return values;
  }

  #text(length: number): string {
    const text = this.#take(length).toString();
    this.#take(1);
    return text;
  }

  #take(length: number): Buffer {
    const end = this.#at + length;
    if (end > this.#bytes.length) throw malformed('it ends early');
    const taken = this.#bytes.subarray(this.#at, end);
    this.#at = end;
    return taken;
  }
}
