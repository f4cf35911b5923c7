import type { Duplex, Readable } from 'node:stream';
import type {
  AttachedTerminal,
  Attachment,
  ContainerExit,
  ContainerInfo,
  ContainerStats,
  Run,
  RunResult,
  TerminalSize,
} from '@tc/core';
import { Container } from '@tc/core';
import { same } from './equal.ts';

declare const rootfs: string;
{
  await using container = await Container.create({
    rootfs,
    command: ['sleep', '9'],
    restart: 'on-failure:3',
  });
  const disposable: AsyncDisposable = container;
  void disposable;
  // @ts-expect-error: the id never changes
  container.id = 'another';
  // @ts-expect-error: rename() does that
  container.name = 'another';

  const started = await container.start();
  const attached = await container.start({ attach: true });
  const detached = await container.start({ attach: false });
  same<[typeof started, typeof attached, typeof detached], [undefined, AttachedTerminal, undefined]>();
  const either = await container.start({ attach: Math.random() < 0.5 });
  same<typeof either, AttachedTerminal | undefined>();
  attached.detach();
  attached.resize({ columns: 100, rows: 30 });

  const exec = container.exec(['ls'], { user: 1000, cwd: '/tmp', tty: { columns: 80, rows: 24 } });
  const [listed, buffered] = [await exec, await container.exec(['ls'], { encoding: 'buffer' })];
  same<[typeof exec, typeof listed, typeof buffered], [Run, RunResult, RunResult<Buffer>]>();
  // @ts-expect-error: limits are the container's
  container.exec(['ls'], { limits: { memory: '1m' } });

  await container.update({ memory: '128m', pids: 'max', cpus: null });
  const exits: ContainerExit = await container.wait({ signal: AbortSignal.timeout(1000) });
  const all: [ContainerInfo, ContainerStats, ContainerInfo[], string[]] = [
    await container.inspect(),
    await container.stats(),
    await Container.list(),
    await Container.prune({ created: true }),
  ];
  void exits;
  void all;
  const nothing: undefined[] = [
    await container.stop({ timeout: 0 }),
    await container.kill('SIGHUP'),
    await container.kill(10),
    await container.pause(),
    await container.resume(),
    await container.rename('web'),
    await container.restart({ timeout: '1s', stopSignal: 'SIGINT' }),
    // @ts-expect-error: nobody would get the terminal
    await container.restart({ attach: true }),
    await container.remove({ force: true }),
  ].map(() => undefined);
  void nothing;
  const found: Container = await Container.get('web');
  await using attachment: Attachment = await found.attach({ replay: true });
  const output: Readable = attachment.output;
  const written: Promise<void> = attachment.write('text');
  const size: TerminalSize = { columns: 1, rows: 1 };
  attachment.resize(size);
  attachment.detach();
  const stream: Duplex = attached;
  void [output, written, stream];
}
// @ts-expect-error: only create() and get() make one
new Container();
// @ts-expect-error: a container has a command
Container.create({ rootfs });
// @ts-expect-error: not a policy
Container.create({ rootfs, command: ['true'], restart: 'sometimes' });
// @ts-expect-error: streams are run()'s; a container has logs, and attach()
Container.create({ rootfs, command: ['true'], stdout: 'inherit' });
