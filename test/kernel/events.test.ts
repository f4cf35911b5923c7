import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { Container, type ContainerEvent } from '@tc/core';
import { describe, expect, it } from 'vitest';
import { box, makeContainer, newName, watchLeftovers } from '../support/kernel.ts';
import { logged } from '../support/logged.ts';
import { controller, requires } from '../support/requires.ts';

watchLeftovers();

/** Those that have happened when `last` has. */
async function until(events: AsyncIterable<ContainerEvent>, last: string): Promise<ContainerEvent[]> {
  const all: ContainerEvent[] = [];
  for await (const event of events) {
    all.push(event);
    if (event.kind === last) break;
  }
  return all;
}

const kinds = (events: readonly ContainerEvent[]) => events.map(({ kind }) => kind);

describe('the events of a container', () => {
  it('tell its whole life', async () => {
    const name = newName();
    const all = Container.events();
    const container = await makeContainer('echo up; read line; exit 3', { name, stdin: 'open' });
    await container.start();
    await logged(container, 'up');
    const { pid } = await container.inspect();
    await container.pause();
    await container.resume();
    await container.update({ memory: '64m' });
    const attachment = await container.attach();
    await attachment.write('\n');
    await container.wait();
    await attachment[Symbol.asyncDispose]();
    await container.rename(`${name}-new`);
    await container.remove();
    const { id } = container;
    const events = await until(all, 'remove');
    expect(events.map(({ time: _, ...event }) => event)).toEqual([
      { kind: 'create', id, name },
      { kind: 'start', id, name, pid },
      { kind: 'pause', id, name },
      { kind: 'resume', id, name },
      { kind: 'update', id, name },
      { kind: 'exit', id, name, exitCode: 3 },
      { kind: 'rename', id, name: `${name}-new` },
      { kind: 'remove', id, name: `${name}-new` },
    ]);
    const times = events.map(({ time }) => time.getTime());
    expect(times).toEqual([...times].sort((a, b) => a - b));
  });

  it('are told of run() too, and of one container alone', async () => {
    const [one, other] = [newName(), newName()];
    const events = Container.events();
    await box('exit 1', { name: other });
    await box('kill -9 $$; sleep 1000', { name: one, timeout: 50 });
    const seen: ContainerEvent[] = [];
    for await (const event of events) {
      if (event.id === one) seen.push(event);
      if (event.id === one && event.kind === 'remove') break;
    }
    expect(kinds(seen)).toEqual(['create', 'start', 'exit', 'remove']);
    expect(seen[2]).toMatchObject({ signal: 'SIGKILL' });
    const history: ContainerEvent[] = [];
    for await (const event of Container.events({ since: '1h', until: new Date(), id: one }))
      history.push(event);
    expect(history).toEqual(seen);
  });

  it('are seen in another process', async () => {
    const script = `import { Container } from '@tc/core';
      const events = Container.events();
      console.log('ready');
      for await (const { kind, id } of events) { console.log(kind, id); if (kind === 'remove') break; }`;
    const args = ['--conditions=tc-source', '--no-warnings', '--input-type=module', '-e', script];
    const child = spawn(process.execPath, args, {
      stdio: ['ignore', 'pipe', 'inherit'],
      cwd: import.meta.dirname,
    });
    await once(child.stdout, 'data');
    let text = '';
    child.stdout.on('data', (chunk: Buffer) => {
      text += chunk;
    });
    const container = await makeContainer('true', { autoRemove: true });
    await container.start();
    await once(child, 'close');
    const { id } = container;
    expect(text).toBe(`create ${id}\nstart ${id}\nexit ${id}\nremove ${id}\n`);
  });

  it('tell when its memory or its pids run out', async (context) => {
    requires(context, controller('memory'), controller('pids'));
    const scripts = [
      ['oom', 'head -c 64M /dev/zero | tail -c 64M; true', { memory: '16m' }],
      ['pids-max', 'for i in 1 2 3 4 5 6 7 8 9; do sleep 0.1 & done', { pids: 5 }],
    ] as const;
    for (const [kind, script, limits] of scripts) {
      await using container = await makeContainer(script, { limits });
      const events = container.events();
      await container.start();
      const told = (await until(events, 'exit')).filter((event) => event.kind === kind);
      expect(told.length).toBeGreaterThan(0);
      expect(told[0]?.count ?? 1).toBeGreaterThan(0);
    }
  });
});
