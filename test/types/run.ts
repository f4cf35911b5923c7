import type { Readable, Writable } from 'node:stream';
import type {
  ErrnoCode,
  ErrorCode,
  Reason,
  Run,
  RunOptions,
  RunResult,
  SyscallError,
  Terminal,
} from '@tc/core';
import { compileRun, explain, type LaunchProgram, RunError, run, TcError } from '@tc/core';
import type { Equal, Expect } from './equal.ts';

declare const options: RunOptions;

export type Result = Expect<
  Equal<
    RunResult,
    {
      readonly id: string;
      readonly command: readonly string[];
      readonly exitCode: number | undefined;
      readonly signal: NodeJS.Signals | undefined;
      readonly reason: Reason;
      readonly stdout: string;
      readonly stderr: string;
      readonly truncated: boolean;
      readonly timedOut: boolean;
      readonly oomKilled: boolean;
      readonly maxMemoryBytes: number;
      readonly cpuUsec: number;
      readonly startedAt: Date | undefined;
      readonly finishedAt: Date;
      readonly wallMs: number;
      readonly pidsLimitHits: number | undefined;
      readonly warnings: readonly string[];
    }
  >
>;
export type Reasons = Expect<
  Equal<Reason, 'exit' | 'signal' | 'oom' | 'timeout' | 'cpu' | 'output' | 'aborted'>
>;

// It is the promise of its result, and the process too.
const started = run(['true'], options);
export type IsRun = Expect<Equal<typeof started, Run>>;
export type Parts = Expect<
  Equal<
    Pick<Run, 'id' | 'started' | 'stdin' | 'stdout' | 'stderr' | 'terminal' | 'kill'>,
    {
      readonly id: string;
      readonly started: Promise<number>;
      readonly stdin: Writable | undefined;
      readonly stdout: Readable | undefined;
      readonly stderr: Readable | undefined;
      readonly terminal: Promise<Terminal | undefined>;
      kill: (signal?: NodeJS.Signals | number) => boolean;
    }
  >
>;
const result = await started;
export type IsResult = Expect<Equal<typeof result, RunResult<string>>>;
// @ts-expect-error: results are not to be changed
result.exitCode = 0;
// @ts-expect-error: there is no such signal
started.kill('SIGNOTHING');

// The encoding decides what the streams come as.
const bytes = await run(['true'], { ...options, encoding: 'buffer' });
export type IsBuffer = Expect<Equal<typeof bytes, RunResult<Buffer>>>;
const text = await run(['true'], { ...options, encoding: 'utf8' });
export type IsText = Expect<Equal<typeof text.stdout, string>>;

{
  await using disposed = run(['true'], options);
  const terminal = await disposed.terminal;
  terminal?.resize({ columns: 80, rows: 24 });
  for await (const chunk of disposed.stdout ?? []) void chunk;
}

// Errors: one base, and what each adds.
export type Codes = Expect<Equal<TcError['code'], ErrorCode | ErrnoCode>>;
export type Hint = Expect<
  Equal<
    Pick<TcError, 'hint' | 'path'>,
    { readonly hint: string | undefined; readonly path: string | undefined }
  >
>;
export type FailedResult = Expect<Equal<RunError['result'], RunResult>>;
declare const failure: SyscallError | RunError;
const base: TcError & Error = failure;
if (base instanceof RunError && base.result.reason === 'oom') void base.result.maxMemoryBytes;
export type Call = Expect<
  Equal<
    Pick<SyscallError, 'errno' | 'errnoName' | 'call'>,
    { readonly errno: number; readonly errnoName: string; readonly call: string }
  >
>;
void TcError;

const program: LaunchProgram = compileRun(['true'], options);
export type Explained = Expect<Equal<ReturnType<typeof explain>, string>>;
explain(program);
