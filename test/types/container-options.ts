import type { Readable, Writable } from 'node:stream';
import type {
  AttachOptions,
  CapabilityName,
  ContainerInfo,
  ContainerOptions,
  ExecOptions,
  Limits,
  LimitUpdate,
  PruneOptions,
  RemoveOptions,
  RunOptions,
  StartOptions,
  StopOptions,
  TerminalSize,
  WaitOptions,
} from '@tc/core';
import type { Equal, Expect } from './equal.ts';

type NotOfContainers =
  | 'stdin'
  | 'input'
  | 'stdout'
  | 'stderr'
  | 'encoding'
  | 'reject'
  | 'signal'
  | 'maxOutput';

export type Options = Expect<
  Equal<
    Pick<ContainerOptions, Exclude<keyof ContainerOptions, Exclude<keyof RunOptions, NotOfContainers>>>,
    {
      command: readonly string[];
      image?: string;
      labels?: Readonly<Record<string, string>>;
      detached?: boolean;
      stdin?: 'open' | 'ignore';
      restart?: 'no' | 'always' | 'on-failure' | `on-failure:${number}`;
      logs?: false | { maxBytes?: number | string };
      maxOutput?: number | string;
      stopSignal?: NodeJS.Signals;
      stopTimeout?: number | string;
      autoRemove?: boolean;
    }
  >
>;
export type Shared = Expect<
  Equal<
    Pick<ContainerOptions, Exclude<keyof RunOptions, NotOfContainers>>,
    Pick<RunOptions, Exclude<keyof RunOptions, NotOfContainers>>
  >
>;

export type Start = Expect<Equal<StartOptions, { attach?: boolean }>>;
export type Stop = Expect<
  Equal<StopOptions, { timeout?: number | string; stopSignal?: NodeJS.Signals | number }>
>;
export type Wait = Expect<Equal<WaitOptions, { signal?: AbortSignal }>>;
export type Remove = Expect<Equal<RemoveOptions, { force?: boolean }>>;
export type Prune = Expect<
  Equal<PruneOptions, { created?: boolean; filter?: (container: ContainerInfo) => boolean }>
>;
export type Attach = Expect<
  Equal<AttachOptions, { replay?: boolean | Date; stdout?: boolean; stderr?: boolean; signal?: AbortSignal }>
>;
export type Update = Expect<Equal<LimitUpdate['memory'], number | string | null | undefined>>;
export type UpdateNames = Expect<Equal<keyof LimitUpdate, keyof Limits>>;

export type Exec = Expect<
  Equal<
    ExecOptions,
    {
      cwd?: string;
      user?: string | number;
      groups?: readonly (string | number)[];
      umask?: number;
      tty?: boolean | TerminalSize;
      timeout?: number | string;
      signal?: AbortSignal;
      stdin?: 'pipe' | 'inherit' | 'ignore' | number | Readable;
      input?: string | Uint8Array;
      stdout?: 'pipe' | 'inherit' | 'ignore' | number | Writable;
      stderr?: 'pipe' | 'inherit' | 'ignore' | number | Writable;
      encoding?: 'utf8' | 'buffer';
      maxOutput?: number | string;
      reject?: boolean;
      env?: Readonly<Record<string, string | undefined>>;
      capabilities?: readonly CapabilityName[];
    }
  >
>;
