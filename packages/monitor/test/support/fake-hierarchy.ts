/** A directory that is made to look like a cgroup hierarchy: where a test has to decide what a file says, and when. */
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Hierarchy } from '../../src/cgroups/hierarchies.ts';

const usual = {
  'memory.current': '4096\n',
  'memory.max': 'max\n',
  'memory.stat': 'anon 1024\nfile 2048\nkernel 512\ninactive_file 1000\n',
  'pids.current': '1\n',
  'cpu.stat': 'usage_usec 1000\nuser_usec 600\nsystem_usec 400\n',
  'io.stat': '',
  'cgroup.procs': '',
};

export class FakeHierarchy {
  readonly directory = mkdtempSync(join(tmpdir(), 'tctl-monitor-'));

  get hierarchies(): Hierarchy[] {
    return [{ mountPoint: this.directory, keys: ['v2'] }];
  }

  add(path: string, files: Readonly<Record<string, string>> = {}): void {
    const directory = join(this.directory, path);
    mkdirSync(directory, { recursive: true });
    for (const [name, text] of Object.entries({ ...usual, ...files }))
      writeFileSync(join(directory, name), text);
  }

  write(path: string, file: string, text: string): void {
    writeFileSync(join(this.directory, path, file), text);
  }

  /** Whoever opens this file waits until somebody opens it to write: fifo(7). */
  block(path: string, file: string): string {
    const fifo = join(this.directory, path, file);
    rmSync(fifo, { force: true });
    execFileSync('mkfifo', [fifo]);
    return fifo;
  }

  remove(path: string): void {
    rmSync(join(this.directory, path), { recursive: true });
  }

  [Symbol.dispose](): void {
    rmSync(this.directory, { recursive: true, force: true });
  }
}
