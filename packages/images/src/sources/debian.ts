/** A root file system of Debian packages, as mmdebstrap(1) puts it together: with the sources and keys of this machine. */
import { spawn } from 'node:child_process';
import { shown, TcError } from '@tc/linux';

export interface DebianOptions {
  /** `bookworm`, `stable`; of Ubuntu, too, where the machine has its keys. */
  readonly suite: string;
  /** Packages besides those of `variant`. */
  readonly packages?: readonly string[] | undefined;
  /** Which packages there are at least. Default `minbase`: those that are essential, and apt. */
  readonly variant?: 'minbase' | 'essential' | 'apt' | 'important' | undefined;
  readonly mirror?: string | undefined;
  readonly signal?: AbortSignal | undefined;
  /** What mmdebstrap says of its progress, as it comes. */
  readonly onOutput?: ((text: string) => void) | undefined;
}

/**
 * A tar archive, for `ImageStore.import`.
 * @throws TcError MMDEBSTRAP_MISSING, DEBIAN_NAME, DEBIAN_FAILED with the end of what mmdebstrap said
 */
export async function* debianArchive(options: DebianOptions): AsyncGenerator<Buffer> {
  const { suite, packages = [], variant = 'minbase', mirror, signal, onOutput } = options;
  const operation = `make a root file system of Debian ${suite}`;
  for (const name of [suite, ...packages]) checkName(name, operation);
  if (mirror !== undefined && !/^(https?|file):\/\/\S+$/.test(mirror)) throw badName(mirror, operation);
  const include = packages.length > 0 ? [`--include=${packages.join(',')}`] : [];
  const args = [
    `--variant=${variant}`,
    ...include,
    '--',
    suite,
    '-',
    ...(mirror === undefined ? [] : [mirror]),
  ];
  const child = spawn('mmdebstrap', args, { stdio: ['ignore', 'pipe', 'pipe'], ...(signal && { signal }) });
  let said = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    said = (said + text).slice(-2000);
    onOutput?.(text);
  });
  const ended = new Promise<number | null>((resolve, reject) => {
    child.once('error', reject).once('close', resolve);
  });
  ended.catch(() => {}); // whoever reads to the end learns of it
  try {
    yield* child.stdout as AsyncIterable<Buffer>;
    const code = await ended;
    if (code === 0) return;
    const problem = said.trim().split('\n').slice(-3).join('; ') || `mmdebstrap ended with ${code}`;
    throw new TcError(shown(problem), {
      code: 'DEBIAN_FAILED',
      operation,
      hint: 'Look at the suite’s name, and at the network.',
    });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
    throw new TcError('mmdebstrap is not installed', {
      code: 'MMDEBSTRAP_MISSING',
      operation,
      hint: 'apt install mmdebstrap; or import an archive of a root file system.',
      cause: error,
    });
  } finally {
    child.kill();
  }
}

function checkName(name: string, operation: string): void {
  if (!/^[a-z0-9][a-z0-9.+-]*$/.test(name)) throw badName(name, operation);
}

function badName(name: string, operation: string): TcError {
  return new TcError(`${JSON.stringify(name)} is no name there`, {
    code: 'DEBIAN_NAME',
    operation,
    hint: 'Suites are named like bookworm, packages like libc6.',
  });
}
