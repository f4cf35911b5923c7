import { describe, expect, it } from 'vitest';
import { compileLaunch } from '../../src/launch/compile.ts';
import { causes, logFrameLayout, logMagic, orders, recordLayout } from '../../src/launch/protocol.ts';
import type { LaunchSpec } from '../../src/launch/spec.ts';
import { named, positionOf, signals } from './observations.ts';
import { type Event, superviseThrough, terminalFd } from './processes.ts';
import type { Call, Simulation } from './simulator.ts';
import { kept, logs, makeSpec, terminal } from './specs.ts';

const [EAGAIN, ENOSPC, SIGKILL] = [11, 28, 9];
type World = Parameters<typeof superviseThrough>[2];
const logged = makeSpec({ logs, lifetime: kept });
const through = (spec: LaunchSpec, events: readonly Event[], world: World) =>
  superviseThrough(compileLaunch(spec), events, world);
const on = (...names: readonly string[]): Event => ({ on: names });

const header = logFrameLayout.header;
const isFrame = ({ name, data }: Call) =>
  name === 'write' && data.length >= header && data.readUInt32LE(0) >> 8 === logMagic >> 8;

/** What is in the log: the stream's number, and its bytes. */
function frames(simulation: Simulation): [stream: number, text: string][] {
  return simulation.calls.filter(isFrame).map(({ data }) => {
    expect(data.readUInt32LE(logFrameLayout.length)).toBe(data.length - header);
    expect(data.readBigInt64LE(logFrameLayout.time)).toBeGreaterThan(0n);
    return [data.readUInt32LE(0) - logMagic, data.toString('latin1', header)];
  });
}

describe('the log', () => {
  it('has what was written to either stream, as it came', () => {
    const simulation = through(logged, [on('stdout'), on('stderr'), on('stdout', 'stderr'), on('stderr')], {
      writes: { stdout: ['one\n', 'three', ''], stderr: ['two\n', '\0\xff'] },
    });
    expect(frames(simulation)).toEqual([
      [1, 'one\n'],
      [2, 'two\n'],
      [1, 'three'],
      [2, '\0\xff'],
    ]);
  });

  it('has what was left in the pipes when the container ended', () => {
    const simulation = through(logged, ['exit'], { writes: { stdout: ['a', 'b'], stderr: ['c', 'd'] } });
    expect(frames(simulation)).toEqual([
      [1, 'a'],
      [1, 'b'],
      [2, 'c'],
      [2, 'd'],
    ]);
    const last = simulation.calls.findLastIndex(isFrame);
    expect(last).toBeLessThan(positionOf(simulation, ({ name }) => name === 'wait4'));
  });

  it('is not waited for by a pipe that somebody else still has open', () => {
    const simulation = through(logged, ['exit'], {
      writes: { stdout: ['a', EAGAIN, 'never'], stderr: [EAGAIN] },
    });
    expect(frames(simulation)).toEqual([[1, 'a']]);
  });

  it('keeps no container from ending whose pipe somebody else goes on filling', () => {
    const endless = { stdout: Array<string>(5000).fill('x'), stderr: ['last'] };
    const simulation = through(logged, ['exit'], { writes: endless });
    expect(frames(simulation).length).toBeLessThan(2000);
    expect(frames(simulation).at(-1)).toEqual([2, 'last']);
  });

  it('is listened to no more once a stream has ended, and still after an EAGAIN', () => {
    const ended = () => through(logged, [on('stdout'), on('stdout')], { writes: { stdout: [] } });
    expect(ended).toThrow('stdout is listened to no more');
    const simulation = through(logged, [on('stdout'), on('stdout')], { writes: { stdout: [EAGAIN, 'x'] } });
    expect(frames(simulation)).toEqual([[1, 'x']]);
  });

  it('is there for nobody else, and only appended to', () => {
    const simulation = through(logged, ['exit'], {});
    const [open] = simulation.calls.filter(({ strings }) => strings[0] === '/host/data/box/log');
    expect(open?.args.slice(2)).toEqual([1 | 0o100 | 0o2000 | 0o2000000, 0o600]); // O_WRONLY|O_CREAT|O_APPEND|O_CLOEXEC
  });

  it('keeps streams that never block the supervisor', () => {
    const simulation = through(logged, ['exit'], {});
    const set = named(simulation, 'fcntl').map(({ args }) => args.slice(1));
    expect(set).toEqual([
      [4, 0o4000], // F_SETFL, O_NONBLOCK
      [4, 0o4000],
    ]);
  });
});

