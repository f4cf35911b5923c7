/** Somebody who listens to filters that ask. */
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { expect } from 'vitest';
import { scaled } from './scale.ts';

const [recvmsg, ioctl] = process.arch === 'arm64' ? [212, 29] : [47, 16];

/**
 * Takes one filter after the other, prints the state that comes with it, and answers each of its calls with ENOTUNIQ, 76,
 * which nothing else gives: seccomp_unotify(2).
 */
const agent = `
  $| = 1; my ($path, $filters) = @ARGV;
  socket my $s, 1, 1, 0; bind $s, pack "S a*", 1, "$path\\0" or die $!; listen $s, 5;
  for (1 .. $filters) {
    accept my $c, $s;
    my ($data, $control) = ("\\0" x 4096, "\\0" x 64);
    my $vector = pack "P Q", $data, 4096;
    my $message = pack "Q L x4 P Q P Q Q", 0, 0, $vector, 1, $control, 64, 0;
    my $size = syscall ${recvmsg}, fileno $c, $message, 0;
    my $fd = unpack "l", substr $control, 16, 4;
    print substr($data, 0, $size), "\\n";
    for (;;) {
      my $call = "\\0" x 80;
      last if syscall(${ioctl}, $fd, 0xc0502100, $call) < 0;
      my ($id, $pid) = unpack "Q L", $call;
      print "asked by $pid\\n";
      my $answer = pack "Q q l L", $id, 0, -76, 0;
      syscall ${ioctl}, $fd, 0xc0182101, $answer;
      last;
    }
    syscall ${process.arch === 'arm64' ? 57 : 3}, $fd;
  }
`;

/** @returns what `use` does, and the lines that the agent printed */
export async function whileListening<T>(
  directory: string,
  filters: number,
  use: (path: string) => Promise<T>,
): Promise<[T, string[]]> {
  const path = join(directory, 'socket');
  const child = spawn('perl', ['-e', agent, path, String(filters)], { stdio: ['ignore', 'pipe', 'inherit'] });
  const output = text(child.stdout);
  try {
    await expect.poll(() => existsSync(path), { timeout: scaled(20_000) }).toBe(true);
    const result = await use(path);
    return [result, (await output).trim().split('\n')];
  } finally {
    child.kill('SIGKILL');
  }
}
