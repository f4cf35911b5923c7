import { describe, expect, it } from 'vitest';
import { checkShape } from '../../src/run/check-shape.ts';
import { containerShape, runShape } from '../../src/run/option-shapes.ts';

const refusal = (options: unknown, shape = runShape): string => {
  try {
    checkShape(options, shape, 'test');
  } catch (error) {
    expect(error).toMatchObject({ code: 'INVALID_OPTION' });
    return (error as Error).message;
  }
  return 'taken';
};

describe('options of any type', () => {
  it('are taken where each is what it may be, or undefined', () => {
    expect(refusal({ rootfs: '/', limits: { memory: '64m' }, env: { A: undefined }, name: undefined })).toBe(
      'taken',
    );
    expect(refusal({ rootfs: '/', command: ['a'], logs: false }, containerShape)).toBe('taken');
  });

  it.each([
    [undefined, 'options is not an object'],
    [[], 'options is not an object'],
    [{}, 'options lacks rootfs'],
    [{ rootfs: {} }, 'options.rootfs lacks path'],
    [{ rootfs: 5 }, 'options.rootfs is not a text or an object'],
    [{ rootfs: { path: '/', mode: 'rox' } }, 'options.rootfs.mode is not one of rw, ro, overlay, overlay-ro'],
    [{ rootfs: '/', limit: {} }, 'options has no "limit"'],
    [{ rootfs: '/', limits: { memroy: 1 } }, 'options.limits has no "memroy"'],
    [{ rootfs: '/', limits: { io: [{ device: '/dev/x', bps: 1 }] } }, 'options.limits.io[0] has no "bps"'],
    [{ rootfs: '/', mounts: [{ source: '/x' }] }, 'options.mounts[0] lacks target'],
    [{ rootfs: '/', mounts: [5] }, 'options.mounts[0] is not a text or an object'],
    [{ rootfs: '/', env: { A: 5 } }, 'options.env.A is not a text'],
    [{ rootfs: '/', tty: { rows: 5 } }, 'options.tty lacks columns'],
    [{ rootfs: '/', __proto__: null, constructor: 1 }, 'options has no "constructor"'],
    // biome-ignore lint/suspicious/noSparseArray: what JavaScript may give
    [{ rootfs: '/', capabilities: [, 'CAP_CHOWN'] }, 'options.capabilities[0] is not a text'],
  ])('are refused with the place that is wrong: %j', (options, problem) => {
    expect(refusal(options)).toBe(`test: ${problem}`);
  });
});
