/** Docker's options that there are not, each with what to do instead. */
import type { RefusedTable } from '../cli/options.ts';

const valued = (hint: string) => ({ value: true, hint }) as const;

const ports = 'There is no port mapping yet: --network host shares the ports of this machine.';
const names =
  'There is no network but lo and the host’s: put a file over /etc/hosts or /etc/resolv.conf with -v.';
const namespaces = 'Each container has a namespace of its own; --network, --uts and --userns can share.';
const health = 'Nothing looks after containers: run the check with tctl exec, from cron or a systemd timer.';
const logs = 'tctl keeps the output itself: --log-size says how much, tctl logs prints it.';
const kernel = 'Kernels of today do not have it, or not for cgroup v2: see the limits in tctl run --help.';
const io = 'Weights of disks are not there; --device-read-bps and its like limit rates.';

/** Of `docker run` and `docker create`. */
export const refusedRunOptions: RefusedTable = {
  publish: { short: 'p', value: true, hint: ports },
  'publish-all': { short: 'P', hint: ports },
  expose: valued(ports),
  link: valued('Share the network: --network container:NAME.'),
  dns: valued(names),
  'dns-option': valued(names),
  'dns-search': valued(names),
  'add-host': valued(names),
  ip: valued(names),
  ip6: valued(names),
  'mac-address': valued(names),
  'network-alias': valued(names),
  'net-alias': valued(names),
  domainname: valued('--hostname takes the whole name.'),
  privileged: {
    hint: 'Say what it needs: --cap-add ALL --security-opt seccomp=unconfined --device DEV come closest.',
  },
  gpus: valued('Give it the devices: --device /dev/nvidia0 and so on, and the libraries with -v.'),
  pid: valued(namespaces),
  ipc: valued(namespaces),
  cgroupns: valued(namespaces),
  'health-cmd': valued(health),
  'health-interval': valued(health),
  'health-retries': valued(health),
  'health-start-period': valued(health),
  'health-timeout': valued(health),
  'no-healthcheck': { hint: health },
  'log-driver': valued(logs),
  'log-opt': valued(logs),
  runtime: valued('tctl is the runtime.'),
  isolation: valued('That is an option for Windows.'),
  platform: valued('Pull it first: tctl pull --platform OS/ARCH IMAGE.'),
  'volumes-from': valued('Name the volumes: -v NAME:DIR; tctl inspect tells which that container has.'),
  'volume-driver': valued(
    'Volumes are directories: mount what you like on the host, and pass it on with -v.',
  ),
  'storage-opt': valued('Use a disk of the size that you want as the data directory: TCTL_DATA_DIR.'),
  'device-cgroup-rule': valued('--device DEV allows what it gives.'),
  'memory-swappiness': valued(kernel),
  'kernel-memory': valued(kernel),
  'oom-kill-disable': { hint: kernel },
  'cpu-rt-period': valued(kernel),
  'cpu-rt-runtime': valued(kernel),
  'cpuset-mems': valued('NUMA nodes can’t be chosen; --cpuset-cpus chooses CPUs.'),
  'blkio-weight': valued(io),
  'blkio-weight-device': valued(io),
  annotation: valued('Use --label.'),
  attach: {
    short: 'a',
    value: true,
    hint: 'Without -d all streams are attached; redirect those that you do not want: >/dev/null.',
  },
  'sig-proxy': { hint: 'Signals always reach the container; tctl run -d keeps them from it.' },
};

export const refusedExecOptions: RefusedTable = {
  detach: { short: 'd', hint: 'It ends with tctl: let your shell put it into the background, with &.' },
  privileged: { hint: 'It has what the container has: give that to tctl run with --cap-add.' },
  'detach-keys': valued('It ends with tctl: there is nothing to leave it to.'),
};

export const refusedUpdateOptions: RefusedTable = {
  restart: valued('A restart policy belongs to the tctl run that has it.'),
  'memory-swappiness': valued(kernel),
  'kernel-memory': valued(kernel),
  'cpuset-mems': valued('NUMA nodes can’t be chosen; --cpuset-cpus chooses CPUs.'),
  'blkio-weight': valued(io),
};

export const refusedVolumeOptions: RefusedTable = {
  driver: { short: 'd', value: true, hint: 'Volumes are directories; mount what you like on the host.' },
  opt: { short: 'o', value: true, hint: 'Volumes are directories; mount what you like on the host.' },
};

export const refusedStartOptions: RefusedTable = {
  checkpoint: valued('There are no checkpoints.'),
  'checkpoint-dir': valued('There are no checkpoints.'),
};
