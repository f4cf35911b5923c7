// What strace runs: some launches, one after another.
import { run } from '@tc/core';
import { limits } from './tctl.ts';

const [rootfs = '', launches = '1'] = process.argv.slice(2);
for (let launch = 0; launch < Number(launches); launch += 1) {
  await run(['/bin/true'], { rootfs, limits, stdout: 'ignore', stderr: 'ignore' });
}
