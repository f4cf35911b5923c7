/** Bundles, and the OCI runtime as an engine calls it: by its path, with nothing in the environment. */
import { execFileSync, spawn } from 'node:child_process';
import { mkdirSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { hostRoot } from '../../support/rootfs.ts';
import { type Finished, repository, startCommand } from './command.ts';
import { directory, newDirectory, newName } from './suite.ts';

export const runtimePath = join(repository, 'node_modules/.bin/tc-runtime');
/** Where the states of this file's containers are. */
export const stateRoot = join(directory, 'oci');

const newest = (path: string) =>
  readdirSync(path, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .reduce((latest, { parentPath, name }) => Math.max(latest, statSync(join(parentPath, name)).mtimeMs), 0);

/** `npm test` has built it; who runs this suite alone may have changed the sources since. */
function buildWhereStale(): void {
  const app = join(repository, 'apps/tc-runtime');
  const sources = [app, ...['core', 'linux'].map((name) => join(repository, 'packages', name))];
  const bundle = statSync(join(app, 'dist/tc-runtime.bundle'), { throwIfNoEntry: false });
  if (bundle !== undefined && sources.every((each) => newest(join(each, 'src')) < bundle.mtimeMs)) return;
  execFileSync(process.execPath, ['bundle.mjs'], { cwd: app });
}
buildWhereStale();

/** Runs it to its end. */
export function runtime(...args: string[]): Promise<Finished> {
  return startCommand([runtimePath, '--root', stateRoot, ...args], { env: {} }).ended;
}

/** As `runtime`, and it has to succeed. */
export async function succeed(...args: string[]): Promise<string> {
  const { code, stdout, stderr } = await runtime(...args);
  if (code !== 0) throw new Error(`tc-runtime ${args.join(' ')} ended with ${code}: ${stderr}`);
  return stdout;
}

export interface Config {
  process: Record<string, unknown> & { args: string[] };
  linux: Record<string, unknown>;
  mounts: { destination: string; type?: string; source?: string; options?: string[] }[];
  hooks?: unknown;
  [key: string]: unknown;
}

export interface Bundle extends AsyncDisposable {
  readonly id: string;
  readonly path: string;
  /** Where its cgroups are, without the mount point. */
  readonly cgroup: string;
  state(): Promise<Record<string, unknown>>;
}

/** A bundle that runs a shell script on this machine's own programs. Its container goes with it. */
export async function makeBundle(
  script: string,
  change: (config: Config) => void = () => {},
): Promise<Bundle> {
  const path = newDirectory();
  await succeed('spec', '--bundle', path);
  const file = join(path, 'config.json');
  const config = JSON.parse(execFileSync('cat', [file], { encoding: 'utf8' })) as Config;
  const id = newName();
  const cgroup = `/${id}`;
  Object.assign(config.process, { terminal: false, args: ['sh', '-c', script] });
  Object.assign(config, { root: { path: hostRoot, readonly: true } });
  Object.assign(config.linux, { cgroupsPath: cgroup });
  change(config);
  writeFileSync(file, JSON.stringify(config));
  return {
    id,
    path,
    cgroup,
    state: async () => JSON.parse(await succeed('state', id)),
    async [Symbol.asyncDispose]() {
      await succeed('delete', '--force', id);
    },
  };
}

/** `create`, with files as stdout and stderr, as engines have pipes. @returns what it has written so far */
export async function create(bundle: Bundle, ...options: string[]): Promise<() => string> {
  const output = join(bundle.path, 'output');
  const script = `exec "$0" --root "$1" create --bundle "$2" "\${@:4}" "$3" >"$2/output" 2>&1`;
  const args = ['-c', script, runtimePath, stateRoot, bundle.path, bundle.id, ...options];
  const { code } = await startCommand(['bash', ...args], { stdio: ['ignore', 'inherit', 'inherit'] }).ended;
  const read = () => execFileSync('cat', [output], { encoding: 'utf8' });
  if (code !== 0) throw new Error(read());
  return read;
}

/** Somebody who listens on a console socket. Node.js can't be sent descriptors: perl takes the master, and copies it. */
export function listenForTerminal(path: string): { output(): string; end(): void } {
  const script = `
    use Socket; socket(my $l, PF_UNIX, SOCK_STREAM, 0) or die; bind($l, sockaddr_un($ARGV[0])) or die; listen($l, 1);
    $| = 1; print "listening\\n"; accept(my $c, $l) or die;
    my $data = "\\0" x 16; my $control = "\\0" x 32;
    # struct msghdr: recvmsg(2)
    my $iov = pack('P Q', $data, 16);
    my $header = pack('Q L x4 P Q P Q i x4', 0, 0, $iov, 1, $control, 32, 0);
    my $nr = (qx(uname -m) =~ /x86_64/) ? 47 : 212;
    syscall($nr, fileno($c), $header, 0) > 0 or die "recvmsg: $!";
    my $fd = unpack('x16 i', $control); open(my $tty, '+<&=', $fd) or die;
    while (sysread($tty, my $text, 4096)) { print $text }`;
  const child = spawn('perl', ['-e', script, path], { stdio: ['ignore', 'pipe', 'inherit'] });
  let text = '';
  child.stdout.setEncoding('utf8').on('data', (chunk: string) => {
    text += chunk;
  });
  return { output: () => text, end: () => child.kill('SIGKILL') };
}

mkdirSync(stateRoot, { recursive: true });
