// 4. Files of its own: chroot, and why it is not enough. Run it as root: node examples/containers-from-scratch/4-chroot.ts
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { executeCommand, runSteps, string } from '@tc/core/launch';
import { hostRootfs } from '@tc/images';

const { path: rootfs } = await hostRootfs(); // a small root file system, made of this machine's own programs
const secret = mkdtempSync(join(tmpdir(), 'scratch-'));
writeFileSync(join(secret, 'secret'), 'a file of the host\n');
const env = ['PATH=/usr/bin:/bin'];
const look = ['sh', '-c', `cat ${secret}/secret 2>/dev/null || echo "no such file in here"`];

console.log('--- after chroot(2)');
await runSteps((p) => {
  p.call('chroot', [string(rootfs)], { what: 'change the root' });
  p.call('chdir', [string('/')], {
    what: 'go there',
    why: 'chroot(2) leaves the working directory where it was',
  });
  executeCommand(p, { argv: look, env });
});

// chroot(2) itself says so: root gets out by a second one, since the working directory stays above the new root.
console.log('--- after chroot(2), by a prisoner who is root');
await runSteps((p) => {
  p.call('chroot', [string(rootfs)], { what: 'change the root' });
  p.call('chdir', [string('/')], { what: 'go there' });

  p.call('chroot', [string('/tmp')], { what: 'change the root again, but not the directory' });
  for (let i = 0; i < 20; i += 1) p.call('chdir', [string('..')], { what: 'go up, past both roots' });
  p.call('chroot', [string('.')], { what: 'make the host’s root mine' });
  executeCommand(p, { argv: look, env });
});
rmSync(secret, { recursive: true });
