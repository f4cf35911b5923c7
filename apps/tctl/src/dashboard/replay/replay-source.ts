import type { CgroupSample, Frame, RecordedEvent, Recording } from '@tc/monitor';
import type { ContainerFacts, Details, Mark, Player, Source, Update } from '../source/source.ts';
import { Pacer } from './pacer.ts';

/** So much of what was before is read when one jumps: what the graphs show. */
const pastMs = 600_000;

/** A recording, as if it were now: with a player, and nothing to act on. */
export class ReplaySource implements Source {
  readonly label = 'replay';
  readonly actions = undefined;
  readonly details = noDetails;
  readonly player: Player;
  readonly #recording: Recording;
  readonly #pacer: Pacer;
  #events: readonly RecordedEvent[] = [];
  #onUpdate: (update: Update) => void = () => {};
  #onProblem: (error: unknown) => void = () => {};
  #last: Frame | undefined;
  /** Whether all was told that can be read: what is damaged at its end never comes. */
  #isAtEnd = false;
  #playing: Promise<void> = Promise.resolve();
  #abort = new AbortController();

  constructor(recording: Recording) {
    this.#recording = recording;
    this.#pacer = new Pacer(() => this.#tellAgain());
    this.player = this.#makePlayer();
  }

  open(onUpdate: (update: Update) => void, onProblem: (error: unknown) => void): void {
    this.#onUpdate = onUpdate;
    this.#onProblem = onProblem;
    void this.#begin().catch(onProblem);
  }

  async #begin(): Promise<void> {
    this.#events = await this.#recording.events();
    this.#play(this.#recording.from, false);
  }

  /** From a time on, after all that played before has stopped. */
  #play(time: Date, withPast: boolean): void {
    this.#abort.abort();
    const abort = new AbortController();
    this.#abort = abort;
    this.#isAtEnd = false;
    this.#pacer.forgetPasses();
    const before = this.#playing;
    this.#playing = before.then(() => this.#run(time, withPast, abort.signal)).catch(this.#onProblem);
  }

  async #run(time: Date, withPast: boolean, signal: AbortSignal): Promise<void> {
    if (signal.aborted) return;
    if (withPast) await this.#tellPast(time);
    const frames = this.#recording.frames({ from: withPast ? new Date(time.getTime() + 1) : time });
    for await (const frame of frames) {
      if (this.#last !== undefined)
        await this.#pacer.wait(frame.time.getTime() - this.#last.time.getTime(), signal);
      if (signal.aborted) return;
      this.#tell(frame);
    }
    if (signal.aborted) return;
    this.#isAtEnd = true;
    this.#pacer.stop();
  }

  async #tellPast(time: Date): Promise<void> {
    const past: Frame[] = [];
    const from = new Date(time.getTime() - pastMs);
    for await (const frame of this.#recording.frames({ from, to: time })) past.push(frame);
    const newest = past.pop() ?? (await this.#recording.seek(time));
    if (newest !== undefined) this.#tell(newest, past);
  }

  #tell(frame: Frame, past?: readonly Frame[]): void {
    this.#last = frame;
    this.#onUpdate({
      frame,
      containers: containersOf(frame),
      marks: past === undefined ? this.#marksAt(frame) : this.#events.map(toMark),
      ...(past === undefined ? {} : { past, isRestart: true }),
    });
  }

  #marksAt({ time, intervalMs }: Frame): readonly Mark[] {
    return this.#events
      .filter((event) => event.time <= time && event.time.getTime() > time.getTime() - intervalMs)
      .map(toMark);
  }

  /** The player has changed: what is shown of it has to, too. */
  #tellAgain(): void {
    if (this.#last !== undefined)
      this.#onUpdate({
        frame: this.#last,
        containers: containersOf(this.#last),
        marks: [],
        isSameFrame: true,
      });
  }

  #makePlayer(): Player {
    const source = this;
    const pacer = this.#pacer;
    const recording = this.#recording;
    return {
      begin: recording.from,
      end: recording.to,
      get position() {
        return source.#last?.time ?? recording.from;
      },
      get isPlaying() {
        return pacer.isPlaying;
      },
      get speed() {
        return pacer.speed;
      },
      playPause() {
        if (!pacer.isPlaying && source.#isAtEnd) source.#play(recording.from, true);
        pacer.toggle();
      },
      step(frames) {
        pacer.stop();
        if (frames > 0) pacer.letPass(frames);
        else this.jump((frames + 0.5) * (source.#last?.intervalMs ?? 1000)); // the newest before that
      },
      jump(milliseconds) {
        const wanted = this.position.getTime() + milliseconds;
        const most = recording.to.getTime();
        source.#play(new Date(Math.min(Math.max(wanted, recording.from.getTime()), most)), true);
      },
      setSpeed: (factor) => pacer.setSpeed(factor),
    };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#abort.abort();
    this.#pacer.stop();
    await this.#playing;
    await this.#recording.close();
  }
}

/** All that a recording knows of containers is in their cgroups. */
function containersOf({ cgroups }: Frame): readonly ContainerFacts[] {
  return cgroups.filter(isContainer).map(({ cgroup }) => ({
    id: cgroup.path,
    name: cgroup.name,
    state: 'running' as const,
    image: undefined,
    command: [],
    group: undefined,
    createdAt: new Date(0),
    startedAt: undefined,
    ending: undefined,
    limits: undefined,
    cgroupPath: cgroup.path,
  }));
}

function isContainer({ cgroup: { kind } }: CgroupSample): boolean {
  return kind !== 'systemd' && kind !== 'other';
}

function toMark({ time, kind, text, path }: RecordedEvent): Mark {
  const known = ({ oom: 'oom', start: 'start', exit: 'end', update: 'limits', restart: 'restart' } as const)[
    kind
  ];
  return { time, key: path ?? '', kind: known ?? 'other', text: text || kind };
}

const noDetails: Details = {
  processes: async () => [],
  configuration: async () => [],
  mounts: async () => [],
  logs: async () => {},
};
