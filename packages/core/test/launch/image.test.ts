import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ProgramBuilder } from '../../src/launch/builder.ts';
import { compileLaunch } from '../../src/launch/compile.ts';
import { address, buffer, cell, flags, load, number, string, words } from '../../src/launch/data.ts';
import { architecture, assemble } from '../../src/launch/image.ts';
import { interpreters } from '../../src/launch/interpreter/bytes.ts';
import type { LaunchProgram } from '../../src/launch/program.ts';
import { makeSpec, planV1, planV2, variants } from './specs.ts';

const pageSize = 0x10000;
const architectures = ['x64', 'arm64'] as const;
const PT_LOAD = 1;
const PT_GNU_STACK = 0x6474e551;
const [execute, write, read] = [1, 2, 4];

function segmentsOf(image: Buffer) {
  const count = image.readUInt16LE(56);
  return Array.from({ length: count }, (_, index) => {
    const at = Number(image.readBigUInt64LE(32)) + index * image.readUInt16LE(54);
    const word = (offset: number) => Number(image.readBigUInt64LE(at + offset));
    return {
      type: image.readUInt32LE(at),
      flags: image.readUInt32LE(at + 4),
      offset: word(8),
      address: word(16),
      fileSize: word(32),
      memorySize: word(40),
      align: word(48),
    };
  });
}

const imageOf = (program: LaunchProgram, arch: 'x64' | 'arm64' = 'x64') =>
  Buffer.from(assemble(program, arch));

/** The instruction at a step, as the interpreter reads it. */
function instruction(image: Buffer, step: number) {
  const at = 0x400 + 128 + step * 64;
  return {
    op: image.readUInt8(at),
    indirect: image.readUInt8(at + 1),
    code: image.readUInt16LE(at + 2),
    extra: image.readUInt32LE(at + 4),
    result: image.readBigUInt64LE(at + 8),
    args: Array.from({ length: 6 }, (_, index) => image.readBigInt64LE(at + 16 + index * 8)),
  };
}

function program(build: (p: ProgramBuilder) => void): LaunchProgram {
  const p = new ProgramBuilder();
  build(p);
  return p.finish(buffer(8, 'record'));
}

describe.each(architectures)('the image for %s', (arch) => {
  it.each(variants)('is a static 64-bit ELF executable for that machine: %s', (_, spec) => {
    const image = imageOf(compileLaunch(spec), arch);
    expect(image.subarray(0, 8).toString('latin1')).toBe('\x7fELF\x02\x01\x01\x00');
    expect(image.readUInt16LE(16)).toBe(2); // ET_EXEC
    expect(image.readUInt16LE(18)).toBe(arch === 'x64' ? 62 : 183);
    expect(image.readUInt16LE(52)).toBe(64);
    expect(image.readUInt16LE(54)).toBe(56);
    expect(segmentsOf(image).map(({ type }) => type)).toEqual([PT_LOAD, PT_LOAD, PT_GNU_STACK]);
  });

  it('has no segment, and no stack, that is both writable and executable', () => {
    const segments = segmentsOf(imageOf(compileLaunch(makeSpec()), arch));
    expect(segments.map((segment) => segment.flags)).toEqual([read | execute, read | write, read | write]);
  });

  it('starts in the interpreter’s text', () => {
    const image = imageOf(compileLaunch(makeSpec()), arch);
    const text = segmentsOf(image)[0];
    const at = Number(image.readBigUInt64LE(24)) - (text?.address ?? 0) + (text?.offset ?? 0);
    const code = interpreters[arch];
    expect(image.subarray(at, at + code.length).equals(code)).toBe(true);
    expect(at + code.length).toBeLessThanOrEqual(text?.fileSize ?? 0);
    expect(at + code.length).toBeLessThanOrEqual(segmentsOf(image)[1]?.offset ?? 0);
  });

  it.each(variants)('can be mapped with pages of 64 KiB, and holds all that it maps: %s', (_, spec) => {
    const image = imageOf(compileLaunch(spec), arch);
    for (const segment of segmentsOf(image).filter(({ type }) => type === PT_LOAD)) {
      expect(segment.align).toBe(pageSize);
      expect(segment.address % pageSize).toBe(segment.offset % pageSize);
      expect(segment.offset + segment.fileSize).toBeLessThanOrEqual(image.length);
      expect(segment.memorySize).toBeGreaterThanOrEqual(segment.fileSize);
    }
    const [text, data] = segmentsOf(image).map(({ address, memorySize }) => [address, address + memorySize]);
    const page = (at: number | undefined) => Math.floor((at ?? Number.NaN) / pageSize);
    expect(page(text?.[1])).toBeLessThan(page(data?.[0]));
  });

  it('has the same bytes each time', () => {
    const [one, other] = [0, 1].map(() => imageOf(compileLaunch(makeSpec({ cgroup: planV2 })), arch));
    expect(other?.equals(one ?? Buffer.alloc(0))).toBe(true);
  });
});

