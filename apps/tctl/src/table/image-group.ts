/** `tctl image`: what no other command does, and Docker's newer spelling of the others. */
import { any, codesForEach, type GroupSpec, noOperands, spec, usualCodes } from './command-spec.ts';
import { forceOption, formatOption, jsonOption, pruneFilterOption } from './shared-options.ts';

export const imageInspect = spec({
  summary: 'Print all that is known of images',
  usage: 'image inspect [OPTIONS] IMAGE [IMAGE...]',
  about: 'Prints all that is known of images, as JSON.',
  options: {
    format: {
      ...formatOption.format,
      short: 'f',
      complete: ['{{.Id}}', '{{json .Config}}'],
      about: "as the template says, with Docker's names: '{{.Id}}', '{{json .Config.Env}}'",
    },
    json: { about: 'as it is anyway' },
  },
  operands: { atLeast: 1, atMost: any, missing: 'image', complete: ['image'] },
  examples: [{ line: "image inspect -f '{{.Architecture}}' alpine", about: 'one thing' }],
  exitCodes: codesForEach,
});

export const imageVerify = spec({
  summary: 'Look for damage, and repair it',
  usage: 'image verify [OPTIONS] [IMAGE]',
  about: `Reads all blobs and all layers, and says what is damaged or missing; the exit code is 1 then. With --repair,
layers are unpacked anew from their blobs.`,
  options: { repair: { about: 'unpack damaged layers anew' }, ...jsonOption },
  operands: { atLeast: 0, atMost: 1, complete: ['image'] },
  examples: [{ line: 'image verify --repair', about: 'all of them' }],
  exitCodes: { ...usualCodes, 0: 'all is well', 1: 'something is damaged or missing' },
});

export const imagePrune = spec({
  summary: 'Remove what nobody needs',
  usage: 'image prune [OPTIONS]',
  about: `Removes images without a name that no container uses, and what belongs to no image: blobs, layers, and what
interrupted downloads have left.`,
  options: {
    all: { short: 'a', about: 'images with a name, too' },
    ...pruneFilterOption,
    ...forceOption,
    ...jsonOption,
  },
  operands: noOperands,
  examples: [{ line: 'image prune', about: 'what has a name stays' }],
  exitCodes: usualCodes,
});

export const imageGroup = {
  summary: 'List, inspect, verify and prune images',
  about: 'Root file systems that containers are made of.',
  commands: {
    ls: { sameAs: 'images' },
    list: { sameAs: 'images' },
    pull: { sameAs: 'pull' },
    push: { sameAs: 'push' },
    import: { sameAs: 'import' },
    load: { sameAs: 'load' },
    save: { sameAs: 'save' },
    tag: { sameAs: 'tag' },
    rm: { sameAs: 'rmi' },
    history: { sameAs: 'history' },
    inspect: imageInspect,
    verify: imageVerify,
    prune: imagePrune,
  },
} as const satisfies GroupSpec;
