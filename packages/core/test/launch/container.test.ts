import { describe, expect, it } from 'vitest';
import { compileLaunch } from '../../src/launch/compile.ts';
import { afterClone, errorWrite, startContainer } from './processes.ts';
import type { Answer, Simulation } from './simulator.ts';
import { bindMount, makeSpec, variants } from './specs.ts';

const [EPERM, ENOENT, ENOEXEC, EACCES, ENOTDIR, ELOOP] = [1, 2, 8, 13, 20, 40];

const executed = ({ calls }: Simulation) =>
  calls.filter(({ name }) => name === 'execve').map(({ strings }) => strings[0]);

describe('a container’s start', () => {
  it.each(variants)('takes its errors to the error pipe and exits with 1, whatever fails: %s', (_, spec) => {
    const program = compileLaunch(spec);
    const steps = new Set(afterClone(startContainer(program)).map(({ step }) => step));
    const checked = [...steps].filter((step) => step.checked && !step.tolerate.includes(EPERM));
    expect(checked.length).toBeGreaterThan(60);
    for (const failing of checked) {
      const simulation = startContainer(program, ({ step }) => (step === failing ? -EPERM : undefined));
      const [report, ...others] = simulation.reports;
      expect(others).toEqual([]);
      expect([report?.fd, report?.errno, program.steps[report?.step ?? -1]]).toEqual([
        errorWrite,
        EPERM,
        failing,
      ]);
      expect(simulation.exitCode).toBe(1);
      expect(simulation.calls.at(-2)?.step).toBe(failing); // nothing more is done
    }
  });

  it('passes masks over that this kernel lacks', () => {
    const program = compileLaunch(makeSpec());
    const all = startContainer(program);
    const some = startContainer(program, ({ name, strings }) =>
      name === 'openat2' && ['kcore', 'scsi', 'sysrq-trigger'].includes(strings[0] ?? '')
        ? -ENOENT
        : undefined,
    );
    expect(some.reports).toEqual([]);
    expect(executed(some)).toEqual(executed(all));
    const mounts = ({ calls }: Simulation) => calls.filter(({ name }) => name === 'move_mount').length;
    expect(mounts(all) - mounts(some)).toBe(3);
  });

  it('stops at a mask that it can’t set for any other reason', () => {
    const simulation = startContainer(compileLaunch(makeSpec()), ({ name, strings }) =>
      name === 'openat2' && strings[0] === 'kcore' ? -ELOOP : undefined,
    );
    expect(simulation.reports).toMatchObject([{ errno: ELOOP }]);
    expect(executed(simulation)).toEqual([]);
  });

  it('refuses to mount onto what lies in /proc or /sys', () => {
    const mounts = [bindMount({ target: '/link' })];
    const program = compileLaunch(makeSpec({ mounts }));
    const on =
      (magic: number): Answer =>
      ({ name, args }, memory) => {
        const place = args[1];
        if (name === 'fstatfs' && typeof place === 'object') memory.write(place, magic);
        return undefined;
      };
    for (const magic of [0x9fa0, 0x62656572]) {
      const simulation = startContainer(program, on(magic));
      const { errno, step } = simulation.reports[0] ?? {};
      expect(errno).toBe(EPERM);
      expect(program.steps[step ?? -1]).toMatchObject({ op: 'fail', as: { call: 'fstatfs' } });
      expect(executed(simulation)).toEqual([]);
    }
    expect(executed(startContainer(program, on(0x01021994)))).not.toEqual([]); // tmpfs
  });
});

describe('the search for the command', () => {
  const program = compileLaunch(makeSpec({ process: { argv: ['job'], env: ['PATH=/a:/b:/c'] } }));
  const search = (...errnos: readonly (number | 'ends')[]) => {
    let turn = 0;
    return startContainer(program, ({ name }) => {
      if (name !== 'execve') return undefined;
      const errno = errnos[turn++];
      return typeof errno === 'number' ? -errno : 'ends';
    });
  };

  it('goes on where it is not there', () => {
    const simulation = search(ENOENT, ENOTDIR, 'ends');
    expect(executed(simulation)).toEqual(['/a/job', '/b/job', '/c/job']);
    expect(simulation.reports).toEqual([]);
  });

  it('ends at the first that executes', () => {
    expect(executed(search('ends'))).toEqual(['/a/job']);
  });

  it('says ENOENT where it is nowhere', () => {
    const simulation = search(ENOENT, ENOTDIR, ENOENT);
    expect(simulation.reports).toMatchObject([{ errno: ENOENT }]);
    expect(simulation.exitCode).toBe(1);
  });

  it.each([[[EACCES, ENOENT, ENOENT]], [[ENOENT, EACCES, ENOENT]], [[ENOENT, ENOENT, EACCES]]])(
    'says EACCES where one could not be executed and no other was found: %j',
    (errnos) => {
      expect(search(...errnos).reports).toMatchObject([{ errno: EACCES }]);
    },
  );

  it('takes one behind another that may not be executed', () => {
    expect(search(EACCES, 'ends').reports).toEqual([]);
  });

  it('stops at one that is no program', () => {
    const simulation = search(ENOENT, ENOEXEC, 'ends');
    expect(executed(simulation)).toEqual(['/a/job', '/b/job']);
    expect(simulation.reports).toMatchObject([{ errno: ENOEXEC }]);
  });
});
