/** Containers that share namespaces: podman's pods, and Kubernetes' as podman plays them. */
import { existsSync, rmdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect } from 'vitest';
import { installed } from '../../support/installed.ts';
import { cgroupMountPoints } from '../../support/leftovers.ts';
import { removePodmanParent } from '../../support/podman-cgroups.ts';
import { cgroupParent, type Podman, usePodman } from '../support/clients/podman.ts';
import { compare, type Step } from '../support/clients/yardstick.ts';
import { newDirectory, newName } from '../support/suite.ts';

const links = 'readlink /proc/self/ns/net /proc/self/ns/ipc /proc/self/ns/uts';

const podOf = (name: string) => `
apiVersion: v1
kind: Pod
metadata: { name: ${name} }
spec:
  hostname: pair
  restartPolicy: Never
  containers:
    - name: first
      image: localhost/host:latest
      imagePullPolicy: Never
      command: [sh, -c, "echo of the first >/data/file; sleep 1000"]
      resources: { limits: { memory: 64Mi } }
      volumeMounts: [{ name: data, mountPath: /data }]
    - name: second
      image: localhost/host:latest
      imagePullPolicy: Never
      command: [sh, -c, "until test -s /data/file; do sleep 0.1; done; cat /data/file; hostname; ${links}"]
      securityContext: { runAsUser: 7, readOnlyRootFilesystem: true }
      volumeMounts: [{ name: data, mountPath: /data }]
  volumes: [{ name: data, emptyDir: {} }]
`;

const steps: Step<Podman>[] = [
  {
    title: 'run --network, --ipc, --pid, --uts container:NAME',
    async act(podman) {
      await using first = await podman.background('--hostname', 'shared', 'host', 'sleep', '1000');
      const shared = ['network', 'ipc', 'pid'].flatMap((type) => [`--${type}`, `container:${first.name}`]);
      const script = `cat /proc/1/comm; ${links} /proc/self/ns/pid`;
      const options = ['--cgroup-parent', cgroupParent, ...shared, '--uts', `container:${first.name}`];
      expect(await podman.succeed('run', '--rm', ...options, 'host', 'sh', '-c', script)).toBe(
        await podman.succeed('exec', first.name, 'sh', '-c', script),
      );
    },
  },
  {
    title: 'pod create, run --pod: two that share their network',
    needs: [installed('catatonit')],
    async act(podman) {
      const pod = newName();
      await podman.succeed('pod', 'create', '--network', 'none', '--cgroup-parent', cgroupParent, pod);
      try {
        const [first, second] = [newName(), newName()];
        for (const name of [first, second])
          await podman.succeed('run', '-d', '--pod', pod, '--name', name, 'host', 'sleep', '1000');
        const [ofFirst, ofSecond] = await Promise.all(
          [first, second].map((name) => podman.succeed('exec', name, 'sh', '-c', links)),
        );
        expect(ofFirst).toBe(ofSecond);
        await podman.succeed('pod', 'pause', pod);
        expect(await podman.succeed('pod', 'inspect', '--format', '{{.State}}', pod)).toBe('Paused');
        await podman.succeed('pod', 'unpause', pod);
        expect(await podman.succeed('pod', 'top', pod, 'comm')).toMatch(/sleep[\s\S]*sleep/);
      } finally {
        await podman.succeed('pod', 'rm', '--force', '--time', '0', pod);
      }
    },
  },
  {
    title: 'play kube: a pod of two',
    needs: [installed('catatonit')],
    async act(podman) {
      const pod = newName();
      const file = join(newDirectory(), 'pod.yaml');
      writeFileSync(file, podOf(pod));
      try {
        await podman.succeed('play', 'kube', '--network', 'none', file);
        expect(await podman.succeed('wait', `${pod}-second`)).toBe('0');
        const [said, host, ...namespaces] = (await podman.succeed('logs', `${pod}-second`)).split('\n');
        expect([said, host]).toEqual(['of the first', 'pair']);
        expect(namespaces.join('\n')).toBe(await podman.succeed('exec', `${pod}-first`, 'sh', '-c', links));
        const limit =
          'cat /sys/fs/cgroup/memory.max /sys/fs/cgroup/memory/memory.limit_in_bytes 2>/dev/null || true';
        expect(await podman.succeed('exec', `${pod}-first`, 'sh', '-c', limit)).toBe(String(64 * 2 ** 20));
      } finally {
        const id = await podman.succeed('pod', 'inspect', '--format', '{{.ID}}', pod);
        await podman.succeed('pod', 'rm', '--force', '--time', '0', pod);
        await podman.succeed('volume', 'rm', '--all', '--force');
        await removePodmanParent(`libpod_parent/${id}`);
      }
    },
  },
];

// `play kube` takes no --cgroup-parent: its pods are in podman's own, where somebody else's may be, too.
const usualParents = cgroupMountPoints().map((point) => join(point, 'libpod_parent'));
let missing: string[] = [];
beforeAll(() => {
  missing = usualParents.filter((path) => !existsSync(path));
});

const client = usePodman('podman pod');

afterAll(() => {
  for (const path of missing) {
    try {
      rmdirSync(path);
    } catch {} // it was not needed, or somebody else's pods are in it
  }
});

compare(client, steps);
