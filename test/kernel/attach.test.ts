import { text } from 'node:stream/consumers';
import type { Attachment } from '@tc/core';
import { describe, expect, it } from 'vitest';
import { makeContainer, refusal, until, watchLeftovers } from '../support/kernel.ts';
import { logged } from '../support/logged.ts';

watchLeftovers();

/** Collects what an attachment shows. */
function screen({ output }: Attachment): { readonly shown: string; has(what: string): Promise<void> } {
  let shown = '';
  output.setEncoding('utf8').on('data', (chunk: string) => {
    shown += chunk;
  });
  return {
    get shown() {
      return shown;
    },
    has: (what) =>
      until(() => shown.includes(what), `${JSON.stringify(what)} is in ${JSON.stringify(shown)}`),
  };
}

describe('attaching to a container', () => {
  it('with a terminal: shows it, types into it, and resizes it', async () => {
    await using container = await makeContainer(['sh'], { tty: { columns: 90, rows: 20 } });
    await container.start();
    await using attachment = await container.attach({ replay: true });
    const seen = screen(attachment);
    await attachment.write('stty size\n');
    await seen.has('20 90');
    attachment.resize({ columns: 123, rows: 45 });
    await attachment.write('stty size\n');
    await seen.has('45 123');
    await attachment.write('sleep 1000\n');
    await seen.has('sleep 1000');
    await attachment.write('\x03');
    await attachment.write('echo "still $((40 + 2))"\n');
    await seen.has('still 42');
    await attachment.write('exit 5\n');
    expect((await container.wait()).exitCode).toBe(5);
  });

  it('with an open stdin: writes to it, and ends with the container', async () => {
    const script =
      'while read line; do [ "$line" = end ] && break; echo "got $line"; echo "err $line" >&2; done';
    await using container = await makeContainer(script, { stdin: 'open' });
    await container.start();
    await using attachment = await container.attach();
    await using errors = await container.attach({ stdout: false });
    const all = Promise.all([text(attachment.output), text(errors.output)]);
    await attachment.write('one\ntwo\n');
    await logged(container, 'err two');
    await attachment.write('end\n');
    const [both, stderr] = await all;
    expect(both).toContain('got one\n');
    expect(both).toContain('err two\n');
    expect(stderr).toBe('err one\nerr two\n');
    expect(await refusal(attachment.write('more'))).toMatchObject({ code: 'ATTACHMENT_ENDED' });
    expect(await refusal(container.attach())).toMatchObject({ code: 'CONTAINER_NOT_RUNNING' });
    expect(await refusal(container.start({ attach: true }))).toMatchObject({ code: 'INVALID_OPTION' });
  });

  it('is possible for several at once; who lets go leaves the others and the container alone', async () => {
    await using container = await makeContainer(['sh'], { tty: true });
    await container.start();
    const [one, two] = [await container.attach(), await container.attach()];
    const [first, second] = [screen(one), screen(two)];
    await one.write('echo a$((1 + 1))\n');
    await first.has('a2');
    await second.has('a2');
    one.detach();
    await two.write('echo b$((1 + 1))\n');
    await second.has('b2');
    expect(first.shown).not.toContain('b2');
    const third = await container.attach({ replay: true });
    await screen(third).has('b2');
    expect((await container.inspect()).state).toBe('running');
    two.detach();
    third.detach();
  });

  it('is possible after whoever started it has detached from its terminal', async () => {
    await using container = await makeContainer(['sh'], { tty: true });
    const terminal = await container.start({ attach: true });
    terminal.resume();
    terminal.detach();
    await using attachment = await container.attach();
    const seen = screen(attachment);
    await attachment.write('echo a$((1 + 1))\n');
    await seen.has('a2');
    await container.kill();
    await container.wait();
  });

  it('takes much, at the pace at which the container reads', async () => {
    const script = 'stty raw -echo; echo ready; sleep 0.3; head -c 300000 | wc -c';
    await using container = await makeContainer(script, { tty: true });
    await container.start();
    await using attachment = await container.attach({ replay: true });
    const seen = screen(attachment);
    await seen.has('ready');
    await attachment.write(Buffer.alloc(300_000, 'x'));
    await seen.has('300000');
  });

  it('tells what it can’t do', async () => {
    await using container = await makeContainer('sleep 1000');
    expect(await refusal(container.attach())).toMatchObject({ code: 'CONTAINER_NOT_RUNNING' });
    await container.start();
    await using attachment = await container.attach();
    expect(await refusal(attachment.write('x'))).toMatchObject({ code: 'STDIN_CLOSED' });
    expect(() => attachment.resize({ columns: 1, rows: 1 })).toThrow(/no terminal/);
  });
});
