import type { HostInputs } from './host-inputs.ts';
import { absent } from './host-inputs.ts';
import { imagePath, type Placed } from './tree.ts';

const terminals = [
  'alacritty',
  'ansi',
  'dumb',
  'linux',
  'rxvt-unicode-256color',
  'screen',
  'screen-256color',
  'tmux',
  'tmux-256color',
  'vt100',
  'vt220',
  'xterm',
  'xterm-256color',
];

// terminfo(5): where distributions have it compiled in; an entry lies under its first letter, or that in hex.
const terminfoDirectories = ['/etc/terminfo', '/lib/terminfo', '/usr/share/terminfo'];

/** glibc's only locale that is the same everywhere; without it LANG=C.UTF-8 is ASCII. */
const localeFiles = [
  ...['ADDRESS', 'COLLATE', 'CTYPE', 'IDENTIFICATION', 'MEASUREMENT'],
  ...['MESSAGES/SYS_LC_MESSAGES', 'MONETARY', 'NAME', 'NUMERIC', 'PAPER', 'TELEPHONE', 'TIME'],
].map((category) => `/usr/lib/locale/C.utf8/LC_${category}`);

/** What stdbuf(1) has the loader preload. */
const stdbufLibraries = ['/usr/libexec/coreutils/libstdbuf.so', '/usr/lib/coreutils/libstdbuf.so'];

/** Files that tools open by themselves, as far as this host has them: terminal descriptions, a locale. */
export function dataFiles(inputs: HostInputs): Placed[] {
  return [
    ...terminals.flatMap((name) => firstOf(terminfoCandidates(name), inputs)),
    ...localeFiles.flatMap((path) => firstOf([path], inputs)),
    ...firstOf(stdbufLibraries, inputs),
  ];
}

function terminfoCandidates(name: string): string[] {
  const hex = name.charCodeAt(0).toString(16);
  return terminfoDirectories.flatMap((directory) => [
    `${directory}/${name.slice(0, 1)}/${name}`,
    `${directory}/${hex}/${name}`,
  ]);
}

function firstOf(paths: readonly string[], inputs: HostInputs): Placed[] {
  const path = paths.find((candidate) => inputs.observe(candidate) !== absent);
  return path === undefined ? [] : [copyOf(path, path, 0o644, inputs)];
}

/** A copy of a host's file, at that host path as the image has it. */
export function copyOf(hostPath: string, at: string, mode: number, inputs: HostInputs): Placed {
  const signature = inputs.observe(hostPath);
  return [imagePath(at), { type: 'file', mode, source: inputs.realPath(hostPath), signature }];
}
