/** A container that is made, started, and removed while it sleeps: `Container` beside crun and runc. */
import { parseArgs } from 'node:util';
import { Container } from '@tc/core';
import { makeBundle } from '../bundle.ts';
import type { Case } from '../interleave.ts';
import { machine, measureGroups, needRoot, parseCount, printMeasurements } from '../measure.ts';
import { type OciPlace, ociProgram, sleepCommand } from '../oci-sleeper.ts';
import { useOwnDirectories } from '../own-directories.ts';
import { PrivateNamespace } from '../private-namespace.ts';
import { limits } from '../spawn/tctl.ts';
import { timeSequences } from '../time-commands.ts';
import { makeWorkplace, type Workplace } from '../workplace.ts';

const notes = `
Container.create, start and remove with force, beside the commands create, start, kill and delete --force: for both the
command, /bin/sleep, runs before it is removed. Without kill, delete --force would kill it, but runc looks only every
100 ms whether it has ended. The OCI bundles are made beforehand; containers of tctl keep a
log, those of runc and crun do not. Interleaved rounds; all have limits on memory and pids; all state is on a tmpfs.`;

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
    await using inside = new PrivateNamespace(place.dataDirectory);
    const cases = [
      libraryCase(place, 'tctl Container', {}),
      libraryCase(place, 'tctl Container, detached', { detached: true }),
      ociCase(place, { runtime: 'crun', inside }),
      ociCase(place, { runtime: 'runc' }),
    ];
    const measured = await measureGroups([{ title: 'create, start, remove', cases }], rounds);
    if (values.json) return console.log(JSON.stringify({ machine: machine(), ...measured }, null, 2));
    console.log(machine());
    printMeasurements(measured);
    console.log(notes);
  } finally {
    place.remove();
  }
}

function libraryCase(place: Workplace, name: string, options: { detached?: boolean }): Case {
  const once = async () => {
    const container = await Container.create({
      rootfs: place.rootfs,
      command: sleepCommand,
      name: place.id(),
      limits,
      ...options,
    });
    await container.start();
    await container.remove({ force: true });
  };
  return {
    name,
    async measure(atOnce) {
      const start = performance.now();
      await Promise.all(Array.from({ length: atOnce }, once));
      return performance.now() - start;
    },
  };
}

function ociCase(place: Workplace, { runtime, inside }: OciPlace): Case {
  const program = ociProgram(place, runtime);
  let bundle: string | undefined;
  return {
    name: `${runtime} create, start, kill, delete`,
    measure(atOnce) {
      bundle ??= makeBundle(place, sleepCommand, true).directory;
      const create = [...program, 'create', '--bundle', bundle];
      const sequences = Array.from({ length: atOnce }, () => {
        const id = place.id();
        return [
          [...create, id],
          [...program, 'start', id],
          [...program, 'kill', id, 'KILL'],
          [...program, 'delete', '--force', id],
        ];
      });
      return inside === undefined ? timeSequences(sequences) : inside.timeSequences(sequences);
    },
  };
}
