import { createVolume, listVolumes, pruneVolumes, removeVolume } from '@tc/core';
import { age } from '../cli/age.ts';
import { any, type Command, command } from '../cli/command.ts';
import { forEach } from '../cli/for-each.ts';
import { writeOut } from '../cli/output.ts';
import { subcommands } from '../cli/subcommands.ts';
import { textTable } from '../cli/text-table.ts';

const names = { operands: { atLeast: 1, atMost: any }, missing: 'volume' };
const nothing = { operands: { atLeast: 0, atMost: 0 } };

const ls = command({
  ...nothing,
  usage: 'volume ls [OPTIONS]',
  about: 'Lists the volumes.',
  options: { quiet: { short: 'q', about: 'only names' }, json: { about: 'as JSON' } },
  async run({ quiet = false, json = false }) {
    const volumes = await listVolumes();
    if (json) writeOut(`${JSON.stringify(volumes, undefined, 2)}\n`);
    else if (quiet) writeOut(volumes.map(({ name }) => `${name}\n`).join(''));
    else {
      const rows = volumes.map(({ name, createdAt, path }) => [name, `${age(createdAt)} ago`, path]);
      writeOut(textTable(['VOLUME', 'CREATED', 'DIRECTORY'], rows));
    }
    return 0;
  },
});

const create = command({
  ...names,
  usage: 'volume create NAME [NAME...]',
  about: 'Makes volumes. To mount one makes it, too: tctl run -v NAME:DIR.',
  options: {},
  run: (_, volumes) => forEach(volumes, async (volume) => (await createVolume(volume)).name),
});

const rm = command({
  ...names,
  usage: 'volume rm NAME [NAME...]',
  about: 'Removes volumes with all that is in them. Those that a container mounts stay.',
  options: {},
  run: (_, volumes) =>
    forEach(volumes, async (volume) => {
      await removeVolume(volume);
      return volume;
    }),
});

const prune = command({
  ...nothing,
  usage: 'volume prune',
  about: 'Removes all volumes that no container mounts, with all that is in them, and prints their names.',
  options: {},
  async run() {
    writeOut((await pruneVolumes()).map((volume) => `${volume}\n`).join(''));
    return 0;
  },
});

export const volumeCommand: Command = subcommands(
  'volume',
  'Directories with a name that outlive containers.',
  {
    ls: { about: 'List volumes', run: ls },
    create: { about: 'Make volumes', run: create },
    rm: { about: 'Remove volumes', run: rm },
    prune: { about: 'Remove all volumes that no container mounts', run: prune },
  },
);
