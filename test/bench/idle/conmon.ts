import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { makeBundle } from '../bundle.ts';
import { ociProgram, sleepCommand } from '../oci-sleeper.ts';
import { timeCommands } from '../time-commands.ts';
import type { Workplace } from '../workplace.ts';
import { eightAtATime, type Fleet } from './fleet.ts';
import { processesWhere } from './memory.ts';

/**
 * conmon(8) as podman starts it, but for what podman does at the end (--exit-command): it goes into the background,
 * makes the container with runc, reads its output into a log and waits for its end.
 */
export function conmonFleet(place: Workplace): Fleet {
  const [program = '', ...rootOption] = ociProgram(place, 'runc');
  const ids: string[] = [];
  let bundle: string | undefined;
  /** About one in 300 conmons dies before it has made its container, without a word. */
  const startInsistently = async (bundle: string): Promise<string> => {
    for (let tries = 1; ; tries += 1) {
      const id = place.id();
      ids.push(id);
      try {
        await startConmon(conmonCommand(place, { id, bundle, runtimeOptions: rootOption }));
        return id;
      } catch (error) {
        if (tries === 3) throw error;
      }
    }
  };
  return {
    name: 'conmon, with runc',
    start: (count) =>
      eightAtATime(count, async () => {
        bundle ??= makeBundle(place, sleepCommand, true).directory;
        const id = await startInsistently(bundle);
        await timeCommands([[program, ...rootOption, 'start', id]]);
      }),
    supervisors() {
      const ours = new Set(ids);
      return processesWhere(
        ([name = '', ...args]) => name.endsWith('conmon') && args.some((each) => ours.has(each)),
      );
    },
    async remove() {
      const all = ids.splice(0);
      await eightAtATime(all.length, async (index) => {
        await timeCommands([[program, ...rootOption, 'delete', '--force', all[index] ?? '']]);
      });
    },
  };
}

/** It tells through a pipe when the container has been created, or what went wrong instead. */
async function startConmon([file = '', ...args]: readonly string[]): Promise<void> {
  const child = spawn(file, args, {
    stdio: ['ignore', 'ignore', 'pipe', 'pipe'],
    env: { ...process.env, _OCI_SYNCPIPE: '3' },
  });
  let errors = '';
  child.stderr?.setEncoding('utf8').on('data', (text: string) => {
    errors += text;
  });
  const pipe = child.stdio[3] as Readable;
  const answer = new Promise<string>((resolve) => {
    pipe.once('data', (bytes: Buffer) => resolve(String(bytes)));
    pipe.once('close', () => resolve('{}'));
  });
  const [[code], text] = await Promise.all([once(child, 'exit'), answer]);
  pipe.destroy();
  child.stderr?.destroy();
  const { data = 0, message = errors } = JSON.parse(text) as { data?: number; message?: string };
  if (data <= 0) throw new Error(`conmon ended with ${code}: ${message}`);
}

function conmonCommand(
  { directory }: Workplace,
  { id, bundle, runtimeOptions }: { id: string; bundle: string; runtimeOptions: readonly string[] },
): string[] {
  const path = (name: string) => join(directory, `${id}.${name}`);
  return [
    'conmon',
    ...['--api-version', '1', '--cid', id, '--cuuid', id, '--name', id],
    ...['--runtime', '/usr/sbin/runc', ...runtimeOptions.flatMap((each) => [`--runtime-arg=${each}`])],
    ...['--bundle', bundle, '--log-path', `k8s-file:${path('log')}`, '--log-level', 'warning'],
    ...['--container-pidfile', path('pid'), '--conmon-pidfile', path('conmon-pid')],
    ...['--exit-dir', directory, '--persist-dir', directory, '--socket-dir-path', directory],
  ];
}
