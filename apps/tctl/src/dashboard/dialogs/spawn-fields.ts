import { parseReference } from '@tc/images';
import type { SpawnRequest } from '../actions/actions.ts';
import { option } from '../actions/run-words.ts';
import { expandHome, isDirectory, isPath, pathsLike } from '../form/complete-path.ts';
import { type Candidates, completeWhole } from '../form/completion.ts';
import type { FieldSpec, Problem, Values } from '../form/form.ts';
import { problemFrom, remembering } from '../form/refusal.ts';
import { quoteWords, splitWords } from '../form/shell-words.ts';
import { checkRunOptions } from './run-checks.ts';

/** What the fields can be filled in from, and compared with. */
export interface SpawnSurroundings {
  /** Undefined until they are known. */
  readonly images: () => readonly string[] | undefined;
  readonly names: () => readonly string[];
  readonly volumes?: () => readonly string[];
}

/** Fields of the spawn dialog. Each is checked by what `tctl run` checks it with. */
export function spawnFields({ images, names }: SpawnSurroundings): readonly FieldSpec[] {
  return [
    {
      name: 'image',
      label: 'Image',
      about: 'An image by its name, or a directory that is to be its root: /srv/rootfs. Tab completes both.',
      completer: (before) => completeImage(before, images() ?? []),
      check: remembering(checkImage),
      note: (value) => noteOnImage(value, images()),
    },
    {
      name: 'command',
      label: 'Command',
      about: 'With its arguments, quoted as in a shell: sh -c "echo hello; sleep 60"',
      check: checkCommand,
      note: noteOnCommand,
    },
    {
      name: 'name',
      label: 'Name',
      about: 'How it is called here; without one, by its id.',
      placeholder: 'none but its id',
      check: (value) => checkName(value, names()),
    },
    limitField(
      'memory',
      'Memory',
      '--memory',
      'At most so much memory: 64m, 1.5g. More than that, and it is killed.',
    ),
    limitField('pids', 'Pids', '--pids', 'At most so many processes and threads: 50.'),
    limitField('cpus', 'CPUs', '--cpus', 'At most so much CPU time, in cores: 0.5, 2.'),
    {
      name: 'mounts',
      label: 'Mounts',
      about: 'SOURCE:TARGET or SOURCE:TARGET:ro, several with spaces. A source without a slash is a volume.',
      placeholder: 'none',
      completer: completeMount,
      check: checkWords('-v'),
    },
    {
      name: 'env',
      label: 'Env',
      about: 'KEY=VALUE, several with spaces; KEY alone passes yours on.',
      placeholder: 'nothing of its own',
      check: checkWords('-e'),
    },
    {
      name: 'network',
      label: 'Network',
      about: 'none: only lo; host: that of this machine; container:NAME: that of another container.',
      completer: completeWhole(() => ['none', 'host', ...names().map((name) => `container:${name}`)]),
      check: checkNetwork(names),
    },
    {
      name: 'terminal',
      label: 'Terminal',
      about: 'yes: with a terminal of its own, for a shell that one wants to sit down at.',
      choices: ['no', 'yes'],
    },
  ];
}

function limitField(name: string, label: string, flag: string, about: string): FieldSpec {
  return {
    name,
    label,
    about,
    placeholder: 'no limit',
    check: remembering((value) => checkRunOptions(option(flag, value.trim()))),
  };
}

function checkImage(value: string): Problem | undefined {
  const text = value.trim();
  if (text === '')
    return {
      text: 'from which image, or which directory?',
      hint: 'host is always there: this machine’s own tools.',
    };
  if (!isPath(text)) return text === 'host' ? undefined : problemFrom(() => parseReference(text));
  if (isDirectory(text)) return undefined;
  return { text: `${text} is no directory`, hint: 'Tab completes it as far as there is one.' };
}

function noteOnImage(value: string, images: readonly string[] | undefined): string | undefined {
  const text = value.trim();
  if (images === undefined || text === '' || isPath(text)) return undefined;
  const isHere = images.some((image) => image === text || image === `${text}:latest`);
  return isHere ? undefined : 'It is not on this machine: it will be pulled from its registry first.';
}

function completeImage(before: string, images: readonly string[]): Candidates {
  return { from: 0, texts: isPath(before) ? pathsLike(before, { onlyDirectories: true }) : images };
}

