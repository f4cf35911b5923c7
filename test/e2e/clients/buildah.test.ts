/** buildah: the RUN steps of a Containerfile, which are containers. */
import { expect } from 'vitest';
import { type Buildah, useBuildah } from '../support/clients/buildah.ts';
import { compare, type Step } from '../support/clients/yardstick.ts';

/** @returns what the RUN steps have written */
async function build(buildah: Buildah, containerfile: string, ...options: string[]): Promise<string[]> {
  const { code, stdout, stderr } = await buildah.build(containerfile, 'localhost/built', ...options);
  if (code !== 0) throw new Error(`buildah bud ended with ${code}: ${stderr}`);
  return stdout.split('\n').filter((line) => line.startsWith('said: '));
}

const steps: Step<Buildah>[] = [
  {
    title: 'bud: RUN steps, one upon the other',
    async act(buildah) {
      const said = await build(
        buildah,
        `FROM localhost/host
         RUN echo one >/one && mkdir /made && cat /proc/1/comm >/comm
         RUN echo "said: $(cat /one) $(cat /comm)" && chown 7:8 /made
         RUN echo "said: $(stat -c '%u %g' /made)"`,
      );
      expect(said).toEqual(['said: one sh', 'said: 7 8']);
      const { code, stdout } = await buildah.run('localhost/built', [], 'cat', '/one');
      expect({ code, stdout }).toEqual({ code: 0, stdout: 'one\n' });
    },
  },
  {
    title: 'bud: ENV, ARG, WORKDIR, USER',
    async act(buildah) {
      const said = await build(
        buildah,
        `FROM localhost/host
         ARG WHO
         ENV A=b
         WORKDIR /usr
         RUN echo "said: $A $WHO $(pwd)"
         USER 7:8
         RUN echo "said: $(id -u) $(id -g)"`,
        '--build-arg',
        'WHO=you',
      );
      expect(said).toEqual(['said: b you /usr', 'said: 7 8']);
    },
  },
  {
    title: 'bud: the capabilities and the filter of a RUN step',
    async act(buildah) {
      const said = await build(
        buildah,
        `FROM localhost/host
         RUN grep -h "^CapEff\\|^Seccomp:" /proc/self/status | sed 's/^/said: /'`,
        '--cap-drop',
        'CAP_KILL',
      );
      const caps = Number.parseInt(said[0]?.slice(-16) ?? '', 16);
      expect(caps & (1 << 5)).toBe(0); // CAP_KILL
      expect(caps & (1 << 21)).toBe(0); // CAP_SYS_ADMIN
      expect(caps & 1).toBe(1); // CAP_CHOWN
      expect(said[1]).toBe('said: Seccomp:\t2');
    },
  },
  {
    title: 'bud: RUN --mount: bind and tmpfs',
    async act(buildah) {
      const said = await build(
        buildah,
        `FROM localhost/host AS first
         RUN echo of-the-first >/file
         FROM localhost/host
         RUN --mount=type=bind,from=first,source=/file,target=/mnt/file echo "said: $(cat /mnt/file)"
         RUN --mount=type=tmpfs,target=/mnt echo "said: $(stat -f -c %T /mnt)"`,
      );
      expect(said).toEqual(['said: of-the-first', 'said: tmpfs']);
    },
  },
  {
    title: 'bud: a step that fails ends the build',
    async act(buildah) {
      const { code, stderr } = await buildah.build('FROM localhost/host\nRUN exit 3', 'localhost/never');
      expect(code).toBe(3);
      expect(stderr).toContain('exit status 3');
    },
  },
  {
    title: 'bud --memory',
    async act(buildah) {
      const { code } = await buildah.build(
        'FROM localhost/host\nRUN head -c 100m /dev/zero | tail',
        'localhost/never',
        ...['--memory', '32m', '--memory-swap', '32m'],
      );
      expect(code).not.toBe(0);
    },
  },
  {
    title: 'run: exit code, user',
    async act(buildah) {
      const { code, stdout } = await buildah.run(
        'localhost/host',
        ['--user', '7'],
        'sh',
        '-c',
        'id -u; exit 4',
      );
      expect({ code, stdout }).toEqual({ code: 4, stdout: '7\n' });
    },
  },
];

compare(useBuildah('buildah'), steps);
