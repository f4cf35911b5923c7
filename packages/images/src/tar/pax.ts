import { badTar } from './entry.ts';

/** The records of a pax header, in their order, as several may have one key (GNU.sparse.offset). Values are bytes. */
export type PaxRecords = readonly (readonly [key: string, value: Buffer])[];

/** `LENGTH KEY=VALUE\n`: pax(1). @throws TcError TAR_INVALID */
export function parsePax(content: Buffer): PaxRecords {
  const records: [string, Buffer][] = [];
  for (let at = 0; at < content.length; ) {
    const space = content.indexOf(0x20, at);
    const digits = space === -1 ? '' : content.toString('latin1', at, space);
    const end = at + Number(digits);
    const equals = content.indexOf(0x3d, space);
    const isRecord =
      /^[1-9]\d{0,9}$/.test(digits) &&
      end <= content.length &&
      content[end - 1] === 0x0a &&
      equals > space + 1 &&
      equals < end;
    if (!isRecord) throw badTar('a pax record is malformed');
    records.push([content.toString('latin1', space + 1, equals), content.subarray(equals + 1, end - 1)]);
    at = end;
  }
  return records;
}

export function encodePax(records: PaxRecords): Buffer {
  return Buffer.concat(
    records.map(([key, value]) => {
      const rest = Buffer.concat([Buffer.from(` ${key}=`, 'latin1'), value, Buffer.from('\n')]);
      // The length counts its own digits.
      let length = rest.length + 1;
      while (String(length).length + rest.length !== length) length = String(length).length + rest.length;
      return Buffer.concat([Buffer.from(String(length)), rest]);
    }),
  );
}

/** Decimal seconds with a fraction of any length, in nanoseconds. */
export function parsePaxTime(value: string): bigint {
  const match = /^(-?)(\d{1,15})(?:\.(\d*))?$/.exec(value);
  if (match === null) throw badTar(`${JSON.stringify(value)} is no time`);
  const [, sign, seconds = '', fraction = ''] = match;
  const ns = BigInt(seconds) * 1_000_000_000n + BigInt(fraction.slice(0, 9).padEnd(9, '0'));
  return sign === '-' ? -ns : ns;
}

export function formatPaxTime(timeNs: bigint): string {
  const [sign, ns] = timeNs < 0n ? ['-', -timeNs] : ['', timeNs];
  const fraction = String(ns % 1_000_000_000n)
    .padStart(9, '0')
    .replace(/0+$/, '');
  return `${sign}${ns / 1_000_000_000n}${fraction === '' ? '' : `.${fraction}`}`;
}

export function parsePaxNumber(value: Buffer): number {
  const digits = value.toString('latin1');
  const parsed = /^\d{1,16}$/.test(digits) ? Number(digits) : Number.NaN;
  if (!Number.isSafeInteger(parsed)) throw badTar(`${JSON.stringify(digits)} is no number`);
  return parsed;
}
