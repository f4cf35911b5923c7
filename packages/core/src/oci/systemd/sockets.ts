/** Where systemd's manager is reached, the best first: sd_bus_default(3), and what systemctl(1) does. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';

export interface ManagerSocket {
  /** For connect(2); one that starts with NUL is abstract. */
  readonly path: string;
  /** A bus with many on it, or the manager alone. */
  readonly isBus: boolean;
}

/** @param user whether it is the manager of this user, and not that of the machine */
export function managerSockets(user: boolean, env = process.env): ManagerSocket[] {
  const runtime = env['XDG_RUNTIME_DIR'] || `/run/user/${process.geteuid?.() ?? 0}`;
  const bus = user ? join(runtime, 'bus') : '/run/dbus/system_bus_socket';
  const direct = join(user ? runtime : '/run', 'systemd/private');
  const given = env[user ? 'DBUS_SESSION_BUS_ADDRESS' : 'DBUS_SYSTEM_BUS_ADDRESS'];
  const buses = given ? socketsOf(given) : [bus];
  return [...buses.map((path) => ({ path, isBus: true })), { path: direct, isBus: false }].filter(
    ({ path }) => path.startsWith('\0') || existsSync(path),
  );
}

/** Those of `unix:path=/run/bus,guid=1;unix:abstract=x`: dbus-specification, "Server Addresses". */
export function socketsOf(addresses: string): string[] {
  return addresses.split(';').flatMap((address) => {
    const [, keys] = /^unix:(.*)$/.exec(address) ?? [];
    const pairs = (keys ?? '').split(',').map((pair) => pair.split('=') as [string, string?]);
    const values = new Map(pairs.map(([key, value = '']) => [key, unescaped(value)]));
    const path = values.get('path');
    const name = values.get('abstract');
    return path ? [path] : name ? [`\0${name}`] : [];
  });
}

const unescaped = (text: string) =>
  Buffer.from(
    text.replace(/%([0-9a-f]{2})/gi, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16))),
    'latin1',
  ).toString();
