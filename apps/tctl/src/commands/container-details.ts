/** A container as `docker inspect` has it; what tctl's own JSON calls a thing is there too: `{{.state}}`. */
import { type ContainerInfo, parseMount, parseSize } from '@tc/core';
import { exitCodeOf } from '../cli/exit-code.ts';
import { toValue } from '../template/to-value.ts';
import type { Struct, Value } from '../template/values.ts';

export function containerDetails(info: ContainerInfo): Struct {
  const { command, options, exit, state, labels } = info;
  const [path = '', ...args] = command;
  const ofOwn = toValue(info) as Struct;
  return {
    ...ofOwn,
    Id: info.id,
    Created: info.createdAt.toISOString(),
    Path: path,
    Args: args,
    State: {
      Status: state,
      Running: state === 'running' || state === 'paused',
      Paused: state === 'paused',
      Restarting: false,
      OOMKilled: exit?.oomKilled ?? false,
      Dead: false,
      Pid: info.pid ?? 0,
      ExitCode: exit === undefined ? 0 : exitCodeOf(exit),
      Error: exit === undefined || exit.reason === 'exit' || exit.reason === 'signal' ? '' : exit.reason,
      StartedAt: timeOf(info.startedAt),
      FinishedAt: timeOf(exit?.finishedAt),
    },
    Image: info.image ?? info.rootfs,
    Name: `/${info.name}`, // as in Docker
    RestartCount: 0,
    HostConfig: hostConfig(info),
    Mounts: mountsOf(options?.mounts),
    Config: {
      Hostname: info.hostname ?? info.name,
      User: String(options?.user ?? ''),
      Tty: info.tty,
      OpenStdin: info.tty || options?.stdin === 'open',
      Env: Object.entries(options?.env ?? {}).flatMap(([key, value]) =>
        value === undefined ? [] : [`${key}=${value}`],
      ),
      Cmd: command,
      Image: info.image ?? '',
      WorkingDir: options?.cwd ?? '/',
      Labels: new Map(Object.entries(labels)),
      StopSignal: options?.stopSignal ?? 'SIGTERM',
    },
    NetworkSettings: { Networks: new Map(), Ports: new Map(), IPAddress: '' },
  };
}

function hostConfig({ limits, options }: ContainerInfo): Struct {
  const bytes = (size: number | string | undefined): Value =>
    size === undefined || size === 'max' ? 0 : parseSize(size, 'read a limit');
  return {
    Memory: bytes(limits.memory),
    MemoryReservation: bytes(limits.memoryLow),
    NanoCpus: Math.round((limits.cpus ?? 0) * 1e9),
    CpusetCpus: limits.cpuset ?? '',
    PidsLimit: limits.pids === 'max' ? -1 : (limits.pids ?? 0),
    NetworkMode: options?.network ?? 'none',
    AutoRemove: options?.autoRemove ?? false,
    RestartPolicy: { Name: options?.restart ?? 'no', MaximumRetryCount: 0 },
    ReadonlyRootfs:
      typeof options?.rootfs === 'object' && /^(ro|overlay-ro)$/.test(options.rootfs.mode ?? ''),
    Init: options?.init ?? false,
    OomScoreAdj: options?.oomScoreAdj ?? 0,
  };
}

/** Docker's word for never. */
const timeOf = (time: Date | undefined): string => time?.toISOString() ?? '0001-01-01T00:00:00Z';

function mountsOf(mounts: NonNullable<ContainerInfo['options']>['mounts'] = []): Struct[] {
  return mounts.map((mount) => {
    const parsed = typeof mount === 'string' ? parseMount(mount) : mount;
    const { type = 'bind', target, readOnly = false } = parsed;
    const source = 'source' in parsed ? parsed.source : '';
    const name = type === 'volume' ? source : '';
    return { Type: type, Name: name, Source: source, Destination: target, RW: !readOnly };
  });
}
