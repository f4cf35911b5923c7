/** Node.js processes of an ordinary user, `nobody`, who owns nothing but a directory. */
import { execFileSync } from 'node:child_process';
import { chownSync, existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Answer, Job } from './child.ts';
import { newDirectory } from './kernel.ts';
import { runInNode } from './node.ts';
import type { Need } from './requires.ts';
import { fastDirectory } from './rootfs.ts';

export const nobody = 65534;

export interface OrdinaryUser {
  readonly home: string;
  readonly runtimeDirectory: string;
  run(job: Job): Promise<Answer>;
}

export interface Circumstances {
  readonly uid?: number;
  readonly gid?: number;
  /** The texts of /etc/subuid and /etc/subgid, for it alone. */
  readonly subordinateIds?: { readonly uids: string; readonly gids: string };
  /** A cgroup2 directory that it is started in. */
  readonly cgroup?: string;
  /** Started with no_new_privs: prctl(2). */
  readonly noNewPrivs?: boolean;
}

export function ordinaryUser(circumstances: Circumstances = {}): OrdinaryUser {
  const { uid = nobody, gid = uid, subordinateIds: ids, cgroup, noNewPrivs = false } = circumstances;
  const home = newDirectory();
  const runtimeDirectory = join(home, 'run');
  mkdirSync(runtimeDirectory, { mode: 0o700 });
  for (const path of [home, runtimeDirectory]) chownSync(path, uid, gid);
  const environment = [
    ...['env', '-u', 'TCTL_DATA_DIR', '-u', 'XDG_DATA_HOME', '-u', 'XDG_RUNTIME_DIR'],
    ...[
      `HOME=${home}`,
      `TCTL_RUNTIME_DIR=${runtimeDirectory}`,
      `NODE_COMPILE_CACHE=${compileCache(uid, gid)}`,
    ],
  ];
  const become = ['setpriv', `--reuid=${uid}`, `--regid=${gid}`, '--clear-groups'];
  if (noNewPrivs) become.push('--no-new-privs');
  return {
    home,
    runtimeDirectory,
    run: (job) =>
      runInNode(
        [
          ...(cgroup === undefined ? [] : inCgroup(cgroup)),
          ...(ids === undefined ? [] : withFiles(home, ids)),
          ...become,
          ...environment,
        ],
        job,
      ),
  };
}

/** Kept between tests: on slow machines loading the sources takes most of the time. */
export function compileCache(uid: number, gid = uid): string {
  const path = join(fastDirectory, `tctl-tests-${process.geteuid?.()}`, `node-${uid}`);
  if (mkdirSync(path, { recursive: true }) !== undefined) chownSync(path, uid, gid);
  return path;
}

function inCgroup(directory: string): string[] {
  return ['sh', '-c', 'echo $$ >"$1"/cgroup.procs && shift && exec "$@"', 'sh', directory];
}

/** In a mount namespace of its own: the machine's files stay as they are. */
function withFiles(home: string, { uids, gids }: { uids: string; gids: string }): string[] {
  const [subuid, subgid] = [join(home, 'subuid'), join(home, 'subgid')];
  writeFileSync(subuid, uids);
  writeFileSync(subgid, gids);
  const script = 'mount --bind "$1" /etc/subuid && mount --bind "$2" /etc/subgid && shift 2 && exec "$@"';
  return ['unshare', '--mount', 'sh', '-c', script, 'sh', subuid, subgid];
}

const become = ['setpriv', `--reuid=${nobody}`, `--regid=${nobody}`, '--clear-groups'];

function works(...command: string[]): boolean {
  try {
    const [file = '', ...args] = [...become, ...command];
    execFileSync(file, args, { stdio: 'ignore', cwd: '/' });
    return true;
  } catch {
    return false;
  }
}

/** An ordinary user can run Node.js on our sources, and make a user namespace. */
export const canBeOrdinary: Need = () => {
  const sources = fileURLToPath(new URL('../../packages/core/src/index.ts', import.meta.url));
  if (!works(process.execPath, '-e', `require('node:fs').readFileSync(${JSON.stringify(sources)})`))
    return `an ordinary user can't read ${sources}`;
  if (!works('unshare', '--user', '--map-root-user', 'true'))
    return 'the kernel gives ordinary users no user namespace';
  return undefined;
};

export const canMapIds: Need = () => {
  const files = ['/usr/bin/newuidmap', '/usr/bin/newgidmap', '/etc/subuid', '/etc/subgid'];
  const missing = files.find((path) => !existsSync(path));
  return missing === undefined ? undefined : `this machine has no ${missing}`;
};
