import { Socket } from 'node:net';
import { prctlOptions, reap, TcError } from '@tc/linux';
import { ProgramBuilder } from './builder.ts';
import { address, buffer, cell, flags, load, NULL, number } from './data.ts';
import { decodeStatus, type Ending } from './ending.ts';
import { launchError } from './launch-error.ts';
import { controlFd, messages } from './protocol.ts';
import { spawnImage } from './spawn-image.ts';

const [F_SETFD, FD_CLOEXEC, SIGKILL, SIGCHLD] = [2, 1, 9, 17]; // fcntl(2), signal(7)

/**
 * Runs system calls of your own in a new process: the launch program without a container around it. Node.js itself can
 * neither fork nor move into namespaces; this process can, as it has one thread and no memory but its own. It has this
 * process's standard streams, and is killed with it.
 *
 * @param write adds the calls, the last of which is usually an `execve`
 * @returns how the process ended, as wait(2) tells it: its exit code or its signal
 * @throws SyscallError the call that failed, by the name that `what` gives it
 */
export function runSteps(write: (p: ProgramBuilder) => void): Promise<Pick<Ending, 'exitCode' | 'signal'>> {
  const p = new ProgramBuilder();
  const pid = cell('pid');
  const failed = p.label();
  const parent = p.label();
  const end = buffer(16, 'end'); // {u32 messages.ended, u32 the status that wait4 fills in}
  const status = { datum: end, offset: 4 };
  const dieWithIt = [flags(prctlOptions, 'PR_SET_PDEATHSIG'), SIGKILL] as const;

  p.set(p.control.reportFd, number(controlFd));
  p.set(p.control.onFail, { kind: 'step', label: failed });
  p.call('prctl', dieWithIt, { what: 'end with Node.js' });
  p.call('clone', [number(SIGCHLD), NULL, NULL, NULL, NULL], { what: 'start the process', result: pid });
  p.jumpIf(load(pid), 'ne', 0, parent);

  p.call('prctl', dieWithIt, { what: 'end with its parent' });
  p.call('fcntl', [controlFd, F_SETFD, FD_CLOEXEC], { what: 'keep the control socket to itself' });
  write(p);
  p.call('exit_group', [0], { what: 'end' });
  p.place(failed);
  p.call('exit_group', [1], { what: 'end' });

  p.place(parent);
  p.set({ datum: end, offset: 0 }, number(messages.ended));
  p.call('wait4', [load(pid), { kind: 'address', place: status }, 0, NULL], { what: 'wait for it' });
  p.call('write', [controlFd, address(end), 8], { what: 'tell how it ended' });
  p.call('exit_group', [0], { what: 'end' });
  return run(p);
}

async function run(p: ProgramBuilder): Promise<Pick<Ending, 'exitCode' | 'signal'>> {
  const program = p.finish(buffer(8, 'record'));
  const { pid, fd } = spawnImage(program, 'tctl-steps');
  const chunks: Buffer[] = [];
  for await (const chunk of new Socket({ fd })) chunks.push(chunk);
  reap(pid);
  const said = Buffer.concat(chunks);
  if (said.length < 8) {
    throw new TcError('it was killed', { code: 'SUPERVISOR_DIED', operation: 'run system calls' });
  }
  const [kind, value] = [said.readUInt32LE(0), said.readUInt32LE(4)];
  if (kind !== messages.ended) throw launchError(program, kind, value);
  return decodeStatus(value);
}
