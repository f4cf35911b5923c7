#!/usr/bin/env node
// Assembles the launch interpreter's sources and writes packages/core/src/launch/interpreter/bytes.ts.
// Needs binutils for x86-64 and arm64 (Debian: binutils, binutils-aarch64-linux-gnu).
// `--check` writes nothing and exits 1 where sources and bytes differ.
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const directory = new URL('../packages/core/src/launch/interpreter/', import.meta.url).pathname;
const output = join(directory, 'bytes.ts');
const targets = [
  { arch: 'x64', source: 'x86-64.s', prefix: 'x86_64-linux-gnu-' },
  { arch: 'arm64', source: 'arm64.s', prefix: 'aarch64-linux-gnu-' },
];

function assemble({ source, prefix }) {
  const scratch = mkdtempSync(join(tmpdir(), 'tctl-assemble-'));
  try {
    const object = join(scratch, 'interpreter.o');
    const binary = join(scratch, 'interpreter.bin');
    execFileSync(`${prefix}as`, ['-o', object, join(directory, source)]);
    execFileSync(`${prefix}objcopy`, ['-O', 'binary', '-j', '.text', object, binary]);
    return readFileSync(binary);
  } finally {
    rmSync(scratch, { recursive: true });
  }
}

function render(target) {
  const hex = assemble(target).toString('hex');
  const lines = hex.match(/.{1,96}/g).map((line) => `    '${line}'`);
  return `  // ${target.source}, ${hex.length / 2} bytes\n  ${target.arch}: bytes(\n${lines.join(' +\n')},\n  ),\n`;
}

const text = `// Generated from the assembly sources beside it by tools/assemble.mjs. Do not edit.
const bytes = (hex: string): Uint8Array => Buffer.from(hex, 'hex');

/** The launch interpreter's machine code. */
export const interpreters = {
${targets.map(render).join('')}} as const;
export type Architecture = keyof typeof interpreters;
`;

if (!process.argv.includes('--check')) writeFileSync(output, text);
else if (readFileSync(output, 'utf8') !== text) {
  console.error('the interpreter bytes do not match their sources; run: node tools/assemble.mjs');
  process.exit(1);
}
