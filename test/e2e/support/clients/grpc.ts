/**
 * As much of gRPC and of Protocol Buffers as a client needs that calls one method at a time: HTTP/2 on a Unix socket, and
 * fields that are numbers, strings or messages. https://grpc.io (PROTOCOL-HTTP2.md), protobuf.dev (encoding).
 */
import { connect as connectHttp2 } from 'node:http2';
import { connect } from 'node:net';

/** By field number: a number is a varint, a list a repeated field, an object a message. */
export interface Message {
  readonly [field: number]: Value | readonly Value[] | undefined;
}
type Value = number | boolean | string | Message;

export function encode(message: Message): Buffer {
  const parts = Object.entries(message).flatMap(([field, value]) => {
    const values = Array.isArray(value) ? (value as readonly Value[]) : [value as Value | undefined];
    return values.flatMap((each) => (each === undefined ? [] : [encodeField(Number(field), each)]));
  });
  return Buffer.concat(parts);
}

function encodeField(field: number, value: Value): Buffer {
  if (typeof value === 'number' || typeof value === 'boolean')
    return Buffer.concat([varint(field * 8), varint(Number(value))]);
  const bytes = typeof value === 'string' ? Buffer.from(value) : encode(value);
  return Buffer.concat([varint(field * 8 + 2), varint(bytes.length), bytes]);
}

function varint(value: number): Buffer {
  const bytes: number[] = [];
  for (let rest = value; ; rest = Math.floor(rest / 128)) {
    bytes.push((rest % 128) + (rest >= 128 ? 128 : 0));
    if (rest < 128) return Buffer.from(bytes);
  }
}

/** @returns the last value of each field: numbers, and the bytes of strings and messages */
export function decode(bytes: Buffer): Map<number, number | Buffer> {
  const fields = new Map<number, number | Buffer>();
  let at = 0;
  const read = () => {
    let value = 0;
    for (let scale = 1; ; scale *= 128) {
      const byte = bytes[at++] ?? 0;
      value += (byte % 128) * scale;
      if (byte < 128) return value;
    }
  };
  while (at < bytes.length) {
    const key = read();
    const [field, type] = [Math.floor(key / 8), key % 8];
    if (type === 0) fields.set(field, read());
    else if (type === 2) {
      const length = read();
      fields.set(field, bytes.subarray(at, at + length));
      at += length;
    } else throw new Error(`field ${field} has the wire type ${type}`);
  }
  return fields;
}

/** @param method `/package.Service/Method`. @throws with what the server says */
export async function callGrpc(
  socket: string,
  method: string,
  message: Message,
): Promise<Map<number, number | Buffer>> {
  const session = connectHttp2('http://localhost', { createConnection: () => connect(socket) });
  try {
    const { promise, resolve, reject } = Promise.withResolvers<Buffer>();
    session.once('error', reject);
    const stream = session.request({
      ':method': 'POST',
      ':path': method,
      'content-type': 'application/grpc',
      te: 'trailers',
    });
    const chunks: Buffer[] = [];
    const fail = (headers: Readonly<Record<string, unknown>>) => {
      const status = headers['grpc-status'];
      if (status !== undefined && status !== '0')
        reject(new Error(`${method}: ${decodeURIComponent(String(headers['grpc-message']))}`));
    };
    stream.on('response', fail).on('trailers', fail).once('error', reject);
    stream
      .on('data', (chunk: Buffer) => chunks.push(chunk))
      .once('end', () => resolve(Buffer.concat(chunks)));
    const body = encode(message);
    const prefix = Buffer.alloc(5); // not compressed, and the length
    prefix.writeUInt32BE(body.length, 1);
    stream.end(Buffer.concat([prefix, body]));
    return decode((await promise).subarray(5));
  } finally {
    session.destroy();
  }
}
