import { describe, expect, it } from 'vitest';
import { compileLaunch } from '../../src/launch/compile.ts';
import { recordLayout, runningLayout, runningMagic } from '../../src/launch/protocol.ts';
import type { LaunchSpec } from '../../src/launch/spec.ts';
import { eventsIn, named, positionOf, removedDirectories, removedFiles } from './observations.ts';
import { containerPid, superviseThrough, terminalFd } from './processes.ts';
import type { Call } from './simulator.ts';
import { kept, logs, makeSpec, planV1, terminal } from './specs.ts';

const [EAGAIN, EEXIST, ENOENT, ENOSPC] = [11, 17, 2, 28];
const through = (spec: LaunchSpec, world: Parameters<typeof superviseThrough>[2] = {}) =>
  superviseThrough(compileLaunch(spec), ['exit'], world);
const run = makeSpec({ cgroup: planV1 });
const keptSpec = makeSpec({ id: '0123456789ab', name: 'web', lifetime: kept, logs });
const removable = makeSpec({ ...keptSpec, lifetime: { ...kept, leaves: 'remove' } });

const is =
  (name: string, ...strings: readonly string[]) =>
  (call: Call) =>
    call.name === name && strings.every((text) => call.strings.includes(text));
const failing = (match: (call: Call) => boolean, errno: number) => ({
  override: (call: Call) => (match(call) ? -errno : undefined),
});
/** What was written to a file: at once, or beside it, before that got its name. */
function written(simulation: ReturnType<typeof through>, name: string): Buffer {
  const isReplaced = simulation.calls.some(is('renameat', name));
  const opened = positionOf(simulation, is('openat', isReplaced ? `${name}.new` : name));
  const steps = ['openat', 'write', 'close', ...(isReplaced ? ['renameat'] : [])];
  expect(simulation.calls.slice(opened, opened + steps.length).map((call) => call.name)).toEqual(steps);
  return simulation.calls[opened + 1]?.data ?? Buffer.alloc(0);
}

describe('the state directory', () => {
  it('is made by a run, and by no container that has one', () => {
    expect(named(through(run), 'mkdirat')[0]?.strings).toEqual(['/host/run/box']);
    expect(named(through(keptSpec), 'mkdirat')).toEqual([]);
  });

  it('is taken while no clean-up is under way, and locked before anything is put in it', () => {
    for (const spec of [run, keptSpec]) {
      const simulation = through(spec);
      const names = simulation.calls.map(({ name }) => name);
      expect(named(simulation, 'flock').map(({ args }) => args[1])).toEqual([1, 6]); // LOCK_SH, LOCK_EX|LOCK_NB
      expect(simulation.calls[names.indexOf('flock') - 1]?.strings).toEqual(['/host/run/.lock']);
      expect(names.indexOf('mknodat')).toBeGreaterThan(names.lastIndexOf('flock'));
    }
  });

  it('of a container that runs is left alone', () => {
    for (const spec of [keptSpec, removable]) {
      const lock = ({ name, args }: Call) => name === 'flock' && args[1] === 6;
      const simulation = through(spec, failing(lock, EAGAIN));
      expect(simulation.reports).toMatchObject([{ fd: 3, errno: EAGAIN }]);
      expect(named(simulation, 'unlinkat')).toEqual([]);
      expect(named(simulation, 'mknodat')).toEqual([]);
      expect(eventsIn(simulation)).toEqual([]);
      expect(simulation.exitCode).toBe(0);
    }
  });

  it('of another container with its id is left alone', () => {
    const simulation = through(run, failing(is('mkdirat', '/host/run/box'), EEXIST));
    expect(named(simulation, 'unlinkat')).toEqual([]);
    expect(eventsIn(simulation)).toEqual([]);
  });
});

