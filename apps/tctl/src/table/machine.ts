/** Commands of the machine, and of tctl itself. */
import { type GroupSpec, noOperands, spec, usualCodes } from './command-spec.ts';
import { exactOption, forceOption, formatOption, jsonOption, pruneFilterOption } from './shared-options.ts';

export const shells = ['bash', 'zsh', 'fish'] as const;

export const doctor = spec({
  summary: 'Check whether this machine has what containers need',
  usage: 'doctor [OPTIONS]',
  about: 'Checks whether this machine has what containers need, and says what mends what is missing.',
  options: { json: { about: 'print the checks as JSON' } },
  operands: noOperands,
  examples: [{ line: 'doctor', about: 'first thing on a new machine' }],
  exitCodes: { ...usualCodes, 0: 'nothing is missing', 1: 'something is missing' },
});

export const ociSpec = spec({
  summary: 'Write the config.json of an OCI bundle',
  usage: 'spec [OPTIONS]',
  about:
    'Writes a config.json to begin with into a directory, which becomes an OCI bundle: tc-runtime runs it, and Container.fromBundle() of @tc/core. Nothing is overwritten.',
  options: {
    bundle: {
      short: 'b',
      value: 'DIR',
      complete: 'directory',
      default: '.',
      about: 'the bundle’s directory',
    },
    rootless: { about: 'for an ordinary user, which is the default for one: whoever calls is root inside' },
  },
  operands: noOperands,
  examples: [{ line: 'spec --bundle web', about: 'then put a root file system into web/rootfs' }],
  exitCodes: usualCodes,
});

export const demo = spec({
  summary: 'Show what a container is: its host name, processes, root and limits',
  usage: 'demo',
  about: 'Shows what a container is, with one.',
  options: {},
  operands: noOperands,
  examples: [{ line: 'demo', about: 'it takes a second' }],
  exitCodes: usualCodes,
});

export const info = spec({
  summary: 'Tell of this machine, and how many containers and images it has',
  usage: 'info [OPTIONS]',
  about: 'Tells of this machine, of tctl, and how many containers, images and volumes there are.',
  options: { format: { ...formatOption.format, short: 'f' }, ...exactOption, ...jsonOption },
  operands: noOperands,
  examples: [{ line: "info -f '{{.ContainersRunning}}'", about: 'how many run' }],
  exitCodes: usualCodes,
});

export const version = spec({
  summary: 'Print the version',
  usage: 'version [OPTIONS]',
  about: 'Prints the version of tctl. With --json or --format it tells of Node.js and the kernel, too.',
  options: { format: { ...formatOption.format, short: 'f' }, ...jsonOption },
  operands: noOperands,
  examples: [
    { line: 'version', about: 'as tctl --version' },
    { line: "version -f '{{.Client.Version}}'", about: 'the same' },
  ],
  exitCodes: usualCodes,
});

export const help = spec({
  summary: 'Tell what a command does',
  usage: 'help [COMMAND...]',
  about: 'Tells what a command does, as its --help; without one, which there are.',
  options: {},
  operands: { atLeast: 0, atMost: 2, complete: ['nothing'] },
  examples: [{ line: 'help volume ls', about: 'as tctl volume ls --help' }],
  exitCodes: usualCodes,
});

export const man = spec({
  summary: 'Print the manual page',
  usage: 'man',
  about: `Prints the manual page, in roff. A package of tctl installs it, so that man tctl shows it; without one, tctl man |
man -l - does.`,
  options: {},
  operands: noOperands,
  examples: [
    { line: '$ tctl man | man -l -', about: 'read it' },
    { line: '$ tctl man > /usr/local/share/man/man1/tctl.1', about: 'keep it' },
  ],
  exitCodes: usualCodes,
});

export const completion = spec({
  summary: 'Print what makes a shell complete commands: bash, zsh or fish',
  usage: 'completion bash|zsh|fish',
  about: `Prints what makes the shell complete the commands of tctl, their options, and names of containers, images and
volumes.`,
  options: {},
  operands: { atLeast: 1, atMost: 1, missing: 'shell', complete: [shells] },
  examples: [
    { line: '$ source <(tctl completion bash)', about: 'bash, here and now; in ~/.bashrc for always' },
    {
      line: '$ tctl completion zsh > /usr/local/share/zsh/site-functions/_tctl',
      about: 'zsh, from its next start on',
    },
    { line: '$ tctl completion fish > ~/.config/fish/completions/tctl.fish', about: 'fish' },
  ],
  exitCodes: usualCodes,
});

export const systemDf = spec({
  summary: 'Tell how much disk is used',
  usage: 'system df [OPTIONS]',
  about: `Tells how much disk images, containers and volumes use, and how much of it prune would free. Images are those that
tctl images -a lists; the image host, which is made of this machine's own programs, has a line of its own.`,
  options: { ...formatOption, ...exactOption, ...jsonOption },
  operands: noOperands,
  examples: [{ line: 'system df', about: 'a line for each kind' }],
  exitCodes: usualCodes,
});

export const systemPrune = spec({
  summary: 'Remove containers that have ended and images without a name',
  usage: 'system prune [OPTIONS]',
  about:
    'Removes containers that have ended, and images without a name that no container uses; volumes on request.',
  options: {
    all: { short: 'a', about: 'images with a name, and containers that were never started, too' },
    volumes: { about: 'volumes that no container mounts, too, with all that is in them' },
    ...pruneFilterOption,
    ...forceOption,
    ...jsonOption,
  },
  operands: noOperands,
  examples: [{ line: 'system prune', about: 'what runs stays, and so do volumes' }],
  exitCodes: usualCodes,
});

export const systemGroup = {
  summary: 'Tell of this machine and its disk, and tidy up',
  about: 'All of tctl on this machine.',
  commands: {
    df: systemDf,
    prune: systemPrune,
    info: { sameAs: 'info' },
    events: { sameAs: 'events' },
  },
} as const satisfies GroupSpec;
