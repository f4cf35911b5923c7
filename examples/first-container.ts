// The first script: node examples/first-container.ts (as root, after `npm start`)
import { run } from '@tc/core';
import { hostRootfs } from '@tc/images';

const { path } = await hostRootfs();
const result = await run(['sh', '-c', 'hostname; ps; echo "I am process $$"'], {
  rootfs: { path, mode: 'overlay' },
  limits: { memory: '64m', pids: 20, cpus: 0.5 },
  timeout: '5s',
});
console.log(result.stdout, result.exitCode, result.reason, result.maxMemoryBytes);
