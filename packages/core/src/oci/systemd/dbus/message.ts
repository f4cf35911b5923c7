/** Messages of D-Bus: dbus-specification, "Message Protocol". Pure. */
import { Reader, type Value, type Variant, Writer } from './wire.ts';

export type MessageType = 'call' | 'return' | 'error' | 'signal';
const types: readonly MessageType[] = ['call', 'return', 'error', 'signal'];

export interface Message {
  readonly type: MessageType;
  readonly serial: number;
  readonly path?: string | undefined;
  readonly interface?: string | undefined;
  readonly member?: string | undefined;
  readonly errorName?: string | undefined;
  readonly replySerial?: number | undefined;
  readonly destination?: string | undefined;
  readonly sender?: string | undefined;
  readonly signature?: string | undefined;
  readonly body: readonly Value[];
}

type FieldName = Exclude<keyof Message, 'type' | 'serial' | 'body'>;

const fields: readonly { readonly code: number; readonly name: FieldName; readonly type: string }[] = [
  { code: 1, name: 'path', type: 'o' },
  { code: 2, name: 'interface', type: 's' },
  { code: 3, name: 'member', type: 's' },
  { code: 4, name: 'errorName', type: 's' },
  { code: 5, name: 'replySerial', type: 'u' },
  { code: 6, name: 'destination', type: 's' },
  { code: 7, name: 'sender', type: 's' },
  { code: 8, name: 'signature', type: 'g' },
];

/** Endianness, type, flags, version, length of the body, serial; then the length of the fields. */
const fixedBytes = 16;
/** "Message Protocol": a message has at most 128 MiB. */
const sizeLimit = 2 ** 27;

export function encodeMessage(message: Message): Uint8Array {
  const body = new Writer();
  body.writeAll(message.signature ?? '', message.body);
  const header = new Writer();
  const given = fields.flatMap(({ code, name, type }) => {
    const value = message[name];
    return value === undefined ? [] : [[code, { signature: type, value }]];
  });
  header.writeAll('yyyyuua(yv)', [
    'l'.charCodeAt(0),
    types.indexOf(message.type) + 1,
    0,
    1,
    body.bytes.length,
    message.serial,
    given,
  ]);
  header.align(8);
  return Buffer.concat([header.bytes, body.bytes]);
}

/**
 * The first message of what was received, and how many bytes it has; undefined while it is not complete.
 * @throws Error where it is none
 */
export function decodeMessage(received: Buffer): { message: Message; size: number } | undefined {
  if (received.length < fixedBytes) return undefined;
  if (received[0] !== 'l'.charCodeAt(0)) throw new Error('the bus does not speak little-endian D-Bus');
  const bodyLength = received.readUInt32LE(4);
  const start = Math.ceil((fixedBytes + received.readUInt32LE(12)) / 8) * 8;
  const size = start + bodyLength;
  if (size > sizeLimit) throw new Error('the bus sent a message that is too long');
  if (received.length < size) return undefined;
  const reader = new Reader(received.subarray(0, start), 12);
  const [entries] = reader.readAll('a(yv)') as [[number, Variant][]];
  const named: Partial<Record<FieldName, Value>> = {};
  for (const [code, { signature, value }] of entries) {
    const field = fields.find((each) => each.code === code && each.type === signature);
    if (field !== undefined) named[field.name] = value;
  }
  const type = types[(received[1] ?? 0) - 1];
  if (type === undefined) throw new Error(`the bus sent a message of an unknown type, ${received[1]}`);
  // A body is aligned as the message is, which starts at a multiple of 8.
  const body = new Reader(received.subarray(start, size)).readAll(String(named.signature ?? ''));
  return { message: { ...named, type, serial: received.readUInt32LE(8), body } as Message, size };
}
