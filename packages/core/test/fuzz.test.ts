/** Whatever comes from outside is taken or refused with a typed error: nothing crashes, and nothing hangs. */
import { TcError } from '@tc/linux';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseSize } from '../src/cgroups/size.ts';
import { parseRestart } from '../src/container/restart-policy.ts';
import { eventFormat } from '../src/events/event.ts';
import { readPath } from '../src/files/container-path.ts';
import { compileLaunch } from '../src/launch/compile.ts';
import { assemble } from '../src/launch/image.ts';
import { parseFrames } from '../src/logs/frame-format.ts';
import { logFormat } from '../src/logs/log-format.ts';
import { readOciConfig } from '../src/oci/config/config.ts';
import { parseDuration } from '../src/run/duration.ts';
import { checkIdMap } from '../src/run/id-maps.ts';
import type { RunOptions } from '../src/run/options.ts';
import { parseMount, parseTmpfs } from '../src/run/parse-mount.ts';
import { resolveRun } from '../src/run/resolve.ts';
import { resolveDevices } from '../src/run/resolve-devices.ts';
import { resolveIds } from '../src/run/resolve-ids.ts';
import { allSubordinateRanges, freeBlock, subordinateRanges } from '../src/run/subordinate-ids.ts';
import { checkLabels } from '../src/security/lsm/check-labels.ts';
import { parseCapabilities } from '../src/security/parse-capabilities.ts';
import { decodeConfig } from '../src/state/config-file.ts';
import { decodeLaunchFile } from '../src/state/launch-file.ts';
import { parseHolders } from '../src/state/lock-holder.ts';
import { checkName } from '../src/state/names.ts';
import { decodeRunning } from '../src/state/running-file.ts';

const numRuns = 10_000;

/** Texts of the formats' own pieces get further than random ones. */
const pieces = [
  ...[
    '64m',
    '1.5',
    '5s',
    'ms',
    '-1',
    '0',
    '4294967296',
    '99999999999999999999',
    '1e9',
    '0x1',
    ' ',
    '\n',
    '\t',
  ],
  ...[':', ',', '=', '/', '..', '.', '-', '\0', '/proc', 'ro', 'shared', 'size=', 'mode=1777', 'on-failure:'],
  ...[
    'root',
    '1000',
    '100000:65536',
    '__proto__',
    'constructor',
    'ALL',
    'CAP_',
    '1: FLOCK  ADVISORY  WRITE ',
    '٣',
  ],
];
const text = fc.oneof(
  fc.string({ maxLength: 200 }),
  fc.string({ unit: 'binary', maxLength: 200 }),
  fc.array(fc.constantFrom(...pieces), { maxLength: 20 }).map((all) => all.join('')),
);

function expectTyped(act: () => unknown): void {
  try {
    act();
  } catch (error) {
    if (!(error instanceof TcError)) throw error;
    expect(error.code).toMatch(/^[A-Z_]+$/);
  }
}

/** JSON where it is some, else a value of its own. */
function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return {
      ociVersion: '1.2.0',
      root: { path: text },
      process: { args: [text], cwd: text, user: { uid: text } },
      hostname: text,
      mounts: [{ destination: text, options: [text] }],
      linux: { sysctl: { [text]: text }, seccomp: { defaultAction: text, listenerPath: text } },
    };
  }
}

const noAccounts = { passwd: () => '', group: () => '' };

describe('a text', () => {
  it.each<[string, (text: string) => unknown]>([
    ['a size', (each) => parseSize(each)],
    ['a duration', (each) => parseDuration(each, 'test')],
    ['a user', (each) => resolveIds({ user: each, groups: [each] }, noAccounts, undefined, undefined)],
    ['a mount', parseMount],
    ['a device', (each) => resolveDevices([each])],
    ['a tmpfs', parseTmpfs],
    ['a name', checkName],
    ['a restart policy', (each) => parseRestart(each as 'no')],
    ['a capability', (each) => parseCapabilities({ add: [each], drop: [each] })],
    ['an id map', checkIdMap],
    ['/etc/subuid', (each) => [subordinateRanges(each, ['root']), freeBlock(allSubordinateRanges(each))]],
    ['/proc/locks', (each) => parseHolders(each, 1n)],
    ['config.json', (each) => decodeConfig(each)],
    ['a profile of AppArmor', (each) => checkLabels({ apparmor: each, selinux: each })],
    ['config.json of a bundle', (each) => readOciConfig(parsed(each))],
    ['launch.json', decodeLaunchFile],
    ['a path in a container', (each) => readPath(each, 'test')],
  ])('that is to be %s is read or refused', (_, parse) => {
    fc.assert(
      fc.property(text, (each) => expectTyped(() => parse(each))),
      { numRuns },
    );
    for (const piece of pieces) expectTyped(() => parse(piece.repeat(20_000)));
  });
});

