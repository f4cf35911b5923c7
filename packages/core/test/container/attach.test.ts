import { execFileSync } from 'node:child_process';
import {
  closeSync,
  constants,
  mkdirSync,
  mkdtempSync,
  openSync,
  readSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { setTimeout as sleep } from 'node:timers/promises';
import { pipe, setTerminalSize, terminalSize } from '@tc/linux';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { attach } from '../../src/container/attach.ts';
import { runningLayout, runningMagic } from '../../src/launch/protocol.ts';
import { openBelow, watches } from '../logs/descriptors.ts';
import { LogWriter } from '../logs/log-writer.ts';

/** This process plays the supervisor: it has the FIFO, the log and the input's other end. */
describe('attaching', () => {
  let directory = '';
  let log: LogWriter;
  let alive = -1;
  const descriptors: number[] = [];
  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), 'tctl-attach-'));
    mkdirSync(join(directory, 'data'));
    execFileSync('mkfifo', [join(directory, 'alive')]);
    alive = openSync(join(directory, 'alive'), constants.O_RDWR | constants.O_NONBLOCK);
    log = new LogWriter(join(directory, 'data'));
  });
  afterEach(async () => {
    log.close();
    if (alive !== -1) closeSync(alive);
    for (const fd of descriptors.splice(0)) closeSync(fd);
    await sleep(5);
    expect(openBelow(directory)).toEqual([]);
    expect(watches()).toBe(0);
    rmSync(directory, { recursive: true });
  });
  const end = () => {
    closeSync(alive);
    alive = -1;
  };
  const running = ({ terminalFd = -1, stdinFd = -1 } = {}) => {
    const bytes = Buffer.alloc(runningLayout.size);
    bytes.writeUInt32LE(runningMagic, runningLayout.magic);
    bytes.writeUInt32LE(1, runningLayout.magic + 4);
    bytes.writeBigInt64LE(BigInt(process.pid), runningLayout.pid);
    bytes.writeBigInt64LE(BigInt(process.pid), runningLayout.supervisorPid);
    bytes.writeBigInt64LE(BigInt(terminalFd), runningLayout.terminalFd);
    bytes.writeBigInt64LE(BigInt(stdinFd), runningLayout.stdinFd);
    writeFileSync(join(directory, 'running'), bytes);
  };
  const connect = (options = {}) =>
    attach({ stateDirectory: directory, logDirectory: join(directory, 'data'), name: 'box' }, options);

  it('keeps no process alive whose container has ended, also where nobody reads its output', async () => {
    running();
    await using _ = await connect();
    end();
    await sleep(20);
    expect(process.getActiveResourcesInfo()).not.toContain('FSEventWrap');
  });
  const openPipe = () => {
    const { read, write } = pipe();
    descriptors.push(read);
    running({ stdinFd: write });
    return { read, write };
  };
  const openTerminal = () => {
    const master = openSync('/dev/ptmx', constants.O_RDWR | constants.O_NOCTTY);
    descriptors.push(master);
    running({ terminalFd: master });
    return master;
  };

  it('shows what comes from now on, until the container has ended', async () => {
    running();
    log.write('stdout', 'before');
    const { output } = await connect();
    log.write('stdout', 'one ');
    const all = text(output);
    await sleep(10);
    log.write('stderr', 'two');
    end();
    expect(await all).toBe('one two');
  });

  it('shows what is in the log first where that is wanted, and one stream alone', async () => {
    running();
    log.write('stdout', 'before ');
    log.write('stderr', 'error ');
    const all = [await connect({ replay: true }), await connect({ replay: true, stderr: false })];
    log.write('stdout', 'after');
    end();
    expect(await Promise.all(all.map(({ output }) => text(output)))).toEqual([
      'before error after',
      'before after',
    ]);
  });

  it('is refused where the container does not run', async () => {
    const refusal = { code: 'CONTAINER_NOT_RUNNING', operation: 'attach to box' };
    await expect(connect()).rejects.toMatchObject(refusal);
    running();
    end();
    await expect(connect()).rejects.toMatchObject(refusal); // its supervisor was killed
  });

  it('writes to stdin, as much as is taken', async () => {
    const { read, write } = openPipe();
    await using attachment = await connect();
    await attachment.write('hello');
    const buffer = Buffer.alloc(200_000);
    expect(buffer.toString('utf8', 0, readSync(read, buffer))).toBe('hello');
    let taken = false;
    const large = attachment.write(Buffer.alloc(100_000, 'x')).then(() => {
      taken = true;
    });
    await sleep(20);
    expect(taken).toBe(false); // a pipe holds 65,536
    let length = 0;
    while (length < 100_000) {
      length += readSync(read, buffer);
      await sleep(1);
    }
    await large;
    closeSync(write);
  });

  it('says so where nobody reads stdin any more', async () => {
    const { read, write } = openPipe();
    const attachment = await connect();
    closeSync(read);
    descriptors.pop();
    const over = { code: 'ATTACHMENT_ENDED', cause: { code: 'EPIPE' } };
    await expect(attachment.write('x')).rejects.toMatchObject(over);
    attachment.detach();
    closeSync(write);
  });

  it('writes to a terminal and resizes it', async () => {
    const master = openTerminal();
    setTerminalSize(master, { columns: 80, rows: 24 });
    await using attachment = await connect();
    attachment.resize({ columns: 100, rows: 30 });
    expect(terminalSize(master)).toEqual({ columns: 100, rows: 30 });
    await attachment.write('typed');
  });

  it('says what the container does not have', async () => {
    running();
    await using attachment = await connect();
    await expect(attachment.write('x')).rejects.toMatchObject({ code: 'STDIN_CLOSED' });
    expect(() => attachment.resize({ columns: 1, rows: 1 })).toThrow(
      expect.objectContaining({ code: 'NO_TERMINAL' }),
    );
  });

  it('may be several at once, and each lets go alone', async () => {
    const { read, write } = openPipe();
    const [one, two] = [await connect(), await connect()];
    const all = Promise.all([text(one.output), text(two.output)]);
    log.write('stdout', 'both ');
    await sleep(20);
    one.detach();
    one.detach();
    await expect(one.write('x')).rejects.toMatchObject({ code: 'ATTACHMENT_ENDED' });
    log.write('stdout', 'second');
    await two.write('y');
    const buffer = Buffer.alloc(10);
    expect(readSync(read, buffer)).toBe(1);
    end();
    expect(await all).toEqual(['both ', 'both second']);
    closeSync(write);
  });

  it('detaches when it is aborted', async () => {
    running();
    const controller = new AbortController();
    const { output } = await connect({ signal: controller.signal });
    const all = text(output);
    await sleep(10);
    controller.abort();
    expect(await all).toBe('');
    await expect(connect({ signal: controller.signal })).rejects.toThrow();
  });
});
