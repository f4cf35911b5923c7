import { describe, expect, it } from 'vitest';
import { compileExec } from '../../src/launch/compile-exec.ts';
import { messages } from '../../src/launch/protocol.ts';
import type { ExecSpec } from '../../src/launch/spec.ts';
import { named, sent, signals } from './observations.ts';
import { afterClone, containerPid, errorWrite, startContainer, superviseThrough } from './processes.ts';
import type { Answer } from './simulator.ts';
import { makeSpec, rootless, terminal } from './specs.ts';

const [CLONE_PARENT, CLONE_NEWUSER, CLONE_NEWPID, CLONE_NEWNS] = [0x8000, 0x10000000, 0x20000000, 0x20000];
const [bornPid, SIGKILL] = [4300, 9];
/** What the first process says of the second. */
const born = BigInt(messages.born) + (BigInt(bornPid) << 32n);

function makeExec(changes: Partial<ExecSpec> = {}): ExecSpec {
  const { id, namespaces, process } = makeSpec();
  const plain = { terminal: undefined, timeoutMs: undefined, cgroup: undefined };
  return { id, namespaces, process, join: ['mount', 'net'], ...plain, ...changes };
}

/** Its /dev/pts is a devpts. */
const devpts: Answer = ({ name, args: [, statfs] }, memory) => {
  if (name === 'fstatfs' && typeof statfs === 'object') memory.write(statfs, 0x1cd1);
  return undefined;
};

const variants = [
  ['base', makeExec()],
  ['terminal', makeExec({ terminal })],
  ['user namespace', makeExec({ namespaces: { user: rootless } })],
] as const;

describe('the process that a container sees of a command', () => {
  it.each(variants)('is born with no privilege, path or descriptor of the host: %s', (_, spec) => {
    const calls = afterClone(startContainer(compileExec(spec), devpts));
    const at = (name: string) => calls.findLastIndex((call) => call.name === name);
    const birth = at('clone3');
    for (const name of ['setns', 'close_range', 'setgroups', 'setresuid', 'capset', 'umask', 'chdir']) {
      if (name === 'setgroups' && spec.namespaces.user !== undefined) continue;
      expect(calls.findIndex((call) => call.name === name)).toBeGreaterThan(-1);
      expect(at(name)).toBeLessThan(birth);
    }
    expect(calls.slice(birth + 1).map(({ name }) => name)).toEqual([
      'setsid',
      'prctl',
      ...(spec.terminal === undefined ? [] : ['ioctl']),
      'write',
      'execve',
    ]);
    const [from, to] = calls.filter(({ name }) => name === 'close_range').map(({ args }) => args);
    expect([from, to]).toEqual([
      [3, errorWrite - 1, 0],
      [errorWrite + 1, 0xffffffff, 0],
    ]);
  });

  it('is the supervisor’s child, and dies with it', () => {
    const calls = afterClone(startContainer(compileExec(makeExec())));
    const birth = calls.findLast(({ name }) => name === 'clone3')?.args[0];
    if (typeof birth !== 'object') throw new Error('no arguments');
    expect(birth.datum.content).toMatchObject({
      words: [{ value: CLONE_PARENT }, ...Array(10).fill({ value: 0 })],
    });
    const last = calls.findLast(({ name }) => name === 'prctl');
    expect(last?.args.slice(0, 2)).toEqual([1, SIGKILL]); // PR_SET_PDEATHSIG
  });

  it('has all namespaces from one call, so that an ordinary user may join them', () => {
    const joined = (spec: ExecSpec) =>
      named(startContainer(compileExec(spec)), 'setns').map(({ args }) => args[1]);
    const calls = joined(makeExec({ namespaces: { user: rootless }, join: ['mount'] }));
    expect(calls).toEqual([CLONE_NEWUSER + CLONE_NEWPID + CLONE_NEWNS]);
    expect(joined(makeExec({ join: ['mount'] }))).toEqual([CLONE_NEWPID + CLONE_NEWNS]);
  });
});

describe('the supervisor of a command', () => {
  const program = compileExec(makeExec());

  it.each([
    ['before', [born, messages.ready]],
    ['after', [messages.ready, born]],
  ])('takes the process over that is born, %s that is ready', (_, says) => {
    const simulation = superviseThrough(program, ['exit'], { says });
    expect(sent(simulation)[0]).toEqual({ kind: messages.started, value: bornPid });
    expect(named(simulation, 'wait4').map(({ args }) => args[0])).toEqual([containerPid, bornPid]);
    expect(named(simulation, 'pidfd_open').map(({ args }) => args[0])).toEqual([bornPid]);
  });

  it('ends a start whose owner has hung up', () => {
    const simulation = superviseThrough(program, [], {
      override: ({ name, args: [polls] }, memory) => {
        if (name !== 'ppoll' || typeof polls !== 'object') return undefined;
        memory.of(polls.datum).writeUInt16LE(0x2000, 14); // POLLRDHUP
        return 1;
      },
    });
    expect(signals(simulation)).toEqual([SIGKILL]);
    expect(sent(simulation)).toEqual([]);
    expect(simulation.exitCode).toBe(0);
  });
});

describe('the end of all that a command has started, where v1 names it pid by pid', () => {
  it('leaves a pid alone that is cut off at the end of what was read: it is another process’s', () => {
    const directory = '/host/cg/freezer/tctl-box/exec-1';
    const tree = { version: 1, directory, parent: '/host/cg/freezer/tctl-box' } as const;
    const lists = ['4300\n4301\n43', '4300\n4302\n'];
    const simulation = superviseThrough(
      compileExec(makeExec({ cgroup: { tasks: [], tree } })),
      [{ signal: SIGKILL }, 'exit'],
      {
        says: [born, messages.ready],
        override: ({ name, step, args: [, into] }, memory) => {
          if (name !== 'read' || typeof into !== 'object') return undefined;
          if (step.what === 'wipe the list of pids') memory.of(into.datum).fill(0);
          if (step.what !== 'read the pids') return undefined;
          return memory.of(into.datum).write(lists.shift() ?? '', into.offset, 'latin1');
        },
      },
    );
    const killed = named(simulation, 'kill').map(({ args }) => args[0]);
    expect(killed).toEqual([4300, 4301, 4300, 4302]);
  });
});
