// As use.mjs, but with require().
const { run } = require('@tc/core');
const { runSteps } = require('@tc/core/launch');
const oci = require('@tc/core/oci');
const { hostRootfs } = require('@tc/images');
const { readCgroupHost } = require('@tc/linux');
const { monitor } = require('@tc/monitor');

(async () => {
  const { path } = await hostRootfs();
  const { stdout } = await run(['echo', 'required', typeof runSteps, typeof oci], {
    rootfs: { path, mode: 'overlay' },
  });
  for await (const { host } of monitor({ interval: '100ms', include: ['tctl'] })) {
    console.log(stdout.trim(), host.cpus > 0, typeof readCgroupHost().mode);
    break;
  }
})();
