import type { Limits } from '@tc/core';
import type { Figures, Frame } from '@tc/monitor';
import type { Actions } from '../actions/actions.ts';

/** What a container is beyond its figures: what @tc/core, a recording, or the demonstration knows. */
export interface ContainerFacts {
  readonly id: string;
  readonly name: string;
  readonly state: 'created' | 'running' | 'paused' | 'exited';
  readonly image: string | undefined;
  readonly command: readonly string[];
  /** What the tree puts it under: a label, or its cgroup's parent. */
  readonly group: string | undefined;
  readonly createdAt: Date;
  readonly startedAt: Date | undefined;
  /** How it ended, in a few words: `exit 0`, `SIGKILL`, `out of memory`. */
  readonly ending: string | undefined;
  /** Those that were asked for, also while it does not run; undefined where that is not known. */
  readonly limits: Limits | undefined;
  /** As in frames; undefined while it has none. */
  readonly cgroupPath: string | undefined;
}

/** Something that happened, for the graphs. */
export interface Mark {
  readonly time: Date;
  /** The container's id, or the path of the cgroup. */
  readonly key: string;
  readonly kind: 'oom' | 'restart' | 'limits' | 'start' | 'end' | 'other';
  readonly text: string;
}

export interface Update {
  readonly frame: Frame;
  readonly containers: readonly ContainerFacts[];
  /** Since the update before. */
  readonly marks: readonly Mark[];
  /** Frames from before somebody looked, the oldest first: what a demonstration and a recording begin with. */
  readonly past?: readonly Frame[];
  /** Only what is known of containers has changed. */
  readonly isSameFrame?: boolean;
  /** Somebody has jumped to it: what was known before is of another time. */
  readonly isRestart?: boolean;
}

export interface ProcessFacts {
  readonly pid: number;
  readonly parentPid: number;
  readonly name: string;
  readonly command: string;
  readonly user: string;
  readonly state: string;
  readonly threads: number;
  readonly memoryBytes: number | undefined;
  /** Cores in use. */
  readonly cpu: number | undefined;
}

export interface LogLine {
  readonly time: Date | undefined;
  readonly stream: 'stdout' | 'stderr';
  readonly text: string;
}

/** A few lines about a container: limits, configuration, mounts. */
export interface Section {
  readonly title: string;
  readonly entries: readonly (readonly [name: string, value: string])[];
}

/** What the detail view shows of one container or cgroup, beyond what frames have. */
export interface Details {
  processes(key: string): Promise<readonly ProcessFacts[]>;
  configuration(key: string, figures: Figures | undefined): Promise<readonly Section[]>;
  mounts(key: string): Promise<readonly Section[]>;
  /** The last of it, and then what comes, until the signal. Each call of `onLines` has lines to append. */
  logs(key: string, onLines: (lines: readonly LogLine[]) => void, signal: AbortSignal): Promise<void>;
}

/** Moves through a recording. */
export interface Player {
  readonly begin: Date;
  readonly end: Date;
  readonly position: Date;
  readonly isPlaying: boolean;
  readonly speed: number;
  playPause(): void;
  /** By so many frames. */
  step(frames: number): void;
  jump(milliseconds: number): void;
  setSpeed(factor: number): void;
}

/** Where frames come from: the machine, a recording, or nowhere real. */
export interface Source extends AsyncDisposable {
  /** Shown in the title bar; empty for the machine itself. */
  readonly label: string;
  /** Calls back with each frame, until it is disposed of. What goes wrong on the way is a message, not an end. */
  open(onUpdate: (update: Update) => void, onProblem: (error: unknown) => void): void;
  readonly details: Details;
  /** Undefined where nothing can be changed: in a recording. */
  readonly actions: Actions | undefined;
  readonly player?: Player;
  /** Somebody looks closely at these, by path: their expensive figures are read each time. */
  watch?(paths: readonly string[]): void;
}