function checkCommand(value: string, values: Values): Problem | undefined {
  const problem = problemFrom(() => splitWords(value));
  if (problem !== undefined || splitWords(value).length > 0) return problem;
  const image = values['image']?.trim() ?? '';
  // What an image of the store runs by itself, it says.
  if (image !== 'host' && image !== '' && !isPath(image)) return undefined;
  return { text: 'what is to run in it?', hint: 'For example: sleep 600' };
}

/** No shell reads it, and somebody may think so. */
function noteOnCommand(value: string): string | undefined {
  const unquoted = value.replace(/'[^']*'|"(?:[^"\\]|\\.)*"/g, '');
  const found = /[|;<>]|&&|\$[\w{(]/.exec(unquoted)?.[0];
  return found === undefined
    ? undefined
    : `No shell reads this: ${found} is passed on as it is. With a shell: sh -c '…'`;
}

function checkName(value: string, taken: readonly string[]): Problem | undefined {
  const text = value.trim();
  if (taken.includes(text))
    return {
      text: `a container is called ${text} already`,
      hint: 'Choose another name, or remove that first.',
    };
  return remembered(text);
}

const remembered = remembering((text) => (text === '' ? undefined : checkRunOptions(option('--name', text))));

function checkWords(flag: string): (value: string) => Problem | undefined {
  return remembering((value) => {
    const unread = problemFrom(() => splitWords(value));
    return unread ?? checkRunOptions(splitWords(value).flatMap((word) => option(flag, word)));
  });
}

function checkNetwork(names: () => readonly string[]): (value: string) => Problem | undefined {
  const check = remembering((value) => checkRunOptions(option('--network', value)));
  return (value) => {
    const problem = check(value.trim());
    const other = /^container:(.+)$/.exec(value.trim())?.[1];
    if (problem !== undefined || other === undefined || names().includes(other)) return problem;
    return { text: `there is no container ${other}`, hint: 'Tab lists those that there are.' };
  };
}

/** The source of the mount that the cursor is in. */
function completeMount(before: string): Candidates {
  const from = before.lastIndexOf(' ') + 1;
  const word = before.slice(from);
  if (word.includes(':') || !isPath(word)) return { from, texts: [] };
  return { from, texts: pathsLike(word, { onlyDirectories: false }) };
}

/** @throws UsageError: fields were checked before */
export function requestFrom(values: Values): SpawnRequest {
  const text = (name: string) => (values[name] ?? '').trim();
  const image = text('image');
  const directory = isPath(image);
  return {
    image: directory ? '' : image,
    rootfs: directory ? expandHome(image) : '',
    command: splitWords(text('command')),
    name: text('name'),
    memory: text('memory'),
    pids: text('pids'),
    cpus: text('cpus'),
    mounts: splitWords(text('mounts')),
    env: splitWords(text('env')),
    network: text('network'),
    tty: text('terminal') === 'yes',
  };
}

/** The last one's, with another name where that is taken. */
export function valuesFrom(request: SpawnRequest | undefined, taken: readonly string[]): Values {
  if (request === undefined) return { image: 'host', network: 'none' };
  const { image, rootfs, command, name, memory, pids, cpus, mounts, env, network, tty } = request;
  return {
    image: image === '' ? rootfs : image,
    command: quoteWords(command),
    name: freeName(name, taken),
    memory,
    pids,
    cpus,
    mounts: quoteWords(mounts),
    env: quoteWords(env),
    network: network === '' ? 'none' : network,
    terminal: tty ? 'yes' : 'no',
  };
}

/** `web`, `web-2`, `web-3` */
export function freeName(name: string, taken: readonly string[]): string {
  const [, stem = name, number = '1'] = /^(.*?)(?:-(\d{1,6}))?$/.exec(name) ?? [];
  let next = name;
  for (let count = Number(number) + 1; name !== '' && taken.includes(next); count += 1)
    next = `${stem}-${count}`;
  return next;
}

/** The command as far as it makes sense: what is typed into fields that are wrong yet is shown as it is. */
export function draftFrom(values: Values): SpawnRequest {
  const safe = (name: string) => {
    try {
      return quoteWords(splitWords(values[name] ?? ''));
    } catch {
      return '';
    }
  };
  return requestFrom({ ...values, command: safe('command'), mounts: safe('mounts'), env: safe('env') });
}
