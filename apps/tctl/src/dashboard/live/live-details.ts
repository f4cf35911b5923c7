import { Container, type ContainerInfo } from '@tc/core';
import type { Figures, Monitor } from '@tc/monitor';
import type { Details, LogLine, ProcessFacts, Section } from '../source/source.ts';
import { configurationSections, figureSection, mountSections } from './sections.ts';
import { userName } from './user-name.ts';

/** So many lines of a log are there when one opens it. */
const linesBefore = 2000;
/** Lines that come close after one another are shown together. */
const togetherMs = 50;

export class LiveDetails implements Details {
  readonly #monitor: Monitor;
  #paths: ReadonlyMap<string, string> = new Map();

  constructor(monitor: Monitor) {
    this.#monitor = monitor;
  }

  /** Where the cgroups of containers are, by id. */
  know(paths: ReadonlyMap<string, string>): void {
    this.#paths = paths;
  }

  async processes(key: string): Promise<readonly ProcessFacts[]> {
    const whose = this.#pathOf(key) ?? (await this.#firstProcess(key));
    if (whose === undefined) return [];
    return (await this.#monitor.processes(whose)).map((each) => ({
      ...each,
      command: each.command.join(' ') || `[${each.name}]`,
      user: userName(each.userId),
      cpu: each.cpuCores,
    }));
  }

  async configuration(key: string, figures: Figures | undefined): Promise<readonly Section[]> {
    const info = await this.#inspect(key);
    const sampled = figures === undefined ? [] : [figureSection(figures)];
    if (info === undefined) return [...sampled, { title: 'Cgroup', entries: [['path', key]] }];
    return [...sampled, ...configurationSections(info)];
  }

  async mounts(key: string): Promise<readonly Section[]> {
    const info = await this.#inspect(key);
    return info === undefined ? [] : mountSections(info);
  }

  async logs(key: string, onLines: (lines: readonly LogLine[]) => void, signal: AbortSignal): Promise<void> {
    if (key.startsWith('/')) return;
    const container = await Container.get(key);
    let lines: LogLine[] = [];
    let timer: NodeJS.Timeout | undefined;
    const tell = () => {
      timer = undefined;
      const told = lines;
      lines = [];
      if (!signal.aborted) onLines(told);
    };
    for await (const { time, stream, line } of container.logs({ follow: true, tail: linesBefore, signal })) {
      lines.push({ time, stream: stream === 'stderr' ? 'stderr' : 'stdout', text: line });
      timer ??= setTimeout(tell, togetherMs);
    }
    clearTimeout(timer);
    tell();
  }

  /** Of one that runs without a cgroup. */
  async #firstProcess(key: string): Promise<{ readonly pid: number } | undefined> {
    const pid = (await this.#inspect(key))?.pid;
    return pid === undefined ? undefined : { pid };
  }

  #pathOf(key: string): string | undefined {
    return key.startsWith('/') ? key : this.#paths.get(key);
  }

  async #inspect(key: string): Promise<ContainerInfo | undefined> {
    return key.startsWith('/') ? undefined : (await Container.get(key)).inspect();
  }
}
