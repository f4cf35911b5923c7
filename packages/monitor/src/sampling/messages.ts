/** What the main thread and a sampling thread tell each other. A `ref` is a slot: 64 times its chunk, and its index. */
import type { MessagePort } from 'node:worker_threads';

export interface Entry {
  readonly ref: number;
  readonly directories: Readonly<Record<string, string>>;
  readonly isContainer: boolean;
  readonly looked: boolean;
}

export interface SamplerTask {
  readonly port: MessagePort;
  /** Ticks are at this moment, and every interval after it. */
  readonly startMs: number;
  readonly intervalMs: number;
  readonly slowEvery: number;
  /** Of a DescriptorBudget, which all threads share. */
  readonly descriptors: SharedArrayBuffer;
  readonly control: SharedArrayBuffer;
  readonly chunks: readonly SharedArrayBuffer[];
  readonly entries: readonly Entry[];
}

export type ToSampler =
  | { readonly type: 'chunk'; readonly buffer: SharedArrayBuffer }
  | { readonly type: 'add'; readonly entries: readonly Entry[] }
  | { readonly type: 'remove'; readonly refs: readonly number[] }
  | { readonly type: 'look'; readonly refs: readonly number[] }
  | { readonly type: 'stop' };

export type FromSampler =
  | { readonly type: 'hello'; readonly threadId: number }
  | { readonly type: 'tick'; readonly tick: number; readonly costMs: number }
  /** There is no such cgroup any more. */
  | { readonly type: 'gone'; readonly refs: readonly number[] }
  /** These slots are not written to any more. */
  | { readonly type: 'removed'; readonly refs: readonly number[] };
