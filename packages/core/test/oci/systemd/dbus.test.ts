import { createServer, type Server } from 'node:net';
import fc from 'fast-check';
import { afterEach, describe, expect, it } from 'vitest';
import { BusConnection, BusError } from '../../../src/oci/systemd/dbus/connection.ts';
import { decodeMessage, encodeMessage, type Message } from '../../../src/oci/systemd/dbus/message.ts';
import { Reader, typesOf, type Value, Writer } from '../../../src/oci/systemd/dbus/wire.ts';

function there(signature: string, values: readonly Value[]): string {
  const writer = new Writer();
  writer.writeAll(signature, values);
  return Buffer.from(writer.bytes).toString('hex');
}
const back = (signature: string, hex: string) => new Reader(Buffer.from(hex, 'hex')).readAll(signature);

describe('a value of D-Bus', () => {
  it.each([
    ['y', [7], '07'],
    ['b', [true], '01000000'],
    ['yu', [1, 2], '0100000002000000'],
    ['n', [-2], 'feff'],
    ['yx', [1, -2n], '0100000000000000feffffffffffffff'],
    ['t', [2n ** 64n - 1n], 'ffffffffffffffff'],
    ['s', ['é'], '02000000c3a900'],
    ['g', ['as'], '02617300'],
    ['as', [['a', 'b']], '0e0000000100000061000000010000006200'],
    // What aligns the first element is not counted.
    ['at', [[]], '0000000000000000'],
    ['yat', [1, [5n]], '01000000080000000500000000000000'],
    ['v', [{ signature: 'u', value: 3 }], '0175000003000000'],
    // Length, struct aligned to 8: text, variant of a boolean.
    ['a(sv)', [[['k', { signature: 'b', value: true }]]], '1000000000000000010000006b0001620000000001000000'],
  ] as [string, Value[], string][])(
    'of the signature %s is those bytes, and back (%#)',
    (signature, values, hex) => {
      expect(back(signature, there(signature, values))).toEqual(values);
      expect(there(signature, values)).toBe(hex);
    },
  );

  it.each([
    ['sa(sv)u', ['s', 'a(sv)', 'u']],
    ['aa{sas}(i(ss))', ['aa{sas}', '(i(ss))']],
    ['', []],
  ])('of the signature %s has its types', (signature, types) => expect(typesOf(signature)).toEqual(types));

  it.each(['a', '(', '(s', '()', 'a{', 'z', ')', 'a'.repeat(40)])('can’t be a %s', (signature) => {
    expect(() => typesOf(signature)).toThrow(/no D-Bus message/);
  });

  it('is never read from beyond its bytes, whatever they are', () => {
    const signatures = fc.constantFrom('s', 'as', 'a(sv)', 'v', 'aav', '(ut)g', 'a{sv}');
    const anything = fc.property(signatures, fc.uint8Array({ maxLength: 64 }), (signature, bytes) => {
      try {
        new Reader(Buffer.from(bytes)).readAll(signature);
      } catch (error) {
        expect((error as Error).message).toMatch(/no D-Bus message/);
      }
    });
    fc.assert(anything, { numRuns: 2000 });
  });
});

const call: Message = {
  type: 'call',
  serial: 5,
  path: '/a/b',
  interface: 'a.b',
  member: 'Do',
  destination: 'a.c',
  signature: 'sa(sv)',
  body: ['x', [['k', { signature: 'ay', value: [1, 2] }]]],
};

describe('a message', () => {
  it('is what it was', () => {
    const bytes = Buffer.from(encodeMessage(call));
    expect(decodeMessage(bytes)).toEqual({ message: call, size: bytes.length });
    const more = Buffer.concat([bytes, bytes.subarray(0, 20)]);
    expect(decodeMessage(more)?.size).toBe(bytes.length);
    for (let length = 0; length < bytes.length; length += 1)
      expect(decodeMessage(bytes.subarray(0, length))).toBeUndefined();
  });

  it('of another endianness or type is refused', () => {
    const bytes = Buffer.from(encodeMessage(call));
    expect(() => decodeMessage(Buffer.concat([Buffer.from('B'), bytes.subarray(1)]))).toThrow(
      /little-endian/,
    );
    bytes[1] = 9;
    expect(() => decodeMessage(bytes)).toThrow(/unknown type/);
  });
});

describe('a connection', () => {
  let server: Server | undefined;
  afterEach(() => {
    server?.close();
  });

  /** Answers with the first when it is spoken to, and with the others when it is spoken to again. */
  async function answering(...answers: (string | Uint8Array)[]): Promise<string> {
    const path = `\0bus-${process.pid}-${Math.random()}`;
    server = createServer((socket) => {
      socket.once('data', (said) => {
        expect(said.toString()).toMatch(/BEGIN\r\n$/); // and no message
        socket.once('data', () => {
          for (const answer of answers.slice(1)) socket.write(answer);
        });
        socket.write(answers[0] ?? '');
      });
      socket.on('error', () => {});
    }).listen(path);
    await new Promise((resolve) => server?.once('listening', resolve));
    return path;
  }
  const ask = { destination: 'a.b', path: '/a', interface: 'a.b', member: 'Do' };

  it('gives answers, and errors by their name', async () => {
    const signals: unknown[] = [];
    const path = await answering(
      'DATA\r\nOK 0123\r\n',
      encodeMessage({ type: 'signal', serial: 1, path: '/a', interface: 'a.b', member: 'Told', body: [] }),
      encodeMessage({ type: 'return', serial: 2, replySerial: 1, signature: 's', body: ['yes'] }),
      encodeMessage({
        type: 'error',
        serial: 3,
        replySerial: 2,
        errorName: 'a.No',
        signature: 's',
        body: ['no'],
      }),
    );
    const connection = await BusConnection.open(path, ({ member }) => signals.push(member));
    const [first, second] = [connection.call(ask), connection.call(ask)];
    second.catch(() => {});
    expect((await first).body).toEqual(['yes']);
    expect(await second.catch((error: unknown) => error)).toMatchObject({ errorName: 'a.No', message: 'no' });
    expect(await second.catch((error: unknown) => error)).toBeInstanceOf(BusError);
    expect(signals).toEqual(['Told']);
    connection.close();
  });

  it.each([
    ['does not let this user in', ['REJECTED EXTERNAL\r\n'], /does not let this user in/],
    ['sends what is no message', ['DATA\r\nOK 0\r\n', Buffer.alloc(16)], /little-endian/],
  ])('fails where the bus %s', async (_, answers, message) => {
    const connection = await BusConnection.open(await answering(...answers), () => {});
    await expect(connection.call(ask)).rejects.toThrow(message);
    await expect(connection.call(ask)).rejects.toThrow(message);
  });

  it('fails where nobody listens', async () => {
    await expect(BusConnection.open('/nowhere/bus', () => {})).rejects.toThrow(/ENOENT/);
  });
});
