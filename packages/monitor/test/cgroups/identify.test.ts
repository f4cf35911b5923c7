import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { identify } from '../../src/index.ts';

const id = '0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef';
const short = '0123456789ab';
const uid = '0a1b2c3d-4e5f-6071-8293-a4b5c6d7e8f9';
const slice = uid.replaceAll('-', '_');
const inPod = `/kubepods.slice/kubepods-burstable.slice/kubepods-burstable-pod${slice}.slice`;

describe('identify', () => {
  it.each([
    // tctl, at the root, below a parent, and in another container.
    ['/tctl-0123456789ab', 'tctl', '0123456789ab', '0123456789ab'],
    ['/tctl-web.1_x', 'tctl', 'web.1_x', 'web.1_x'],
    ['/jobs/low/tctl-web', 'tctl', 'web', 'web'],
    ['/tctl-outer/tctl-inner', 'tctl', 'inner', 'inner'],
    // docker: systemd and cgroupfs drivers.
    [`/system.slice/docker-${id}.scope`, 'docker', id, short],
    [`/docker/${id}`, 'docker', id, short],
    [`/docker/${id}/docker/${id}`, 'docker', id, short], // docker in docker
    // podman: as root, of a user, with crun's subgroup; cgroupfs.
    [`/machine.slice/libpod-${id}.scope`, 'podman', id, short],
    [`/user.slice/user-1000.slice/user@1000.service/user.slice/libpod-${id}.scope`, 'podman', id, short],
    [`/libpod_parent/libpod-${id}`, 'podman', id, short],
    [`/machine.slice/libpod-${id}.scope/container`, 'other', undefined, 'container'],
    [`/machine.slice/libpod-conmon-${id}.scope`, 'other', undefined, `libpod-conmon-${id}.scope`],
    // containerd and nerdctl.
    [`/system.slice/nerdctl-${id}.scope`, 'containerd', id, short],
    [`/default/${id}`, 'containerd', id, short],
    [`${inPod}/cri-containerd-${id}.scope`, 'containerd', id, short],
    // CRI-O.
    [`${inPod}/crio-${id}.scope`, 'crio', id, short],
    [`${inPod}/crio-conmon-${id}.scope`, 'other', undefined, `crio-conmon-${id}.scope`],
    // Pods, with systemd's and cgroupfs's names, in the three classes of service.
    [inPod, 'kubernetes', uid, 'pod 0a1b2c3d'],
    [`/kubepods.slice/kubepods-pod${slice}.slice`, 'kubernetes', uid, 'pod 0a1b2c3d'],
    [`/kubepods/besteffort/pod${uid}`, 'kubernetes', uid, 'pod 0a1b2c3d'],
    [`/kubepods/pod${uid}`, 'kubernetes', uid, 'pod 0a1b2c3d'],
    [`/kubepods/burstable/pod${uid}/${id}`, 'kubernetes', id, short],
    [
      `/kubelet.slice/kubelet-kubepods.slice/kubelet-kubepods-pod${slice}.slice`,
      'kubernetes',
      uid,
      'pod 0a1b2c3d',
    ], // kind
    ['/kubepods.slice', 'systemd', 'kubepods.slice', 'kubepods.slice'],
    ['/kubepods/burstable', 'other', undefined, 'burstable'],
    // LXC.
    ['/lxc.payload.web', 'lxc', 'web', 'web'],
    ['/lxc/web', 'lxc', 'web', 'web'],
    ['/lxc.monitor.web', 'other', undefined, 'lxc.monitor.web'],
    ['/lxc.pivot', 'other', undefined, 'lxc.pivot'],
    ['/lxc.payload.web/system.slice/ssh.service', 'other', undefined, 'ssh.service'],
    // systemd.
    ['/system.slice', 'systemd', 'system.slice', 'system.slice'],
    ['/system.slice/ssh.service', 'systemd', 'ssh.service', 'ssh.service'],
    [
      '/system.slice/system-getty.slice/getty@tty1.service',
      'systemd',
      'getty@tty1.service',
      'getty@tty1.service',
    ],
    ['/user.slice/user-1000.slice/session-3.scope', 'systemd', 'session-3.scope', 'session-3.scope'],
    ['/init.scope', 'systemd', 'init.scope', 'init.scope'],
    // Nobody's.
    ['/', 'other', undefined, '/'],
    ['/my group', 'other', undefined, 'my group'],
    ['/docker', 'other', undefined, 'docker'],
    ['/docker/buildx', 'other', undefined, 'buildx'],
    ['/tctl-', 'other', undefined, 'tctl-'],
    [`/home/${id}`, 'other', undefined, id],
  ])('knows %s', (path, kind, expectedId, name) => {
    expect(identify(path)).toEqual({ kind, id: expectedId, name });
  });

  it('answers for any path', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (path) => {
        const { kind, name } = identify(path);
        expect(typeof kind).toBe('string');
        expect(name).not.toBe('');
      }),
    );
  });

  it('does not take long for a hostile path', () => {
    const start = performance.now();
    for (const part of ['tctl-', 'kubepods-pod', 'lxc.payload.', '/pod', 'a.slice/'])
      identify(`/${part.repeat(4096 / part.length)}`);
    expect(performance.now() - start).toBeLessThan(5000);
  });
});