describe('the two images of a program', () => {
  it('have the system call numbers of their architectures', () => {
    const made = program((p) => p.call('mkdirat', [], { what: 'x' }));
    expect(architectures.map((arch) => instruction(imageOf(made, arch), 0).code)).toEqual([258, 34]);
  });

  it('have the flags of their architectures', () => {
    const directory = flags(
      { O_DIRECTORY: { x64: 0o200000, arm64: 0o40000 }, O_CLOEXEC: 0o2000000 },
      'O_DIRECTORY',
      'O_CLOEXEC',
    );
    const made = program((p) => p.call('openat', [0, 0, directory], { what: 'x' }));
    const passed = architectures.map((arch) => instruction(imageOf(made, arch), 0).args[2]);
    expect(passed).toEqual([0o2200000n, 0o2040000n]);
  });
});

describe('the data of an image', () => {
  const count = (image: Buffer, text: string) => image.toString('latin1').split(text).length - 1;

  it('has equal strings once', () => {
    const image = imageOf(compileLaunch(makeSpec({ cgroup: planV1 })));
    expect(count(image, 'dev/null\0')).toBeGreaterThan(0);
    for (const text of [`${planV1.directories[0]}\0`, 'shm\0', 'mqueue\0', '/host/rootfs\0']) {
      expect(count(image, `\0${text}`), text).toBe(1);
    }
  });

  it('has no bytes for zeroed memory', () => {
    const size = (bytes: number) => {
      const made = program((p) => p.call('read', [0, address(buffer(bytes, 'much')), bytes], { what: 'x' }));
      const image = imageOf(made);
      return { file: image.length, memory: segmentsOf(image)[1]?.memorySize ?? 0 };
    };
    expect(size(100_000).file).toBe(size(8).file);
    expect(size(100_000).memory - size(8).memory).toBe(100_000 - 8);
  });

  it('keeps numbers beyond 32 bits and below 0', () => {
    fc.assert(
      fc.property(fc.maxSafeInteger(), (value) => {
        const image = imageOf(program((p) => p.jumpIf(number(value), 'eq', 0, p.here())));
        expect(instruction(image, 0).args[0]).toBe(BigInt(value));
      }),
    );
  });

  it('has each string where its address says, whatever else there is', () => {
    const text = fc.string({ unit: 'grapheme', maxLength: 40 }).filter((each) => !each.includes('\0'));
    const datum = fc.oneof(
      text.map((each) => ({ text: each })),
      fc.integer({ min: 1, max: 99 }).map((size) => ({ size })),
    );
    fc.assert(
      fc.property(fc.array(datum, { minLength: 1, maxLength: 20 }), (data) => {
        const image = imageOf(
          program((p) => {
            for (const each of data) {
              const argument = 'text' in each ? string(each.text) : address(buffer(each.size, 'zeroed'));
              p.call('chdir', [argument], { what: 'x' });
            }
          }),
        );
        const segment = segmentsOf(image)[1];
        if (segment === undefined) throw new Error('no data');
        const taken = new Map<number, number>();
        data.forEach((each, step) => {
          const at = Number(instruction(image, step).args[0]) - segment.address;
          if ('text' in each) {
            const expected = Buffer.from(`${each.text}\0`);
            expect(
              image.subarray(segment.offset + at, segment.offset + at + expected.length).equals(expected),
            ).toBe(true);
          } else {
            expect(at).toBeGreaterThanOrEqual(segment.fileSize);
            expect(at % 8).toBe(0);
            expect(at + each.size).toBeLessThanOrEqual(segment.memorySize);
            for (const [other, size] of taken)
              expect(at >= other + size || at + each.size <= other).toBe(true);
            taken.set(at, each.size);
          }
        });
      }),
    );
  });

  it('points from words to what they point to', () => {
    const name = string('lo');
    const made = program((p) =>
      p.call('write', [1, address(words([number(7), name], 'struct')), 16], { what: 'x' }),
    );
    const image = imageOf(made);
    const segment = segmentsOf(image)[1];
    const offset = (at: bigint) => Number(at) - (segment?.address ?? 0) + (segment?.offset ?? 0);
    const struct = offset(instruction(image, 0).args[1] ?? 0n);
    expect(image.readBigUInt64LE(struct)).toBe(7n);
    const target = offset(image.readBigUInt64LE(struct + 8));
    expect(image.toString('latin1', target, target + 3)).toBe('lo\0');
  });
});

