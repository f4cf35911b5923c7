import { chmodSync, readFileSync, readlinkSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { box, newDirectory, output, watchLeftovers } from '../support/kernel.ts';
import { namespace, requires } from '../support/requires.ts';
import { hostRoot } from '../support/rootfs.ts';

watchLeftovers();

const user = { uidMap: '0 100000 65536', gidMap: '0 100000 65536' };

describe('a user namespace', () => {
  it('makes root inside an ordinary user outside', async (context) => {
    requires(context, namespace('user'));
    expect(await output('id -u; id -g; cat /proc/self/uid_map', { namespaces: { user } })).toMatch(
      /^0\n0\n +0 +100000 +65536\n$/,
    );
    await using run = box(['sleep', '1000'], { namespaces: { user } });
    const pid = await run.started;
    const status = readFileSync(`/proc/${pid}/status`, 'utf8');
    expect(status).toMatch('Uid:\t100000\t100000\t100000\t100000\n');
    expect(status).toMatch('Gid:\t100000\t100000\t100000\t100000\n');
    expect(readlinkSync(`/proc/${pid}/ns/user`)).not.toBe(readlinkSync('/proc/self/ns/user'));
  });

  it('maps the user that is asked for, too', async (context) => {
    requires(context, namespace('user'));
    await using run = box(['sleep', '1000'], { namespaces: { user }, user: '1000:1000' });
    const status = readFileSync(`/proc/${await run.started}/status`, 'utf8');
    expect(status).toMatch('Uid:\t101000\t101000\t101000\t101000\n');
    expect(status).toMatch('CapEff:\t0000000000000000\n');
  });

  it('gives no power over files of the host’s root, even where it is given them', async (context) => {
    requires(context, namespace('user'));
    const source = newDirectory();
    chmodSync(source, 0o755);
    writeFileSync(join(source, 'secret'), 'of root', { mode: 0o600 });
    const script =
      'id -u; stat -c %u /data/secret; cat /data/secret; chown 0 /data/secret; rm -f /data/secret';
    const { stdout, stderr } = await box(script, { namespaces: { user }, mounts: [`${source}:/data`] });
    expect(stdout).toBe('0\n65534\n');
    expect(stderr.match(/Permission denied|Operation not permitted/g)).toHaveLength(3);
    expect(statSync(join(source, 'secret')).size).toBe(7);
  });

  it('gives a host name, mounts, devices and limits as any container has', async (context) => {
    requires(context, namespace('user'));
    const script =
      'uname -n; echo $$; echo x > /dev/null; head -c 1 /dev/zero | wc -c; touch /tmp/x /dev/shm/x; ls /dev/pts';
    const options = { namespaces: { user }, hostname: 'inside', limits: { memory: '64m', pids: 20 } };
    expect(await output(script, options)).toBe('inside\n1\n1\nptmx\n');
    expect(await box(['dd', 'if=/dev/zero', 'of=/dev/null', 'bs=128M', 'count=1'], options)).toMatchObject({
      reason: 'oom',
    });
  });

  it.each(['rw', 'ro', 'overlay'] as const)('works with a root file system in mode %s', async (mode) => {
    const { stdout, stderr } = await box('cat /etc/passwd | head -n 1; touch /etc/file', {
      namespaces: { user },
      rootfs: { path: hostRoot, mode },
    });
    expect(stdout).toMatch(/^root:/);
    // The image’s directories belong to the host’s root, who has no number inside.
    expect(stderr).toMatch(mode === 'ro' ? /Read-only file system/ : /Permission denied/);
  });

  it('can be entered by a caller as itself alone', async (context) => {
    requires(context, namespace('user'));
    expect(await output('cat /proc/self/uid_map', { namespaces: { user: 'self' } })).toMatch(/^ +0 +0 +1\n$/);
  });
});

describe('a time namespace', () => {
  it('moves the clocks', async (context) => {
    requires(context, namespace('time'));
    const uptime = () => Number(readFileSync('/proc/uptime', 'utf8').split(' ')[0]);
    const read = async (time: object) =>
      Number((await output('cat /proc/uptime', { namespaces: { time } })).split(' ')[0]);
    const moved = await read({ boottimeSeconds: 1_000_000, monotonicSeconds: 5 });
    expect(moved - uptime()).toBeGreaterThan(999_000);
    expect(Math.abs((await read({})) - uptime())).toBeLessThan(100);
    const offsets = await output('cat /proc/self/timens_offsets', {
      namespaces: { time: { boottimeSeconds: 7, monotonicSeconds: 5 } },
    });
    expect(
      offsets
        .trim()
        .split('\n')
        .map((line) => line.split(/\s+/)),
    ).toEqual([
      ['monotonic', '5', '0'],
      ['boottime', '7', '0'],
    ]);
  });
});

describe('the UTS namespace of the host', () => {
  it('can be shared', async () => {
    const text = await output('readlink /proc/self/ns/uts', { namespaces: { uts: 'host' } });
    expect(text).toBe(`${readlinkSync('/proc/self/ns/uts')}\n`);
  });
});
