import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';

const script = fileURLToPath(new URL('../support/blocked-child.ts', import.meta.url));

async function endOf(how: string): Promise<{ code: unknown; stdout: string; stderr: string }> {
  const child = spawn(process.execPath, ['--conditions=tc-source', script, how], {
    stdio: ['ignore', 'pipe', 'pipe'],
    timeout: 50_000,
    killSignal: 'SIGKILL',
  });
  const [stdout, stderr, [code]] = await Promise.all([
    text(child.stdout),
    text(child.stderr),
    once(child, 'exit'),
  ]);
  return { code, stdout, stderr };
}

describe('a process with a thread that is blocked for ever', { timeout: 60_000 }, () => {
  it('ends by itself, with its exit code and after its listeners', async () => {
    expect(await endOf('itself')).toEqual({ code: 4, stdout: 'exit 4\n', stderr: '' });
  });

  it('ends by process.exit()', async () => {
    expect(await endOf('exit')).toEqual({ code: 3, stdout: 'exit 3\n', stderr: '' });
  });

  it('ends where nobody has noticed the thread yet', async () => {
    expect(await endOf('early')).toEqual({ code: 4, stdout: 'exit 4\n', stderr: '' });
  });
});
