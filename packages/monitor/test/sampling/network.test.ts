import { describe, expect, it } from 'vitest';
import { parsedCount, slotOf } from '../../src/figures/slots.ts';
import { ReadBuffer } from '../../src/sampling/descriptors.ts';
import { NetworkReader, networkNamespaceOf, parseNetDev } from '../../src/sampling/network.ts';

const heading = `Inter-|   Receive                                                |  Transmit
 face |bytes    packets errs drop fifo frame compressed multicast|bytes    packets errs drop fifo colls carrier compressed
`;
const lo =
  '    lo: 5000      50    0    0    0     0          0         0     5000      50    0    0    0     0       0          0\n';
const eth0 =
  '  eth0: 1000      10    1    2    3     4          5         6     2000      20    7    8    9     0       1          2\n';
const tight = 'veth-long-name0:1 2 0 0 0 0 0 0 3 4 0 0 0 0 0 0\n';

function figuresOf(text: string) {
  const into = new Float64Array(parsedCount).fill(Number.NaN);
  parseNetDev(Buffer.from(`${text}  eth9: 7 7 7`), Buffer.byteLength(text), into);
  const at = (
    name: 'networkReceiveBytes' | 'networkReceivePackets' | 'networkTransmitBytes' | 'networkTransmitPackets',
  ) => into[slotOf[name]];
  return [
    at('networkReceiveBytes'),
    at('networkReceivePackets'),
    at('networkTransmitBytes'),
    at('networkTransmitPackets'),
  ];
}

describe('the network figures of a namespace', () => {
  it.each([
    ['of one interface', heading + eth0, [1000, 10, 2000, 20]],
    ['without lo', heading + lo + eth0, [1000, 10, 2000, 20]],
    ['of all together', heading + eth0 + lo + tight, [1001, 12, 2003, 24]],
    ['of none', heading + lo, [0, 0, 0, 0]],
    ['of an empty file', '', [0, 0, 0, 0]],
  ])('%s', (_, text, figures) => expect(figuresOf(text)).toEqual(figures));
});

describe('NetworkReader', () => {
  it('is not asked where the network is the host’s', () => {
    const reader = new NetworkReader();
    reader.use(process.pid);
    expect(reader.isOwn).toBe(false);
  });

  it('reads through a process, and stops where that is another one by now', () => {
    const reader = new NetworkReader('net:[1]'); // as if ours was another
    const into = new Float64Array(parsedCount).fill(Number.NaN);
    reader.use(process.pid);
    expect(reader.isOwn).toBe(true);
    expect(reader.read(new ReadBuffer(), into)).toBe(true);
    expect(into[slotOf.networkReceiveBytes]).toBeGreaterThanOrEqual(0);
    reader.use(2 ** 22 + 1); // no process can have it
    expect(reader.read(new ReadBuffer(), into)).toBe(false);
    expect(into[slotOf.networkReceiveBytes]).toBeNaN();
    expect(networkNamespaceOf(2 ** 22 + 1)).toBeUndefined();
  });
});