describe('a full log', () => {
  const renames = (simulation: Simulation) =>
    named(simulation, 'renameat').flatMap(({ strings }) => (strings[0]?.endsWith('/log') ? [strings] : []));

  it('is put aside at half of what both may have, and another begun', () => {
    const line = 'x'.repeat(26); // 50 bytes with its header
    const simulation = through(logged, ['exit'], { writes: { stdout: Array(5).fill(line) } });
    expect(renames(simulation)).toEqual(Array(2).fill(['/host/data/box/log', '/host/data/box/log.1']));
    const order = simulation.calls.flatMap((call) => {
      if (isFrame(call)) return ['frame'];
      if (call.strings[0] === '/host/data/box/log') return [call.name];
      return [];
    });
    const two = ['frame', 'frame', 'renameat', 'openat'];
    expect(order).toEqual(['openat', ...two, ...two, 'frame']);
  });

  it('counts what was in it before', () => {
    const override = ({ name }: Call) => (name === 'lseek' ? 60 : undefined);
    const simulation = through(logged, ['exit'], { override, writes: { stdout: ['x'.repeat(26)] } });
    expect(renames(simulation)).toHaveLength(1);
  });

  it('of a disk that is full loses a frame, and is cut where that began', () => {
    let frame = 0;
    const override = (call: Call) => {
      if (!isFrame(call)) return undefined;
      frame += 1;
      return [undefined, 10, -ENOSPC][frame - 1];
    };
    const simulation = through(logged, ['exit'], {
      override,
      writes: { stdout: ['1234', 'lost', 'lost', 'kept'] },
    });
    // To the end of the first frame, each time.
    expect(named(simulation, 'ftruncate').map(({ args }) => args[1])).toEqual([header + 4, header + 4]);
    const log = simulation.calls.findLast(isFrame)?.args[0];
    expect(named(simulation, 'ftruncate').map(({ args }) => args[0])).toEqual([log, log]);
    expect(simulation.exitCode).toBe(0);
    expect(simulation.reports).toEqual([]);
  });
});

describe('a limit of output', () => {
  const limited = makeSpec({ logs: { ...logs, maxBytes: 1e6, outputLimitBytes: 10 }, lifetime: kept });
  const program = compileLaunch(limited);
  const run = (stdout: readonly string[], stderr: readonly string[] = []) => {
    const events = [...stdout.map(() => on('stdout')), ...stderr.map(() => on('stderr'))];
    return superviseThrough(program, events, { writes: { stdout, stderr } });
  };
  const cause = ({ memory }: Simulation) => memory.of(program.record).readUInt32LE(recordLayout.cause);

  it('ends a container that writes more, to both streams together', () => {
    for (const simulation of [run(['12345678901']), run(['123456'], ['78901'])]) {
      expect(signals(simulation)).toEqual([SIGKILL]);
      expect(cause(simulation)).toBe(causes.output);
    }
  });

  it('keeps what came over it, and ends the container once', () => {
    const simulation = run(['12345678901', 'more', 'and more']);
    expect(frames(simulation).map(([, text]) => text)).toEqual(['12345678901', 'more', 'and more']);
    expect(signals(simulation)).toEqual([SIGKILL]);
  });

  it('is not passed by exactly as much', () => {
    const simulation = run(['1234567890']);
    expect(signals(simulation)).toEqual([]);
    expect(cause(simulation)).toBe(causes.none);
  });
});

describe('the output of a terminal', () => {
  const reads = (simulation: Simulation) =>
    named(simulation, 'read').flatMap(({ step, args }) => (step.what.includes('wrote to') ? [args[0]] : []));

  it('goes to the log as stdout, from the start where that was asked for', () => {
    const spec = makeSpec({ terminal: { ...terminal, logged: true }, logs, lifetime: kept });
    const simulation = through(spec, [on('stdout')], { writes: { stdout: ['hello', 'bye'] } });
    expect(frames(simulation)).toEqual([
      [1, 'hello'],
      [1, 'bye'],
    ]);
    expect(new Set(reads(simulation))).toEqual(new Set([terminalFd]));
  });

  it('is its owner’s to read until that goes away, and the log’s from then on', () => {
    const spec = makeSpec({ terminal, logs, lifetime: { ...kept, attached: true } });
    const early = () => through(spec, [on('stdout')], { writes: { stdout: ['hello'] } });
    expect(early).toThrow('stdout is listened to no more');
    expect(reads(through(spec, ['exit'], { writes: { stdout: ['hello'] } }))).toEqual([]);
    const simulation = through(spec, [{ signal: orders.detach }, on('stdout')], {
      writes: { stdout: ['hello'] },
    });
    expect(frames(simulation)).toEqual([[1, 'hello']]);
    expect(new Set(reads(simulation))).toEqual(new Set([terminalFd]));
  });
});
