import { spawn } from 'node:child_process';
import { text } from 'node:stream/consumers';

export interface Command {
  readonly name: string;
  readonly argv: readonly string[];
  readonly env?: NodeJS.ProcessEnv;
}

export interface Sample {
  /** From the fork to the end. */
  readonly wallMs: number;
  /** User and system time, of all threads and of what it has waited for. */
  readonly cpuMs: number;
}

// bash counts with getrusage(2), to the microsecond; Node.js tells only of itself.
const script = 'TIMEFORMAT="%R %U %S"; time "$@" >/dev/null 2>&1';

/** @throws unless it exits with 0 */
export async function sample({ name, argv, env }: Command): Promise<Sample> {
  const child = spawn('bash', ['-c', script, 'bash', ...argv], {
    env: env ?? process.env,
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  const ended = new Promise<number | null>((resolve, reject) => {
    child.once('error', reject);
    child.once('exit', resolve);
  });
  const [code, times] = await Promise.all([ended, text(child.stderr)]);
  const [wall, user, system] = times.split(' ').map((each) => Number(each) * 1000);
  if (code !== 0 || wall === undefined || user === undefined || system === undefined)
    throw new Error(`exit code ${code}: ${name}`);
  return { wallMs: wall, cpuMs: user + system };
}
