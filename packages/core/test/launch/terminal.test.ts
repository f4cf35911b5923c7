import { describe, expect, it } from 'vitest';
import { compileLaunch } from '../../src/launch/compile.ts';
import { messages, orders } from '../../src/launch/protocol.ts';
import { named, positionOf, removedDirectories, sent, signals } from './observations.ts';
import { afterClone, startContainer, superviseThrough, terminalFd } from './processes.ts';
import type { Call, Simulation } from './simulator.ts';
import { kept, logs, makeSpec, rootless, terminal } from './specs.ts';

const [SIGKILL, SIGTERM, EPERM] = [9, 15, 1];
const [TIOCSCTTY, TIOCSPTLCK, TIOCGPTPEER, TIOCSWINSZ] = [0x540e, 0x40045431, 0x5441, 0x5414];
const owned = compileLaunch(makeSpec({ terminal }));
const logged = compileLaunch(makeSpec({ terminal: { ...terminal, logged: true }, logs, lifetime: kept }));
const ioctls = (calls: readonly Call[]) =>
  calls.filter(({ name }) => name === 'ioctl').map(({ args }) => args[1]);

describe('a container’s side of a terminal', () => {
  const simulation = startContainer(owned);
  const calls = afterClone(simulation);
  const at = (is: (call: Call) => boolean) => positionOf({ ...simulation, calls } as Simulation, is);

  it('opens it below its own devpts, and its slave through the master', () => {
    const opened = at(({ strings }) => strings[0] === 'ptmx');
    expect(calls[opened]?.args[0]).toBeGreaterThan(3);
    expect(ioctls(calls.slice(opened))).toEqual([TIOCSPTLCK, TIOCSWINSZ, TIOCGPTPEER, TIOCSCTTY]);
  });

  it('hands the master over, and keeps none of it for the command', () => {
    const passed = named(simulation, 'sendmsg');
    expect(passed).toHaveLength(1);
    expect(at(({ name }) => name === 'sendmsg')).toBeLessThan(at(({ name }) => name === 'close_range'));
  });

  it('makes it the controlling terminal as the leader of a session, with the rights of its user', () => {
    const control = at(({ args }) => args[1] === TIOCSCTTY);
    for (const before of ['setsid', 'setresuid', 'capset']) {
      expect(at(({ name }) => name === before)).toBeLessThan(control);
    }
    expect(calls[control]?.args[0]).toBe(0);
  });

  it('makes it the standard streams before it closes all other descriptors', () => {
    const connected = at(({ name }) => name === 'dup3');
    expect(calls.slice(connected, connected + 3).map(({ args }) => args[1])).toEqual([0, 1, 2]);
    expect(connected).toBeLessThan(at(({ name }) => name === 'close_range'));
  });

  it('gives it to the user of the command, while it still may', () => {
    const user = afterClone(
      startContainer(compileLaunch(makeSpec({ terminal, process: { uid: 1000, gid: 1000 } }))),
    );
    const given = user.findIndex(({ name }) => name === 'fchown');
    expect(user[given]?.args.slice(1)).toEqual([1000, -1]);
    expect(given).toBeLessThan(user.findLastIndex(({ name }) => name === 'setresuid'));
    expect(calls.some(({ name }) => name === 'fchown')).toBe(false); // root's anyway
  });

  it('is there in a user namespace too', () => {
    const rootlessCalls = startContainer(
      compileLaunch(makeSpec({ terminal, namespaces: { user: rootless } })),
    );
    expect(ioctls(rootlessCalls.calls)).toContain(TIOCSCTTY);
  });

  it('is not there where none was asked for', () => {
    expect(ioctls(startContainer(compileLaunch(makeSpec({ namespaces: { net: false } }))).calls)).toEqual([]);
  });
});

describe('a supervisor’s side of a terminal', () => {
  it('tells which descriptor it is before it tells that the command runs', () => {
    for (const program of [owned, logged]) {
      const kinds = sent(superviseThrough(program, ['exit'])).map(({ kind }) => kind);
      expect(kinds.slice(0, 2)).toEqual([messages.terminal, messages.started]);
    }
    expect(sent(superviseThrough(owned, ['exit']))[0]?.value).toBe(terminalFd);
  });

  it('waits until its owner has it, passing on signals that come before', () => {
    const told = [SIGTERM, 10, orders.taken];
    const simulation = superviseThrough(owned, ['exit'], { told });
    expect(signals(simulation)).toEqual([SIGTERM, 10]);
    const last = simulation.calls.findLastIndex(({ name }) => name === 'pidfd_send_signal');
    expect(last).toBeLessThan(positionOf(simulation, ({ step }) => step.what === 'report that it runs'));
    expect(sent(simulation).map(({ kind }) => kind)).toContain(messages.started);
  });

  it('ends the start where its owner goes away before', () => {
    for (const told of [[], [SIGTERM]]) {
      const simulation = superviseThrough(owned, ['exit'], { told });
      expect(signals(simulation)).toEqual([...told, SIGKILL]);
      expect(sent(simulation).map(({ kind }) => kind)).toEqual([messages.terminal]);
      expect(removedDirectories(simulation)).toEqual(['/host/run/box']);
      expect(named(simulation, 'wait4')).toHaveLength(1);
    }
  });

  it('waits for nobody where the log has it', () => {
    const simulation = superviseThrough(logged, ['exit'], { told: [] });
    expect(sent(simulation).map(({ kind }) => kind)).toContain(messages.started);
  });

  it('can be taken from by its user, whom Yama would keep out', () => {
    const ptracers = (program: typeof owned) =>
      named(superviseThrough(program, ['exit']), 'prctl').filter(({ args }) => args[0] === 0x59616d61);
    expect(ptracers(owned)).toHaveLength(1);
    expect(ptracers(compileLaunch(makeSpec({ openStdin: true })))).toHaveLength(1);
    expect(ptracers(compileLaunch(makeSpec()))).toEqual([]);
  });

  it('names the call that failed where the terminal can’t be made', () => {
    const { reports } = startContainer(owned, ({ strings }) => (strings[0] === 'ptmx' ? -EPERM : undefined));
    expect(owned.steps[reports[0]?.step ?? -1]).toMatchObject({ what: 'open a terminal' });
  });
});

describe('an owner that goes away', () => {
  const spec = makeSpec({ lifetime: { ...kept, attached: true } });

  it('ends an attached container, and no other', () => {
    const attached = superviseThrough(compileLaunch(spec), ['hang-up', 'exit']);
    expect(signals(attached)).toEqual([SIGKILL]);
    const detached = superviseThrough(compileLaunch(makeSpec({ lifetime: kept })), ['hang-up', 'exit']);
    expect(signals(detached)).toEqual([]);
    expect(detached.exitCode).toBe(0);
  });

  it('may let go of an attached one before', () => {
    const simulation = superviseThrough(compileLaunch(spec), [{ signal: orders.detach }, 'hang-up', 'exit']);
    expect(signals(simulation)).toEqual([]);
  });

  it('is listened to no more, so that the supervisor does not spin', () => {
    const again = () => superviseThrough(compileLaunch(makeSpec({ lifetime: kept })), ['hang-up', 'hang-up']);
    expect(again).toThrow('control is listened to no more');
  });
});
