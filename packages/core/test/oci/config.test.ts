import { describe, expect, it } from 'vitest';
import { readOciConfig } from '../../src/oci/config/config.ts';
import { defaultOciConfig } from '../../src/oci/default-config.ts';

/** The usual configuration, with one field set: `linux.intelRdt`. */
function withField(path: string, value: unknown): unknown {
  const config = structuredClone(defaultOciConfig()) as Record<string, unknown>;
  const keys = path.split('.');
  let place: Record<string, unknown> = config;
  for (const key of keys.slice(0, -1)) {
    const below = (place[key] ?? {}) as Record<string, unknown>;
    place[key] = below;
    place = below;
  }
  place[keys.at(-1) ?? ''] = value;
  return config;
}

const refusal = (config: unknown) => {
  try {
    readOciConfig(config);
  } catch (error) {
    return error as Error & { code: string };
  }
  return expect.unreachable('it was not refused');
};

describe('config.json', () => {
  it('is read as `spec` writes it', () => {
    const config = readOciConfig(defaultOciConfig());
    expect(config.process?.args).toEqual(['sh']);
    expect(config.linux.namespaces.map(({ type }) => type)).toContain('cgroup');
    expect(config.mounts.map(({ destination }) => destination)).toContain('/sys/fs/cgroup');
  });

  it('may have fields that nobody knows, which are passed over', () => {
    expect(readOciConfig(withField('linux.fromTheFuture', { a: 1 })).ociVersion).toBe('1.2.1');
  });

  it('may have null for what is absent, as Go writes it', () => {
    expect(readOciConfig(withField('linux.devices', null)).linux.devices).toEqual([]);
  });

  it.each([
    ['linux.intelRdt', { closID: 'x' }],
    ['linux.netDevices', { eth0: {} }],
    ['linux.memoryPolicy', { mode: 'MPOL_BIND' }],
    ['linux.personality.flags', ['X']],
    ['linux.resources.rdma', { mlx5: {} }],
    ['linux.resources.memory.kernel', 1],
    ['linux.resources.cpu.realtimeRuntime', 1],
    ['linux.resources.blockIO.weightDevice', [{ major: 8, minor: 0, weight: 10 }]],
    ['windows', { layerFolders: [], x: 1 }],
    ['vm', { kernel: {} }],
  ])('is refused where it asks for what is not supported, by name: %s', (path, value) => {
    const { code, message } = refusal(withField(path, value));
    expect(code).toBe('UNSUPPORTED_FIELD');
    expect(message).toContain(`${path} is not supported`);
  });

  it('has a scheduler as sched_setattr(2) takes it, an I/O priority, and sets of CPUs', () => {
    const { process } = readOciConfig(
      withField('process', {
        ...defaultOciConfig().process,
        scheduler: { policy: 'SCHED_RR', priority: 7, flags: ['SCHED_FLAG_RESET_ON_FORK'] },
        ioPriority: { class: 'IOPRIO_CLASS_BE', priority: 5 },
        execCPUAffinity: { initial: '0,9', final: '' },
      }),
    );
    const { scheduler, ioPriority, execCPUAffinity } = process ?? {};
    const words = new Uint32Array(Uint8Array.from(scheduler ?? []).buffer);
    expect([...words.slice(0, 6)]).toEqual([48, 2, 1, 0, 0, 7]); // size, policy, flags, nice, priority
    expect(ioPriority).toBe(0x4005);
    expect(execCPUAffinity?.initial?.slice(0, 3)).toEqual(Uint8Array.of(1, 2, 0));
    expect(execCPUAffinity?.final).toBeUndefined();
  });

  it.each([
    ['process.scheduler', { policy: 'SCHED_ISO' }],
    ['process.scheduler', { policy: 'SCHED_FIFO', priority: 100 }],
    ['process.scheduler', { policy: 'SCHED_OTHER', flags: ['SCHED_FLAG_X'] }],
    ['process.ioPriority', { class: 'IOPRIO_CLASS_RT', priority: 8 }],
    ['process.execCPUAffinity', { initial: 'x' }],
    ['process.execCPUAffinity', { final: '99999' }],
    ['linux.timeOffsets', { monotonic: { secs: 1, nanosecs: 1e9 } }],
    ['linux.resources.network', { priorities: [{ name: '../x', priority: 1 }] }],
    ['hooks.startContainer', [{ path: 'relative' }]],
    ['hooks.createContainer', [{ path: '/bin/true', timeout: 0 }]],
    ['ociVersion', '2.0.0'],
    ['ociVersion', undefined],
    ['root', undefined],
    ['process.cwd', 'relative'],
    ['process.args', []],
    ['process.args', 'sh'],
    ['process.user.uid', -1],
    ['process.user.uid', 2 ** 31],
    ['process.user.umask', 0o1000],
    ['process.env', ['A=\0']],
    ['process.oomScoreAdj', 1001],
    ['hostname', 7],
    ['linux.rootfsPropagation', 'sideways'],
    ['linux.maskedPaths', 'relative'],
  ])('is refused where a field can’t be, by name: %s = %j', (path, value) => {
    const { code, message } = refusal(withField(path, value));
    expect(code).toBe('INVALID_BUNDLE');
    expect(message).toContain(path);
  });

  it('names what it refuses in a list by its place', () => {
    const capabilities = { bounding: ['CAP_CHOWN', 'CAP_FLY'] };
    expect(refusal(withField('process.capabilities', capabilities)).message).toContain(
      'process.capabilities.bounding[1]',
    );
    expect(refusal(withField('mounts', [{ type: 'proc' }])).message).toContain(
      'mounts[0].destination is missing',
    );
    const twice = [{ type: 'pid' }, { type: 'pid' }];
    expect(refusal(withField('linux.namespaces', twice)).message).toContain('has the type pid twice');
  });

  it('takes a hook with its arguments, environment and deadline', () => {
    const { hooks } = readOciConfig(
      withField('hooks', { poststop: [{ path: '/bin/x', args: ['x', 'y'], env: ['A=1'], timeout: 3 }] }),
    );
    expect(hooks.poststop).toEqual([{ path: '/bin/x', args: ['x', 'y'], env: ['A=1'], timeoutSeconds: 3 }]);
    expect(refusal(withField('hooks', { poststop: [{ path: 'x' }] })).message).toContain(
      'hooks.poststop[0].path',
    );
  });
});
