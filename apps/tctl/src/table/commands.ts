/** All commands. main.ts has a way to load each, and no other: a command that is not in this table does not compile. */
import type { CommandSpec, Entry } from './command-spec.ts';
import { isGroup } from './command-spec.ts';
import { containerGroup } from './container-group.ts';
import { imageGroup } from './image-group.ts';
import * as images from './images.ts';
import * as life from './life.ts';
import * as looking from './looking.ts';
import * as machine from './machine.ts';
import * as monitoring from './monitoring.ts';
import * as running from './running.ts';
import { volumeGroup } from './volumes.ts';

/** In the order of help, each family under its heading. */
export const families = {
  'Containers that run': {
    run: running.run,
    exec: running.exec,
    ps: looking.ps,
    logs: looking.logs,
    attach: running.attach,
    stop: life.stop,
    start: running.start,
    restart: life.restart,
    kill: life.kill,
    pause: life.pause,
    unpause: life.unpause,
    wait: life.wait,
    cp: looking.cp,
  },
  'Containers that stay': {
    create: running.create,
    rm: life.rm,
    prune: life.prune,
    rename: life.rename,
    update: life.update,
    inspect: looking.inspect,
    events: looking.events,
    diff: looking.diff,
    commit: images.commit,
    export: images.exportTree,
    container: containerGroup,
  },
  'What they use': {
    dashboard: monitoring.dashboard,
    stats: monitoring.stats,
    top: monitoring.top,
    record: monitoring.record,
    replay: monitoring.replay,
    metrics: monitoring.metrics,
  },
  'Images and volumes': {
    images: images.images,
    pull: images.pull,
    push: images.push,
    import: images.importImage,
    load: images.load,
    save: images.save,
    tag: images.tag,
    rmi: images.rmi,
    history: images.history,
    image: imageGroup,
    volume: volumeGroup,
  },
  'This machine, and tctl': {
    doctor: machine.doctor,
    info: machine.info,
    system: machine.systemGroup,
    spec: machine.ociSpec,
    demo: machine.demo,
    completion: machine.completion,
    man: machine.man,
    help: machine.help,
    version: machine.version,
  },
} as const satisfies Readonly<Record<string, Readonly<Record<string, Entry>>>>;

type Families = typeof families;
type KeysOf<T> = T extends unknown ? keyof T : never;

/** Of tctl's own commands: `volume`, not `volume ls`. */
export type CommandName = KeysOf<Families[keyof Families]>;

export const commandTable: Readonly<Record<CommandName, Entry>> = Object.assign(
  {},
  ...Object.values(families),
);

/** A command that `tctl WORDS` is, with what `sameAs` leads to. */
export function findSpec(words: readonly string[]): CommandSpec | undefined {
  const entry = entryOf(words[0]);
  if (entry === undefined) return undefined;
  if (!isGroup(entry)) return words.length === 1 ? entry : undefined;
  const [, name = '', ...more] = words;
  const below = Object.hasOwn(entry.commands, name) ? entry.commands[name] : undefined;
  if (below === undefined || more.length > 0) return undefined;
  return 'sameAs' in below ? findSpec(below.sameAs.split(' ')) : below;
}

export function entryOf(name: string | undefined): Entry | undefined {
  return name !== undefined && Object.hasOwn(commandTable, name)
    ? commandTable[name as CommandName]
    : undefined;
}
