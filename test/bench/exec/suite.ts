/** A command in a container that runs: `Container.exec` beside `crun exec`, `runc exec` and the whole `tctl exec`. */
import { existsSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { Container } from '@tc/core';
import type { Case } from '../interleave.ts';
import { machine, measureGroups, needRoot, parseCount, printMeasurements } from '../measure.ts';
import { type OciPlace, ociProgram, sleepCommand, startOciSleeper } from '../oci-sleeper.ts';
import { useOwnDirectories } from '../own-directories.ts';
import { PrivateNamespace } from '../private-namespace.ts';
import { limits, tctlProgram } from '../spawn/tctl.ts';
import { timeCommands } from '../time-commands.ts';
import { makeWorkplace, type Workplace } from '../workplace.ts';

const notes = `
From the call, or the spawn of the command, to the exit of /bin/true as Node.js sees it, in interleaved rounds. All
containers have the same root file system and limits on memory and pids; all state is on a tmpfs.`;

export async function main(args: readonly string[]): Promise<void> {
  const { values } = parseArgs({
    args: [...args],
    options: { rounds: { type: 'string', default: '60' }, json: { type: 'boolean', default: false } },
  });
  const rounds = parseCount(values.rounds, '--rounds');
  needRoot();
  const place = await makeWorkplace();
  try {
    useOwnDirectories(place);
    const measured = await measure(place, rounds);
    if (values.json) return console.log(JSON.stringify({ machine: machine(), ...measured }, null, 2));
    console.log(machine());
    printMeasurements(measured);
    console.log(notes);
  } finally {
    place.remove();
  }
}

async function measure(place: Workplace, rounds: number) {
  await using inside = new PrivateNamespace(place.dataDirectory);
  using ofRunc = startOciSleeper(place, { runtime: 'runc' });
  using ofCrun = startOciSleeper(place, { runtime: 'crun', inside });
  await using container = await Container.create({
    rootfs: place.rootfs,
    command: sleepCommand,
    name: place.id(),
    limits,
  });
  await container.start();
  const cases = [
    libraryCase(container),
    commandLineCase(container),
    ociCase(place, { runtime: 'crun', inside }, ofCrun.id),
    ociCase(place, { runtime: 'runc' }, ofRunc.id),
  ];
  return await measureGroups([{ title: '/bin/true in a container that runs', cases }], rounds);
}

function libraryCase(container: Container): Case {
  const once = async () => {
    const { exitCode, reason } = await container.exec(['/bin/true'], { stdout: 'ignore', stderr: 'ignore' });
    if (exitCode !== 0) throw new Error(`tctl: ${reason}, exit code ${exitCode}`);
  };
  return {
    name: 'tctl Container.exec()',
    async measure(atOnce) {
      const start = performance.now();
      await Promise.all(Array.from({ length: atOnce }, once));
      return performance.now() - start;
    },
  };
}

function commandLineCase({ name }: Container): Case {
  const command = [tctlProgram(), 'exec', name, '/bin/true'];
  return {
    name: 'tctl exec',
    async measure(atOnce) {
      if (!existsSync(tctlProgram())) throw new Error('apps/tctl is not built');
      return timeCommands(Array.from({ length: atOnce }, () => command));
    },
  };
}

function ociCase(place: Workplace, { runtime, inside }: OciPlace, id: string): Case {
  const command = [...ociProgram(place, runtime), 'exec', id, '/bin/true'];
  return {
    name: `${runtime} exec`,
    measure(atOnce) {
      const commands = Array.from({ length: atOnce }, () => command);
      return inside === undefined ? timeCommands(commands) : inside.timeCommands(commands);
    },
  };
}
