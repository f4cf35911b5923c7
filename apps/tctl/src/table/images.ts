/** Commands of images. */
import type { OptionTable } from '../cli/options.ts';
import { any, codesForEach, spec, usualCodes } from './command-spec.ts';
import {
  exactOption,
  formatOption,
  jsonOption,
  noTruncOption,
  platformOption,
  quietOption,
} from './shared-options.ts';

const change = {
  short: 'c',
  value: 'INSTRUCTION',
  complete: [
    'CMD ',
    'ENTRYPOINT ',
    'ENV ',
    'EXPOSE ',
    'LABEL ',
    'STOPSIGNAL ',
    'USER ',
    'VOLUME ',
    'WORKDIR ',
  ],
  multiple: true,
  about: 'CMD, ENTRYPOINT, ENV, EXPOSE, LABEL, STOPSIGNAL, USER, VOLUME or WORKDIR, as in a Dockerfile',
} as const;

const message = { short: 'm', value: 'TEXT', complete: 'nothing', about: 'what its history says' } as const;

const output = {
  output: { short: 'o', value: 'FILE', complete: 'file', default: 'stdout', about: 'where to' },
} as const satisfies OptionTable;

const writtenJson = { json: { about: 'with -o: what was written, as JSON' } } as const satisfies OptionTable;

const image = { atLeast: 1, atMost: 1, missing: 'image', complete: ['image'] } as const;
const images_ = { atLeast: 1, atMost: any, missing: 'image', complete: ['image'] } as const;

export const images = spec({
  summary: 'List images',
  usage: 'images [OPTIONS] [NAME]',
  about: 'Lists the images. SIZE is the content of all files; UNIQUE is what no other image has of that.',
  options: {
    all: { short: 'a', about: 'those without a name, too' },
    ...quietOption,
    ...noTruncOption,
    digests: { about: 'the digests of the manifests' },
    filter: {
      short: 'f',
      value: 'KEY=VALUE',
      complete: ['reference=', 'dangling=true', 'dangling=false'],
      multiple: true,
      about: 'reference=NAME, where * stands for anything, or dangling=true: without a name',
    },
    ...formatOption,
    ...exactOption,
    ...jsonOption,
  },
  operands: { atLeast: 0, atMost: 1, complete: ['image'] },
  examples: [
    { line: 'images', about: 'all with a name' },
    { line: "images --format '{{.Repository}}:{{.Tag}} {{.Size}}'", about: 'for a script' },
  ],
  exitCodes: usualCodes,
});

export const pull = spec({
  summary: 'Get images from a registry',
  usage: 'pull [OPTIONS] NAME [NAME...]',
  about: `Gets images from their registries, with the passwords of ~/.docker/config.json. Plain http is for registries of
this machine alone.`,
  options: { ...platformOption, ...quietOption, ...jsonOption },
  operands: images_,
  examples: [
    { line: 'pull alpine', about: 'docker.io/library/alpine:latest' },
    { line: 'pull --platform linux/arm64 debian:12', about: 'of another machine' },
  ],
  exitCodes: usualCodes,
  refused: { 'all-tags': { short: 'a', hint: 'Name each tag that you want.' } },
});

export const push = spec({
  summary: 'Put an image into a registry',
  usage: 'push [OPTIONS] IMAGE [NAME]',
  about: 'Puts an image into a registry, under its own name or another.',
  options: { quiet: { short: 'q', about: 'say nothing' }, ...jsonOption },
  operands: { ...image, atMost: 2 },
  examples: [{ line: 'push app registry.example.org/team/app:1.2', about: 'under another name' }],
  exitCodes: usualCodes,
  refused: { 'all-tags': { short: 'a', hint: 'Push each tag that you want.' } },
});

export const importImage = spec({
  summary: 'Make an image of a directory or a tar archive',
  usage: 'import [OPTIONS] (FILE | DIR | - | --debian SUITE) [NAME]',
  about: `Makes an image of a root file system: a tar archive (plain, gzip or zstd), a directory, or an archive from stdin.
For what docker save writes, see tctl load.`,
  options: {
    change,
    message,
    platform: { ...platformOption.platform, about: 'what it is for' },
    debian: {
      value: 'SUITE',
      complete: ['bookworm', 'trixie', 'sid'],
      about: 'make it of Debian packages, e.g. bookworm, where mmdebstrap is installed',
    },
    include: {
      value: 'PACKAGES',
      complete: 'nothing',
      about: 'with --debian: more packages, e.g. curl,python3',
    },
    ...jsonOption,
  },
  operands: { atLeast: 0, atMost: 2, missing: 'archive or directory', complete: ['file', 'nothing'] },
  examples: [
    { line: 'import -c \'CMD ["/bin/app"]\' ./tree app', about: 'a directory, and what it runs' },
    { line: '$ ssh build tar -C /srv/root -c . | tctl import - app:new', about: 'an archive from stdin' },
    { line: 'import --debian bookworm --include curl tools', about: 'of Debian packages' },
  ],
  exitCodes: usualCodes,
});

