// Runs code that nobody has read, with a deadline, and collects its files. Run it as root.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Container } from '@tc/core';
import { hostRootfs } from '@tc/images';

const code = `
seq 1 30 | awk '{ print $1 "," $1 * $1 }' >squares.csv
mkdir -p reports && sort -t, -k2 -rn squares.csv | head -3 >reports/largest.txt
echo "$(wc -l <squares.csv) lines written"
ln -s /etc/passwd reports/looks-harmless
sleep 1000 & while :; do :; done # and now it hangs, twice
`;

const { path } = await hostRootfs();
await using box = await Container.create({
  rootfs: { path, mode: 'overlay' },
  command: ['sleep', 'infinity'],
  init: true,
  limits: { memory: '64m', pids: 32, cpus: 0.5 },
});
await box.start();
await box.files.mkdir('/work', { uid: 1000, gid: 1000 });
await box.files.write('/work/main.sh', code);

const result = await box.exec(['sh', 'main.sh'], { user: '1000:1000', cwd: '/work', timeout: '1s' });
console.log(`it said: ${result.stdout.trim()}`);
console.log(`it ended by ${result.reason} after ${Math.round(result.wallMs)} ms`);
console.log(
  `of it there are still ${(await box.exec(['pgrep', '-c', '-U', '1000'])).stdout.trim()} processes`,
);

const directory = await mkdtemp(join(tmpdir(), 'collected-'));
const { files, bytes } = await box.files.copyOut('/work', join(directory, 'work'), { maxBytes: '1m' });
console.log(`collected ${files} files, ${bytes} bytes`);
for (const { name, type, sizeBytes, target = '' } of await box.files.list('/work/reports'))
  console.log(`  reports/${name}: ${type}, ${sizeBytes} bytes ${target}`);
await rm(directory, { recursive: true });
