import { BlockList, isIP } from 'node:net';
import { TcError } from '@tc/linux';

export interface ListenAddress {
  readonly host: string;
  readonly port: number;
}

function isLoopback(host: string): boolean {
  const loopback = new BlockList();
  loopback.addSubnet('127.0.0.0', 8, 'ipv4');
  loopback.addAddress('::1', 'ipv6');
  return loopback.check(host, isIP(host) === 6 ? 'ipv6' : 'ipv4');
}

/**
 * `127.0.0.1:9099`, `[::1]:9099`, `localhost:9099`; a port alone is loopback's. Anything else that others could connect
 * to has to be allowed, as names and images of containers are nobody's business.
 * @throws TcError INVALID_LISTEN, LISTEN_NOT_LOOPBACK
 */
export function parseListen(text: string, allowRemote: boolean): ListenAddress {
  const [, bracketed, plain, digits] =
    /^(?:(?:\[([0-9a-fA-F:.]+)\]|([^:[\]]*)):)?(\d{1,5})$/.exec(text) ?? [];
  const port = Number(digits);
  const name = bracketed ?? (plain === undefined || plain === 'localhost' ? '127.0.0.1' : plain);
  const host = name === '' || name === '*' ? '0.0.0.0' : name;
  if (!(port <= 65_535) || isIP(host) === 0 || (bracketed !== undefined && isIP(host) !== 6)) {
    throw new TcError(`${JSON.stringify(text)} is not an address and a port`, {
      code: 'INVALID_LISTEN',
      operation: 'serve metrics',
      hint: 'Give 127.0.0.1:9099, [::1]:9099, or a port of this machine alone: 9099.',
    });
  }
  if (!allowRemote && !isLoopback(host)) {
    throw new TcError(`others could connect to ${host}`, {
      code: 'LISTEN_NOT_LOOPBACK',
      operation: 'serve metrics',
      hint: 'There is no password. Listen at 127.0.0.1, or allow it explicitly.',
    });
  }
  return { host, port };
}