describe('the files of a start', () => {
  const at = (simulation: ReturnType<typeof through>, name: string, ...strings: readonly string[]) =>
    positionOf(simulation, is(name, ...strings));

  it('are there before there is a cgroup or a process', () => {
    for (const spec of [run, makeSpec({ ...keptSpec, cgroup: planV1 })]) {
      const simulation = through(spec);
      const made = positionOf(simulation, is('write', '{"id":"box"}'));
      expect(made).toBeLessThan(at(simulation, 'mkdirat', '/host/cg/memory/tctl-box'));
      expect(made).toBeLessThan(at(simulation, 'clone3'));
      expect(written(simulation, 'launch.json').toString()).toBe('{"id":"box"}');
    }
  });

  it('have a FIFO that the supervisor opens both ways, and so never waits for', () => {
    const simulation = through(run);
    const made = at(simulation, 'mknodat', 'alive');
    expect(at(simulation, 'openat', 'alive')).toBe(made + 1);
    expect(simulation.calls[made]?.args[2]).toBe(0o10600); // S_IFIFO|0600
    expect(simulation.calls[made + 1]?.args[2]).toBe(2 | 0o4000 | 0o2000000); // O_RDWR|O_NONBLOCK|O_CLOEXEC
  });

  it('take the place of those of the run before: its waiters don’t know the new FIFO', () => {
    const simulation = through(keptSpec);
    expect(at(simulation, 'unlinkat', 'alive')).toBe(at(simulation, 'mknodat', 'alive') - 1);
    expect(simulation.calls.some(is('renameat', 'launch.json'))).toBe(true); // never half-written
    const missing = through(keptSpec, failing(is('unlinkat', 'alive'), ENOENT));
    expect(missing.reports).toEqual([]);
  });

  it('leave none half-written where the disk is full', () => {
    for (const spec of [run, keptSpec]) {
      const full = through(spec, failing(is('write', '{"id":"box"}'), ENOSPC));
      expect(full.reports).toMatchObject([{ errno: ENOSPC }]);
      expect(full.calls.some(is('renameat'))).toBe(false);
      expect(full.calls.some(is('clone3'))).toBe(false);
      expect(removedDirectories(full)).toEqual(spec === run ? ['/host/run/box'] : []);
    }
    expect(removedFiles(through(run, failing(is('write', '{"id":"box"}'), ENOSPC)))).toContain('launch.json');
  });
});

describe('the file running', () => {
  const field = (content: Buffer, name: keyof typeof runningLayout) =>
    Number(content.readBigInt64LE(runningLayout[name]));

  it('says which process it is, and that there is no terminal and no pipe', () => {
    const content = written(through(run), 'running');
    expect(content).toHaveLength(runningLayout.size);
    expect([content.readUInt32LE(0), content.readUInt32LE(4)]).toEqual([runningMagic, 1]);
    expect(field(content, 'pid')).toBe(containerPid);
    expect([field(content, 'terminalFd'), field(content, 'stdinFd')]).toEqual([-1, -1]);
  });

  it('says which descriptors lead to a terminal or to stdin', () => {
    expect(field(written(through(makeSpec({ terminal })), 'running'), 'terminalFd')).toBe(terminalFd);
    const simulation = through(makeSpec({ openStdin: true }));
    const stdin = field(written(simulation, 'running'), 'stdinFd');
    expect(stdin).toBeGreaterThan(3);
    expect(named(simulation, 'close').map(({ args }) => args[0])).not.toContain(stdin);
    expect(named(simulation, 'close').map(({ args }) => args[0])).toContain(stdin - 1); // the container's end
  });

  it('is there before anyone is told of the start, and gone before the process is reaped', () => {
    const simulation = through(run);
    const at = (name: string, ...strings: readonly string[]) => positionOf(simulation, is(name, ...strings));
    expect(at('openat', 'running')).toBeLessThan(at('sendto'));
    expect(at('unlinkat', 'running')).toBeLessThan(at('wait4'));
    expect(at('unlinkat', 'running')).toBeGreaterThan(at('ppoll'));
  });

  it('is called `ended` from then on, where the container stays: nobody takes it for one that never ran', () => {
    const simulation = through(keptSpec);
    const at = (name: string, ...strings: readonly string[]) => positionOf(simulation, is(name, ...strings));
    expect(at('renameat', 'running', 'ended')).toBeLessThan(at('wait4'));
    expect(at('unlinkat', 'ended')).toBe(at('renameat', 'exited') + 1);
  });

  it('is gone before the process is reaped where the supervisor fails too', () => {
    const fail = (spec: LaunchSpec) =>
      through({ ...spec, timeoutMs: 10 }, failing(is('timerfd_create'), EAGAIN));
    const [ofRun, ofKept] = [fail(run), fail(keptSpec)];
    const reaped = is('wait4');
    expect(positionOf(ofRun, is('unlinkat', 'running'))).toBeLessThan(positionOf(ofRun, reaped));
    expect(positionOf(ofKept, is('renameat', 'running', 'ended'))).toBeLessThan(positionOf(ofKept, reaped));
  });

  it('is not there where the command never ran', () => {
    expect(through(run, { says: [] }).calls.some(is('openat', 'running'))).toBe(false);
  });
});

