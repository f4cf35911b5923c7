import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { expect } from 'vitest';
import { type Architecture, assemble } from '../../src/launch/image.ts';
import type { LaunchProgram } from '../../src/launch/program.ts';
import type { SmallProgram } from './small-programs.ts';

export interface Outcome {
  readonly exitCode: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: Buffer;
  /** What it wrote to descriptor 3: failures, and all else that a supervisor reports. */
  readonly reported: Buffer;
}

/** Runs a program's image on this machine, or under an emulator of another. */
export async function runImage(
  program: LaunchProgram,
  arch: Architecture,
  emulator?: string,
): Promise<Outcome> {
  const directory = mkdtempSync(join(tmpdir(), 'tctl-image-'));
  try {
    const file = join(directory, 'image');
    writeFileSync(file, assemble(program, arch));
    chmodSync(file, 0o700);
    const [command, ...args] = emulator === undefined ? [file] : [emulator, file];
    const child = spawn(command ?? '', args, { stdio: ['ignore', 'pipe', 'inherit', 'pipe'] });
    const outputs = Promise.all([read(child.stdout), read(child.stdio[3] as Readable)]);
    const [exitCode, signal] = await once(child, 'close');
    const [stdout, reported] = await outputs;
    return { exitCode, signal, stdout, reported };
  } finally {
    rmSync(directory, { recursive: true });
  }
}

async function read(stream: Readable | null): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of stream ?? []) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}

export async function expectAsDescribed(
  small: SmallProgram,
  arch: Architecture,
  emulator?: string,
): Promise<void> {
  const { exitCode, signal, stdout, reported } = await runImage(small.program, arch, emulator);
  const words = Array.from({ length: stdout.length / 8 }, (_, index) => stdout.readBigUInt64LE(index * 8));
  const report =
    reported.length === 0 ? undefined : { step: reported.readUInt32LE(0), errno: reported.readUInt32LE(4) };
  expect({ exitCode, signal, shows: words, report, size: reported.length }).toEqual({
    exitCode: small.exitCode,
    signal: null,
    shows: small.shows,
    report: small.report,
    size: small.report === undefined ? 0 : 8,
  });
}
