import { any, codesForEach, type GroupSpec, noOperands, spec, usualCodes } from './command-spec.ts';
import { refusedVolumeOptions } from './refused-options.ts';
import { exactOption, forceOption, formatOption, jsonOption, pruneLabelOption } from './shared-options.ts';

const volumes = { atLeast: 1, atMost: any, missing: 'volume', complete: ['volume'] } as const;

export const volumeLs = spec({
  summary: 'List volumes',
  usage: 'volume ls [OPTIONS]',
  about: 'Lists the volumes.',
  options: {
    quiet: { short: 'q', about: 'only names' },
    filter: {
      short: 'f',
      value: 'KEY=VALUE',
      complete: ['name=', 'label=', 'dangling=true', 'dangling=false'],
      multiple: true,
      about: 'name=PART, label=KEY[=VALUE], or dangling=true: those that no container mounts',
    },
    ...formatOption,
    ...exactOption,
    ...jsonOption,
  },
  operands: noOperands,
  examples: [{ line: 'volume ls', about: 'with their directories' }],
  exitCodes: usualCodes,
});

export const volumeCreate = spec({
  summary: 'Make volumes',
  usage: 'volume create [OPTIONS] [NAME...]',
  about: 'Makes volumes. To mount one makes it, too: tctl run -v NAME:DIR.',
  options: {
    label: {
      value: 'KEY=VALUE',
      complete: 'nothing',
      multiple: true,
      about: 'a label, for filters and whoever inspects it',
    },
  },
  operands: { atLeast: 0, atMost: any, complete: ['nothing'] },
  examples: [
    { line: 'volume create site', about: 'its name is printed' },
    { line: 'volume create', about: 'with a name that nobody has' },
  ],
  exitCodes: codesForEach,
  refused: refusedVolumeOptions,
});

export const volumeInspect = spec({
  summary: 'Print all that is known of volumes',
  usage: 'volume inspect [OPTIONS] NAME [NAME...]',
  about: 'Prints all that is known of volumes, as JSON.',
  options: {
    format: {
      ...formatOption.format,
      short: 'f',
      complete: ['{{.Mountpoint}}'],
      about: "as the template says, with Docker's names: '{{.Mountpoint}}'",
    },
    json: { about: 'as it is anyway' },
  },
  operands: volumes,
  examples: [{ line: "volume inspect -f '{{.Mountpoint}}' site", about: 'where it lies' }],
  exitCodes: codesForEach,
});

export const volumeRm = spec({
  summary: 'Remove volumes',
  usage: 'volume rm [OPTIONS] NAME [NAME...]',
  about: 'Removes volumes with all that is in them. Those that a container mounts stay.',
  options: { force: { short: 'f', about: 'it is no error where there is none of that name' } },
  operands: volumes,
  examples: [{ line: 'volume rm site', about: 'with all that is in it' }],
  exitCodes: codesForEach,
});

export const volumePrune = spec({
  summary: 'Remove all volumes that no container mounts',
  usage: 'volume prune [OPTIONS]',
  about: 'Removes all volumes that no container mounts, with all that is in them, and prints their names.',
  options: {
    all: { short: 'a', about: 'as it is anyway' },
    ...pruneLabelOption,
    ...forceOption,
    ...jsonOption,
  },
  operands: noOperands,
  examples: [{ line: 'volume prune', about: 'what is mounted stays' }],
  exitCodes: usualCodes,
});

export const volumeGroup = {
  summary: 'List, make and remove volumes',
  about: 'Directories with a name that outlive containers.',
  commands: {
    ls: volumeLs,
    list: { sameAs: 'volume ls' },
    create: volumeCreate,
    inspect: volumeInspect,
    rm: volumeRm,
    remove: { sameAs: 'volume rm' },
    prune: volumePrune,
  },
} as const satisfies GroupSpec;