export const load = spec({
  summary: 'Take images out of an archive',
  usage: 'load [OPTIONS] [FILE | DIR]',
  about: `Takes images out of an archive that docker save, podman save or skopeo copy has written, or of the directory of an
OCI layout. Without a file it reads stdin.`,
  options: {
    input: { short: 'i', value: 'FILE', complete: 'file', about: 'the same as FILE' },
    name: { value: 'NAME', complete: 'nothing', about: 'name the image, where there is only one' },
    quiet: { short: 'q', about: 'say nothing' },
    ...platformOption,
    ...jsonOption,
  },
  operands: { atLeast: 0, atMost: 1, complete: ['file'] },
  examples: [{ line: '$ docker save app | tctl load', about: 'from Docker' }],
  exitCodes: usualCodes,
});

export const save = spec({
  summary: 'Write images as an archive',
  usage: 'save [OPTIONS] IMAGE [IMAGE...]',
  about: 'Writes images as one archive, for tctl load, docker load, podman load and skopeo copy.',
  options: {
    ...output,
    format: {
      value: 'oci|docker',
      complete: ['oci', 'docker'],
      default: 'oci',
      about: 'oci: an OCI layout; docker: what any docker load takes',
    },
    ...writtenJson,
  },
  operands: images_,
  examples: [{ line: 'save -o app.tar app:1.2', about: 'into a file' }],
  exitCodes: usualCodes,
});

export const exportTree = spec({
  summary: 'Write the files of a container as a tar archive',
  usage: 'export [OPTIONS] CONTAINER',
  about:
    'Writes the root file system of a container as a tar archive. Volumes and mounts are not part of it.',
  options: { ...output, ...writtenJson },
  operands: { atLeast: 1, atMost: 1, complete: ['container'] },
  examples: [{ line: '$ tctl export web | tar t', about: 'list its files' }],
  exitCodes: usualCodes,
});

export const commit = spec({
  summary: 'Make an image of what a container wrote',
  usage: 'commit [OPTIONS] CONTAINER [NAME]',
  about: 'Makes an image of a container: what it wrote becomes one more layer. It is paused meanwhile.',
  options: {
    change,
    message,
    author: { short: 'a', value: 'TEXT', complete: 'nothing', about: 'who made it' },
    'no-pause': { about: 'let it run meanwhile' },
    pause: { short: 'p', about: 'as it is anyway' },
    ...jsonOption,
  },
  operands: { atLeast: 1, atMost: 2, complete: ['container', 'image'] },
  examples: [{ line: 'commit -m "with curl" box tools:curl', about: 'to go on from there' }],
  exitCodes: usualCodes,
});

export const tag = spec({
  summary: 'Give an image one more name',
  usage: 'tag [OPTIONS] IMAGE NAME',
  about: 'Gives an image one more name. Where another image has it, that has it no more.',
  options: jsonOption,
  operands: { atLeast: 2, atMost: 2, missing: 'image, or the name,', complete: ['image'] },
  examples: [{ line: 'tag app:1.2 app:stable', about: 'one image, two names' }],
  exitCodes: usualCodes,
});

export const rmi = spec({
  summary: 'Remove images',
  usage: 'rmi [OPTIONS] IMAGE [IMAGE...]',
  about:
    'Takes a name from an image, and removes it with its last one. By its id it is removed with all its names.',
  options: {
    force: { short: 'f', about: 'also where a container uses it: its files stay as long as that' },
    ...jsonOption,
  },
  operands: images_,
  examples: [{ line: 'rmi app:1.2', about: 'that name' }],
  exitCodes: codesForEach,
  refused: { 'no-prune': { hint: 'Nothing else is removed anyway: tctl image prune does that.' } },
});

export const history = spec({
  summary: 'Print how an image was made',
  usage: 'history [OPTIONS] IMAGE',
  about: 'Prints how an image was made, the newest step first.',
  options: {
    ...quietOption,
    ...noTruncOption,
    ...formatOption,
    ...exactOption,
    human: { short: 'H', about: 'as it is anyway' },
    ...jsonOption,
  },
  operands: image,
  examples: [{ line: 'history --no-trunc alpine', about: 'whole commands' }],
  exitCodes: usualCodes,
});
