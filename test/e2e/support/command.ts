/** The command as it is installed, and how it is started. */
import { type ChildProcess, execFileSync, type SpawnOptions, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { scaled } from '../../support/scale.ts';

/** The root of the repository. */
export const repository = fileURLToPath(new URL('../../..', import.meta.url));
/** What `npm start` puts there for a user. */
export const tctlPath = join(repository, 'node_modules/.bin/tctl');

/** The time of the newest file below a directory. */
function newest(directory: string): number {
  const files = readdirSync(directory, { recursive: true, withFileTypes: true }).filter((entry) =>
    entry.isFile(),
  );
  return Math.max(0, ...files.map(({ parentPath, name }) => statSync(join(parentPath, name)).mtimeMs));
}

/** `npm test` has built it; who runs this suite alone may have changed the sources since. */
function buildWhereStale(): void {
  const app = join(repository, 'apps/tctl');
  const sources = [
    app,
    ...['core', 'images', 'monitor', 'linux'].map((name) => join(repository, 'packages', name)),
  ];
  if (newest(join(app, 'dist')) > Math.max(...sources.map((directory) => newest(join(directory, 'src')))))
    return;
  execFileSync(process.execPath, ['bundle.mjs'], { cwd: app });
}
buildWhereStale();

export interface Finished {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface Started {
  readonly process: ChildProcess;
  /** Everything that has come so far. */
  stdout(): string;
  stderr(): string;
  readonly ended: Promise<Finished>;
}

/** The environment of the tests without what a developer may have set for himself. */
export function environment(extra: Readonly<Record<string, string | undefined>> = {}): NodeJS.ProcessEnv {
  const { NODE_OPTIONS, NO_COLOR, FORCE_COLOR, NODE_EXTRA_CA_CERTS, ...rest } = process.env;
  return { ...rest, ...extra };
}

/** Starts any command. Its stdin is closed unless `options.stdio` says otherwise. */
export function startCommand(command: readonly string[], options: SpawnOptions = {}): Started {
  const [file = '', ...args] = command;
  const child = spawn(file, args, {
    env: environment(),
    stdio: ['ignore', 'pipe', 'pipe'],
    // No test waits for a command that hangs until the test runner gives up on it, and then leaves it behind.
    timeout: scaled(50_000),
    killSignal: 'SIGKILL',
    ...options,
  });
  let [out, err] = ['', ''];
  child.stdout?.setEncoding('utf8').on('data', (chunk: string) => {
    out += chunk;
  });
  child.stderr?.setEncoding('utf8').on('data', (chunk: string) => {
    err += chunk;
  });
  const ended = once(child, 'close').then(
    ([code, signal]): Finished => ({ code, signal, stdout: out, stderr: err }),
  );
  ended.catch(() => {}); // whoever waits for the end learns of it there
  return { process: child, stdout: () => out, stderr: () => err, ended };
}

export function start(args: readonly string[], options: SpawnOptions = {}): Started {
  return startCommand([tctlPath, ...args], options);
}

/** Runs `tctl` to its end. */
export function tctl(...args: string[]): Promise<Finished> {
  return start(args).ended;
}

/** Runs a script in the host's shell; `tctl` is on its PATH. */
export function shell(script: string, options: SpawnOptions = {}): Promise<Finished> {
  const env = environment({
    ...options.env,
    PATH: `${join(repository, 'node_modules/.bin')}:${process.env['PATH']}`,
  });
  return startCommand(['sh', '-c', script], { ...options, env }).ended;
}

/** Runs `tctl` with something on its stdin. */
export async function tctlWithInput(input: string | Uint8Array, ...args: string[]): Promise<Finished> {
  const started = start(args, { stdio: 'pipe' });
  started.process.stdin?.on('error', () => {}); // it need not read everything
  started.process.stdin?.end(input);
  return started.ended;
}
