import type { Readable, Writable } from 'node:stream';
import {
  type BundleContainer,
  type BundleExecResult,
  type BundleExit,
  type BundleState,
  Container,
} from '@tc/core';
import { same } from './equal.ts';

{
  await using container = await Container.fromBundle('bundle', { id: 'one', stdout: 'pipe' });
  const { stdin, stdout } = container;
  const disposable: AsyncDisposable = container;
  void disposable;
  // @ts-expect-error: the id never changes
  container.id = 'another';
  await container.start();
  const state = await container.state();
  const result = await container.exec(['id'], { user: { uid: 1, gid: 1 }, env: { A: 'b' } });
  await container.kill('SIGTERM', { all: true });
  // @ts-expect-error: a signal has a name or a number
  await container.kill(true);
  await container.update({ memory: { limit: 1 } });
  const exit = await container.wait();
  const { exitCode, signal } = exit;
  await container.remove({ force: true });

  same<typeof container, BundleContainer>();
  same<typeof stdin, Writable | undefined>();
  same<typeof stdout, Readable | undefined>();
  same<typeof state, BundleState>();
  same<typeof result, BundleExecResult>();
  same<typeof exit, BundleExit>();
  same<typeof exitCode, number | undefined>();
  same<typeof signal, NodeJS.Signals | undefined>();
}