describe('the file exited', () => {
  it('is the record, for those whose state is kept', () => {
    const simulation = through(keptSpec);
    const content = written(simulation, 'exited');
    const [ended] = named(simulation, 'sendto').slice(-1);
    expect(content.equals(ended?.data ?? Buffer.alloc(0))).toBe(true);
    expect(content.readUInt32LE(recordLayout.kind)).toBeGreaterThan(0);
    for (const spec of [run, removable])
      expect(through(spec).calls.some(is('openat', 'exited.new'))).toBe(false);
  });

  it('is written once the process is reaped, and before anyone is told of the end', () => {
    const simulation = through(keptSpec);
    const at = positionOf(simulation, is('renameat', 'exited'));
    expect(at).toBeGreaterThan(positionOf(simulation, is('wait4')));
    expect(at).toBeLessThan(simulation.calls.findLastIndex(is('sendto')));
  });

  it('of the run before goes once there is another run', () => {
    const simulation = through(keptSpec);
    const removed = positionOf(simulation, is('unlinkat', 'exited'));
    expect(removed).toBeGreaterThan(positionOf(simulation, is('openat', 'running')));
    expect(removed).toBeLessThan(positionOf(simulation, is('sendto')));
    // A start that fails leaves it.
    expect(through(keptSpec, { says: [] }).calls.some(is('unlinkat', 'exited'))).toBe(false);
  });
});

describe('what the end leaves', () => {
  /** Without what is removed on the way: the FIFO of the run before, `running`, `exited`. */
  const atTheEnd = (spec: LaunchSpec, world = {}) => {
    const simulation = through(spec, world);
    const reaped = positionOf(simulation, is('wait4'));
    const later = { ...simulation, calls: simulation.calls.slice(reaped) };
    return { files: removedFiles(later).toSorted(), directories: removedDirectories(later) };
  };

  it('is nothing of a run', () => {
    expect(atTheEnd(makeSpec())).toEqual({
      files: ['alive', 'launch.json', 'running'],
      directories: ['/host/run/box'],
    });
  });

  it('is the whole directory of a container that is kept', () => {
    expect(atTheEnd(keptSpec)).toEqual({ files: ['ended'], directories: [] });
    expect(atTheEnd(makeSpec({ ...keptSpec, cgroup: planV1 }))).toEqual({
      files: ['ended'],
      directories: planV1.directories.toReversed(),
    });
  });

  it('is nothing of one that removes itself: neither its configuration, nor its log, nor its name', () => {
    expect(atTheEnd(removable)).toEqual({
      files: [
        '/host/data/.box',
        '/host/data/box/log',
        '/host/data/box/log.1',
        '/host/run/web',
        'alive',
        'config.json',
        'ended',
        'exited',
        'launch.json',
        'launch.json.new',
        'lock',
        'running',
      ],
      directories: ['/host/data/box', '/host/run/0123456789ab'],
    });
    const nameless = makeSpec({ ...removable, name: removable.id });
    expect(atTheEnd(nameless).files).not.toContain(`/host/run/${removable.id}`);
  });
});

describe('the journal', () => {
  const kinds = (spec: LaunchSpec, world = {}) => eventsIn(through(spec, world)).map(({ kind }) => kind);

  it('has every step of a life', () => {
    expect(kinds(run)).toEqual(['create', 'start', 'exit', 'remove']);
    expect(kinds(keptSpec)).toEqual(['start', 'exit']); // `Container.create` told of the rest
    expect(kinds(removable)).toEqual(['start', 'exit', 'remove']);
  });

  it('has none of a life that never began', () => {
    for (const spec of [run, keptSpec]) {
      expect(kinds(spec, { says: [] })).toEqual([]);
      expect(kinds(spec, failing(is('clone3'), EAGAIN))).toEqual([]);
    }
  });

  it('has ids, names, the pid and how it ended', () => {
    const status = 0x300;
    const override = ({ name, args }: Call, memory: Parameters<typeof writeStatus>[0]) =>
      name === 'wait4' && writeStatus(memory, args[1]);
    const writeStatus = (memory: { of(datum: never): Buffer }, place: unknown) => {
      const { datum, offset } = place as { datum: never; offset: number };
      memory.of(datum).writeUInt32LE(status, offset);
      return containerPid;
    };
    const events = eventsIn(
      through(keptSpec, { override: (call, memory) => override(call, memory) || undefined }),
    );
    expect(events).toEqual([
      { kind: 'start', value: containerPid, id: '0123456789ab', name: 'web' },
      { kind: 'exit', value: status, id: '0123456789ab', name: 'web' },
    ]);
  });

  it('is appended to in one write for each moment, and changes nothing where that fails', () => {
    const simulation = through(run);
    const open = simulation.calls.filter(is('openat', '/host/run/.events'));
    expect(open.map(({ args }) => Number(args[2]) & 0o2000)).toEqual([0o2000, 0o2000]); // O_APPEND
    const blind = through(run, failing(is('openat', '/host/run/.events'), ENOENT));
    expect(blind.reports).toEqual([]);
    expect(eventsIn(blind)).toEqual([]);
    expect(removedDirectories(blind)).toEqual(removedDirectories(simulation));
  });
});
