import { TcError } from '@tc/linux';
import { describe, expect, it } from 'vitest';
import { compileLaunch } from '../../src/launch/compile.ts';
import { explain } from '../../src/launch/explain.ts';
import type { CallStep, LaunchProgram } from '../../src/launch/program.ts';
import { bindMount, kept, logs, makeSpec, variants } from './specs.ts';

const callsOf = ({ steps }: LaunchProgram) => steps.filter((step): step is CallStep => step.op === 'call');

describe.each(variants)('the program of a container: %s', (_, spec) => {
  const program = compileLaunch(spec);

  it('says of each call what it does', () => {
    expect(callsOf(program).filter(({ what }) => what.trim() === '')).toEqual([]);
  });

  it('places every label that something jumps to', () => {
    const labels = program.steps.flatMap((step) => {
      if (step.op === 'jump') return [step.to];
      if (step.op === 'compute')
        return [step.left, step.right].flatMap((o) => (o.kind === 'step' ? [o.label] : []));
      return [];
    });
    expect(labels.length).toBeGreaterThan(10);
    for (const { step } of labels) {
      expect(step).toBeGreaterThanOrEqual(0);
      expect(step).toBeLessThan(program.steps.length);
    }
  });

  it('tolerates at most four errnos a call, each of which fits in a byte', () => {
    const tolerant = callsOf(program).filter(({ tolerate }) => tolerate.length > 0);
    expect(tolerant).not.toEqual([]);
    for (const { tolerate } of tolerant) {
      expect(tolerate.length).toBeLessThanOrEqual(4);
      for (const errno of tolerate) expect(errno).toBeLessThan(256);
    }
  });

  it('has no call with more than six arguments', () => {
    expect(Math.max(...callsOf(program).map(({ args }) => args.length))).toBeLessThanOrEqual(6);
  });

  it('ends with the supervisor’s exit', () => {
    expect(program.steps.at(-1)).toMatchObject({ op: 'call', call: 'exit_group' });
  });

  it('is the same each time', () => {
    expect(explain(compileLaunch(spec))).toBe(explain(program));
  });
});

describe('text for the kernel', () => {
  const withNul: readonly (readonly [string, Parameters<typeof makeSpec>[0]])[] = [
    ['an argument', { process: { argv: ['true', 'a\0b'] } }],
    ['the command', { process: { argv: ['/bin/\0true'] } }],
    ['a variable', { process: { env: ['A=b\0c'] } }],
    ['the root file system', { rootfs: { layers: ['/ro\0ot'] } }],
    ['the working directory', { process: { cwd: '/a\0b' } }],
    ['the host name', { hostname: 'a\0b' }],
    ['a mount’s source', { mounts: [bindMount({ source: '/a\0' })] }],
    ['a mount’s target', { mounts: [bindMount({ target: '/b\0' })] }],
    ['the runtime directory', { runtimeDirectory: '/run\0' }],
    ['the upper layer’s directory', { rootfs: { mode: 'overlay', upper: '/up\0' } }],
    ['the log’s directory', { logs: { ...logs, directory: '/lo\0gs' } }],
    ['launch.json', { lifetime: { ...kept, launchFile: '{\0}' } }],
  ];

  it.each(withNul)('may not contain NUL, where the kernel would cut it: %s', (_, changes) => {
    const compile = () => compileLaunch(makeSpec(changes));
    expect(compile).toThrow(TcError);
    expect(compile).toThrow(expect.objectContaining({ code: 'INVALID_ARGUMENT' }));
  });

  it('is UTF-8, and its size is counted in bytes', () => {
    const call = callsOf(compileLaunch(makeSpec({ hostname: 'größe' }))).find(
      (c) => c.call === 'sethostname',
    );
    expect(call?.args[1]).toEqual({ kind: 'number', value: 7 });
  });
});