describe('an instruction', () => {
  const operations = [
    (p: ProgramBuilder) => p.call('close', [1], { what: 'checked' }),
    (p: ProgramBuilder) => p.call('close', [1], { what: 'unchecked', checked: false }),
    (p: ProgramBuilder) => p.jump(p.here()),
    (p: ProgramBuilder) => p.compute(cell('x'), number(1), 'shr', 2),
    (p: ProgramBuilder) => p.fail(number(1), p.call('close', [1], { what: 'x' })),
    (p: ProgramBuilder) => p.decimal(cell('x'), cell('from')),
  ];

  it('says what to do', () => {
    const made = program((p) => {
      for (const each of operations) each(p);
    });
    const image = imageOf(made);
    expect(made.steps.map((_, step) => instruction(image, step).op)).toEqual([0, 1, 2, 3, 0, 4, 5]);
  });

  it('has the operation of a computation', () => {
    const names = ['add', 'and', 'shr', 'sub'] as const;
    const made = program((p) => {
      for (const name of names) p.compute(cell('x'), number(7), name, 2);
    });
    const image = imageOf(made);
    expect(names.map((_, step) => instruction(image, step).code)).toEqual([0, 1, 2, 3]);
  });

  it('reads a number from where a place says, and moves that', () => {
    const [value, from] = [cell('value'), cell('from')];
    const made = program((p) => {
      p.set(from, string('12'));
      p.decimal(value, from);
    });
    const [set, decimal] = [0, 1].map((step) => instruction(imageOf(made), step));
    expect(decimal?.args[0]).toBe(set?.result); // the place itself, not what is in it
    expect(decimal?.indirect).toBe(0);
    expect(decimal?.result).not.toBe(set?.result);
  });

  it('marks the arguments that are loaded at run time', () => {
    fc.assert(
      fc.property(fc.array(fc.boolean(), { maxLength: 6 }), (loaded) => {
        const args = loaded.map((each) => (each ? load(cell('x')) : number(5)));
        const { indirect } = instruction(imageOf(program((p) => p.call('mount', args, { what: 'x' }))), 0);
        expect(loaded.map((_, index) => ((indirect >> index) & 1) === 1)).toEqual(loaded);
        expect(indirect >> loaded.length).toBe(0);
      }),
    );
  });

  it('names up to four tolerated errnos, and no more', () => {
    const tolerating = (...tolerate: ('EPERM' | 'ENOENT' | 'EBUSY' | 'EEXIST' | 'ELOOP')[]) =>
      program((p) => p.call('close', [1], { what: 'x', tolerate }));
    expect(instruction(imageOf(tolerating('EPERM', 'ENOENT', 'EBUSY', 'EEXIST')), 0).extra).toBe(0x11100201);
    expect(() => imageOf(tolerating('EPERM', 'ENOENT', 'EBUSY', 'EEXIST', 'ELOOP'))).toThrow(RangeError);
  });

  it('jumps to the step that its label was placed before', () => {
    const image = imageOf(
      program((p) => {
        const end = p.label();
        p.jump(end);
        p.call('close', [1], { what: 'x' });
        p.place(end);
        p.call('close', [2], { what: 'x' });
      }),
    );
    expect(instruction(image, 0).extra).toBe(0x600400 + 128 + 2 * 64);
  });

  it('can’t jump to a label that was never placed', () => {
    expect(() => imageOf(program((p) => p.jump(p.label())))).toThrow(RangeError);
  });
});

describe('the architecture', () => {
  it('is one of those that have an interpreter', () => {
    expect(['x64', 'arm64', 'riscv64', 'ia32'].map(architecture)).toEqual([
      'x64',
      'arm64',
      undefined,
      undefined,
    ]);
  });
});
