// Judges submissions to a task: how each one ended is its verdict. Run it as root.
import { type RunResult, run } from '@tc/core';
import { hostRootfs } from '@tc/images';

const { path } = await hostRootfs();
const task = { input: '20 22\n', answer: '42' };
const submissions = {
  'adds the numbers': 'read a b; echo $((a + b))',
  'multiplies them': 'read a b; echo $((a * b))',
  'fails on purpose': 'exit 3',
  'works for ever': 'while :; do :; done',
  'waits for ever': 'sleep 100',
  'eats all memory': 'x=x; while :; do x=$x$x; done',
  'never stops talking': 'yes',
  'starts processes': 'n=0; while [ $n -lt 50 ]; do sleep 9 & n=$((n + 1)); done; echo 42',
};

function verdict({ reason, exitCode, stdout, pidsLimitHits }: RunResult): string {
  if (reason === 'oom') return 'MLE, memory limit exceeded';
  if (reason === 'cpu' || reason === 'timeout') return 'TLE, time limit exceeded';
  if (reason === 'output') return 'OLE, output limit exceeded';
  if (reason !== 'exit' || exitCode !== 0) return `RE, runtime error${pidsLimitHits ? ': fork refused' : ''}`;
  return stdout.trim() === task.answer ? 'AC, accepted' : 'WA, wrong answer';
}

for (const [name, script] of Object.entries(submissions)) {
  const result = await run(['sh', '-c', script], {
    rootfs: { path, mode: 'overlay-ro' }, // it writes to /tmp only, in memory
    user: '1000:1000',
    capabilities: [],
    limits: { memory: '32m', pids: 8, cpus: 1 },
    cpuTime: '500ms',
    timeout: '2s',
    maxOutput: '16k',
    input: task.input,
  });
  const used = `${Math.round(result.cpuUsec / 1000)} ms CPU, ${(result.maxMemoryBytes / 2 ** 20).toFixed(1)} MiB`;
  console.log(`${name.padEnd(20)} ${verdict(result).padEnd(31)} ${used}`);
}
