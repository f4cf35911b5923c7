// Copied into an empty project in which the packages are installed: everything that has a file or a thread of its own.
import { run } from '@tc/core';
import { runSteps } from '@tc/core/launch';
import * as oci from '@tc/core/oci';
import { hostRootfs, ImageStore } from '@tc/images';
import { readCgroupHost } from '@tc/linux';
import { monitor } from '@tc/monitor';

const threads = [];
process.on('worker', (worker) => threads.push(worker));
const { path } = await hostRootfs();
const { stdout, exitCode } = await run(['echo', 'inside'], { rootfs: { path, mode: 'overlay' } });
let cpus;
for await (const frame of monitor({ interval: '100ms', include: ['tctl'] })) {
  cpus = frame.host.cpus;
  break;
}
const sampling = threads.length;
const images = new ImageStore();
await images.import(path, 'packaged:1', { settings: { cmd: ['true'] } });
const image = await images.use('packaged:1');
const { cmd } = image.config.settings;
image[Symbol.dispose]();
await images.remove('packaged:1');
console.log(
  JSON.stringify({
    stdout,
    exitCode,
    cmd,
    hasCpus: cpus > 0,
    hasMode: typeof readCgroupHost().mode,
    hasOci: typeof runSteps === 'function' && Object.keys(oci).length > 0,
    hasThreads: [sampling > 0, threads.length > sampling],
  }),
);
