/** Where the time of one launch goes: first as Node.js sees it, then by system call, as strace(1) sees it. */
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { assemble, compileRun, run } from '@tc/core';
import { median } from '../statistics.ts';
import { table } from '../table.ts';
import type { Workplace } from '../workplace.ts';
import { limits } from './tctl.ts';

const phases = [
  'resolve and compile',
  'assemble',
  'run() returns',
  'command runs',
  'supervisor is gone',
] as const;

export async function trace(place: Workplace, rounds: number): Promise<void> {
  const samples = phases.map((): number[] => []);
  for (let round = 0; round < rounds + 5; round += 1) {
    const times = await launchOnce(place);
    if (round >= 5) times.forEach((ms, index) => void samples[index]?.push(ms));
  }
  const rows = phases.map((phase, index) => [phase, median(samples[index] ?? []).toFixed(2)]);
  console.log(table(['as Node.js sees it, with limits', 'median ms'], rows));
  console.log(
    'The first two are measured apart and happen again in run(); the other three count from its call.\n',
  );
  console.log(table(['system call', 'times', 'total µs'], systemCalls(place, 10)));
  console.log(
    'One launch, supervisor and container up to execve; without waits, less what strace adds to a call.',
  );
}

async function launchOnce(place: Workplace): Promise<number[]> {
  const options = {
    rootfs: place.rootfs,
    name: place.id(),
    limits,
    stdout: 'ignore',
    stderr: 'ignore',
  } as const;
  const start = performance.now();
  const program = compileRun(['/bin/true'], options);
  const compiled = performance.now();
  assemble(program, process.arch === 'arm64' ? 'arm64' : 'x64');
  const assembled = performance.now();
  const running = run(['/bin/true'], options);
  const returned = performance.now();
  await running.started;
  const started = performance.now();
  await running;
  const ended = performance.now();
  return [
    compiled - start,
    assembled - compiled,
    returned - assembled,
    started - assembled,
    ended - assembled,
  ];
}

/** @returns rows of name, calls a launch and microseconds a launch, the longest first. */
function systemCalls(place: Workplace, launches: number): string[][] {
  const log = join(place.directory, 'strace');
  const script = new URL('./trace-main.ts', import.meta.url).pathname;
  try {
    execFileSync('strace', ['-f', '-T', '-o', log, process.execPath, script, place.rootfs, String(launches)]);
  } catch (error) {
    return [[(error as Error).message.split('\n')[0] ?? 'strace failed']];
  }
  const calls = [...launchCalls(readFileSync(log, 'utf8'))];
  // prctl(2) does next to nothing here: what it seems to take is what strace adds to every call.
  const floor = median(calls.filter(({ call }) => call === 'prctl').map(({ seconds }) => seconds));
  const totals = new Map<string, { times: number; seconds: number }>();
  for (const { call, seconds } of calls) {
    const total = totals.get(call) ?? { times: 0, seconds: 0 };
    totals.set(call, { times: total.times + 1, seconds: total.seconds + seconds - floor });
  }
  return [...totals]
    .toSorted(([, a], [, b]) => b.seconds - a.seconds)
    .slice(0, 20)
    .map(([call, { times, seconds }]) => [
      call,
      (times / launches).toFixed(1),
      ((seconds * 1e6) / launches).toFixed(0),
    ]);
}

const waits = new Set(['read', 'ppoll', 'wait4', 'exit_group']);

/** The calls of the processes that ran our image, until they execute something else. */
function* launchCalls(log: string): Generator<{ call: string; seconds: number }> {
  // A call that another process interrupts is two lines; the second has its name, result and time.
  const lines = log.split('\n').flatMap((text) => {
    const match = /^(\d+) +(?:<\.\.\. )?(\w+).*?(?: <([\d.]+)>)?$/.exec(text);
    return match === null ? [] : [{ pid: match[1] ?? '', call: match[2] ?? '', seconds: match[3], text }];
  });
  const pids = (call: string, pattern: RegExp, pick: (pid: string, match: RegExpExecArray) => string) =>
    new Set(
      lines.flatMap((line) => {
        const match = line.call === call ? pattern.exec(line.text) : null;
        return match === null ? [] : [pick(line.pid, match)];
      }),
    );
  const supervisors = pids('execve', /"\/proc\/self\/fd\//, (pid) => pid);
  const containers = pids(
    'clone3',
    /CLONE_NEWPID.*\) += (\d+)|resumed.*\) += (\d+)/,
    (_, match) => match[1] ?? match[2] ?? '',
  );
  for (const { pid, call, seconds, text } of lines) {
    if (!supervisors.has(pid) && !containers.has(pid)) continue;
    if (seconds !== undefined && !waits.has(call)) yield { call, seconds: Number(seconds) };
    if (call === 'execve' && text.includes(' = 0')) containers.delete(pid);
  }
}