describe('bytes', () => {
  const bytes = fc.uint8Array({ maxLength: 600 }).map((all) => Buffer.from(all));

  it.each<[string, (bytes: Buffer) => unknown]>([
    ['the file running', decodeRunning],
    ['a log', (each) => parseFrames(logFormat, each)],
    ['the journal of events', (each) => parseFrames(eventFormat, each)],
  ])('that are to be %s are read or passed over', (_, parse) => {
    fc.assert(
      fc.property(bytes, (each) => expectTyped(() => parse(each))),
      { numRuns },
    );
  });

  it('that begin like a frame are read to an end, and no further', () => {
    const start = fc.constantFrom('frame', 'log', 'garbage');
    fc.assert(
      fc.property(start, bytes, bytes, (_, before, after) => {
        const all = Buffer.concat([before, Buffer.from([0x31, 0x4c, 0x43, 0x54]), after]);
        const { used } = parseFrames(logFormat, all);
        expect(used).toBeLessThanOrEqual(all.length);
      }),
      { numRuns },
    );
  });
});

describe('options', () => {
  const anything = fc.oneof(
    text,
    fc.integer(),
    fc.double(),
    fc.constantFrom(null, undefined, true, false, [], {}, -0, Number.NaN, 2 ** 53),
    fc.array(text, { maxLength: 3 }),
    fc.dictionary(text, fc.oneof(text, fc.integer()), { maxKeys: 3 }),
  );
  /** Mostly right, so that what is wrong is met by each check in turn. */
  const mostly = <T>(right: fc.Arbitrary<T>) =>
    fc.oneof({ weight: 30, arbitrary: right }, { weight: 1, arbitrary: anything });
  const options = fc.record(
    {
      rootfs: mostly(
        fc.oneof(
          fc.constant('/'),
          fc.record(
            {
              path: mostly(fc.constantFrom<string | string[]>('/', ['/usr', '/etc'])),
              mode: mostly(fc.constantFrom('rw', 'ro', 'overlay', 'overlay-ro')),
              upper: mostly(fc.constantFrom('memory', 'disk')),
              enter: mostly(fc.constantFrom('pivot_root', 'chroot')),
            },
            { requiredKeys: ['path'] },
          ),
        ),
      ),
      devices: mostly(
        fc.array(mostly(fc.constantFrom('/dev/null:/dev/n', '/dev/zero:/dev/z:r')), { maxLength: 2 }),
      ),
      landlock: mostly(
        fc.record(
          {
            read: mostly(fc.constant(['/usr'])),
            write: mostly(fc.constant(['/tmp'])),
            bind: mostly(fc.constant([80])),
          },
          { requiredKeys: [] },
        ),
      ),
      apparmor: mostly(fc.constant('unconfined')),
      selinux: mostly(fc.constant('disable')),
      groups: mostly(fc.array(mostly(fc.constantFrom<string | number>('5', 7)), { maxLength: 2 })),
      name: mostly(fc.constantFrom('a', 'web.1')),
      hostname: mostly(fc.constantFrom('h', 'a.b')),
      env: mostly(fc.dictionary(fc.constantFrom('A', 'B'), text, { maxKeys: 2 })),
      cwd: mostly(fc.constantFrom('/', '/a/../b')),
      user: mostly(fc.constantFrom('0', 1000, '1:2')),
      umask: mostly(fc.integer({ min: 0, max: 0o777 })),
      limits: mostly(
        fc.record(
          {
            memory: mostly(fc.constantFrom('64m', 1)),
            pids: mostly(fc.constantFrom(5, 'max')),
            cpus: mostly(fc.double({ min: 0.01, max: 4, noNaN: true })),
          },
          { requiredKeys: [] },
        ),
      ),
      cgroups: mostly(fc.constant('enabled')),
      mounts: mostly(fc.array(mostly(fc.constantFrom('/etc:/x:ro', 'data:/data')), { maxLength: 3 })),
      network: mostly(fc.constantFrom('none', 'host')),
      namespaces: mostly(
        fc.record({ user: mostly(fc.constantFrom(false, 'self')), time: anything }, { requiredKeys: [] }),
      ),
      capabilities: mostly(fc.array(fc.constantFrom('CAP_CHOWN', 'CAP_KILL'), { maxLength: 2 })),
      rlimits: mostly(
        fc.dictionary(fc.constantFrom('nofile', 'cpu', 'x'), mostly(fc.integer()), { maxKeys: 2 }),
      ),
      oomScoreAdj: mostly(fc.integer({ min: -1000, max: 1000 })),
      sysctls: mostly(
        fc.dictionary(fc.constantFrom('kernel.msgmax', 'kernel.sem'), mostly(fc.constant('1')), {
          maxKeys: 2,
        }),
      ),
      seccomp: mostly(fc.constantFrom('default', 'unconfined')),
      timeout: mostly(fc.constantFrom('5s', 100)),
      cpuTime: mostly(fc.constantFrom('5s')),
      tty: mostly(fc.constantFrom(true, { columns: 1, rows: 1 }, { columns: 65535, rows: 1 })),
      init: mostly(fc.boolean()),
    },
    { requiredKeys: ['rootfs'] },
  );
  const command = mostly(fc.constantFrom(['sh', '-c', 'true'], ['/bin/true'], [''], []));

  it('of any kind are compiled to a launch program, or refused', () => {
    let compiled = 0;
    fc.assert(
      fc.property(command, options, (words, values) =>
        expectTyped(() => {
          const { spec } = resolveRun(words as string[], values as unknown as RunOptions, true);
          assemble(compileLaunch(spec), process.arch === 'arm64' ? 'arm64' : 'x64');
          compiled += 1;
        }),
      ),
      { numRuns },
    );
    expect(compiled).toBeGreaterThan(numRuns / 100);
  });
});
