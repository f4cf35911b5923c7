/** What a kubelet does to run a pod with a RuntimeClass: containerd's CRI, without the kubelet. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { readCgroupHost } from '@tc/linux';
import { expect } from 'vitest';
import { scaled } from '../../support/scale.ts';
import { criOptions, useContainerd } from '../support/clients/containerd.ts';
import { Cri } from '../support/clients/cri.ts';
import { compare, type Step } from '../support/clients/yardstick.ts';
import { newDirectory, newName } from '../support/suite.ts';
import { until } from '../support/until.ts';

const memory = readCgroupHost().mode === 'v2' ? 'memory.max' : 'memory/memory.limit_in_bytes';
const limit = ['cat', `/sys/fs/cgroup/${memory}`];
const patienceMs = scaled(60_000);

const steps: Step<Cri>[] = [
  {
    title: 'a pod of two: IPC and host name shared, log, exit code',
    async act(cri) {
      const logs = newDirectory();
      await using pod = await cri.runPod(newName(), logs);
      const links = 'readlink /proc/self/ns/ipc /proc/self/ns/uts';
      const first = await pod.start({ name: 'first', command: ['sleep', '1000'] });
      const second = await pod.start({ name: 'second', command: ['sh', '-c', `${links}; exit 3`] });
      await until(
        async () => (await pod.status(second)).state === 'exited',
        () => 'it has ended',
        patienceMs,
      );
      expect((await pod.status(second)).exitCode).toBe(3);
      expect(await pod.status(first)).toEqual({ state: 'running', exitCode: 0 });
      const log = readFileSync(join(logs, 'second.log'), 'utf8').trimEnd().split('\n');
      const { stdout } = await pod.exec(first, 'sh', '-c', links);
      expect(log.map((line) => line.split(' ').at(-1))).toEqual(stdout.trimEnd().split('\n'));
    },
  },
  {
    title: 'exec as of a probe: output and exit code',
    async act(cri) {
      await using pod = await cri.runPod(newName(), newDirectory());
      const container = await pod.start({ name: 'one', command: ['sleep', '1000'], user: 7, readOnly: true });
      const script = 'id -u; touch /x 2>&1 | sed "s/.*: //"; exit 9';
      const expected = { code: 9, stdout: '7\nRead-only file system\n' };
      expect(await pod.exec(container, 'sh', '-c', script)).toEqual(expected);
    },
  },
  {
    title: 'the memory limit, and another one while it runs',
    async act(cri) {
      await using pod = await cri.runPod(newName(), newDirectory());
      const options = { name: 'one', command: ['sleep', '1000'], memoryLimitBytes: 64 * 2 ** 20 };
      const container = await pod.start(options);
      expect((await pod.exec(container, ...limit)).stdout).toBe(`${64 * 2 ** 20}\n`);
      await pod.setMemoryLimit(container, 48 * 2 ** 20);
      expect((await pod.exec(container, ...limit)).stdout).toBe(`${48 * 2 ** 20}\n`);
    },
  },
  {
    title: 'stop: SIGTERM, and SIGKILL for who does not listen',
    async act(cri) {
      await using pod = await cri.runPod(newName(), newDirectory());
      const script = 'trap "exit 5" TERM; touch /begun; while :; do sleep 0.1; done';
      const polite = await pod.start({ name: 'polite', command: ['sh', '-c', script] });
      const deaf = await pod.start({ name: 'deaf', command: ['sleep', '1000'] });
      await until(
        async () => (await pod.exec(polite, 'test', '-e', '/begun')).code === 0,
        () => 'it has begun',
        patienceMs,
      );
      await pod.stop(polite, 60);
      await pod.stop(deaf, 1);
      expect(await pod.status(polite)).toEqual({ state: 'exited', exitCode: 5 });
      expect(await pod.status(deaf)).toEqual({ state: 'exited', exitCode: 137 });
    },
  },
];

const client = useContainerd('Kubernetes (containerd’s CRI)');
compare({ ...client, engine: ({ name }) => new Cri({ ...criOptions, handler: name }) }, steps);
