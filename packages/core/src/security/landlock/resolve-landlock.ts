/** Landlock: what the processes of a container may still do with files and ports, whoever they are. landlock(7) */
import { posix } from 'node:path';
import { landlockConstants as access, landlockAbi, TcError } from '@tc/linux';

export interface LandlockOptions {
  /** Paths in the container below which files may be read and executed, and nothing else. */
  read?: readonly string[];
  /** Paths below which they may be changed as well. */
  write?: readonly string[];
  /** TCP ports that may be connected to. */
  connect?: readonly number[];
  /** TCP ports that may be listened on. */
  bind?: readonly number[];
}

/** What landlock_create_ruleset(2) and landlock_add_rule(2) take. */
export interface LandlockRuleset {
  /** LANDLOCK_ACCESS_FS_*: what is refused where no rule allows it. */
  readonly handledFs: number;
  readonly handledNet: number;
  readonly paths: readonly { readonly path: string; readonly directory: number; readonly file: number }[];
  readonly ports: readonly { readonly port: number; readonly allowed: number }[];
}

const sum = (bits: readonly number[]): number => bits.reduce((all, bit) => all | bit, 0);

const reading = [access.LANDLOCK_ACCESS_FS_EXECUTE, access.LANDLOCK_ACCESS_FS_READ_FILE];
const readingDirectories = [access.LANDLOCK_ACCESS_FS_READ_DIR];
const writing = [access.LANDLOCK_ACCESS_FS_WRITE_FILE];
const changing = [
  access.LANDLOCK_ACCESS_FS_REMOVE_DIR,
  access.LANDLOCK_ACCESS_FS_REMOVE_FILE,
  access.LANDLOCK_ACCESS_FS_MAKE_CHAR,
  access.LANDLOCK_ACCESS_FS_MAKE_DIR,
  access.LANDLOCK_ACCESS_FS_MAKE_REG,
  access.LANDLOCK_ACCESS_FS_MAKE_SOCK,
  access.LANDLOCK_ACCESS_FS_MAKE_FIFO,
  access.LANDLOCK_ACCESS_FS_MAKE_BLOCK,
  access.LANDLOCK_ACCESS_FS_MAKE_SYM,
];

const operation = 'restrict it by Landlock';

/**
 * @param abi what the kernel has
 * @param lenient leave out what it has not
 * @returns undefined where nothing is asked for, or nothing can be had; and what is left out
 * @throws TcError LANDLOCK_UNSUPPORTED, INVALID_OPTION
 */
export function resolveLandlock(
  options: LandlockOptions | undefined,
  lenient: boolean,
  abi: () => number = landlockAbi,
): { ruleset: LandlockRuleset | undefined; warnings: string[] } {
  if (options === undefined) return { ruleset: undefined, warnings: [] };
  const { read, write, connect, bind } = options;
  const [files, net] = [
    read !== undefined || write !== undefined,
    connect !== undefined || bind !== undefined,
  ];
  const version = abi();
  const warnings: string[] = [];
  const need = (least: number, linux: string, what: string): boolean => {
    if (version >= least) return true;
    const problem = `this kernel’s Landlock can’t ${what}`;
    const hint = `It takes Linux ${linux}, with landlock in lsm=.`;
    if (!lenient) throw new TcError(problem, { code: 'LANDLOCK_UNSUPPORTED', operation, hint });
    warnings.push(`${operation}: ${problem}. It is left out. ${hint}`);
    return false;
  };
  const hasFiles = files && need(1, '5.13', 'restrict files');
  const truncates = hasFiles && need(3, '6.2', 'keep files from being truncated');
  const hasNet = net && need(4, '6.7', 'restrict ports');
  // Since ABI 2 files can be linked and renamed between directories that allow it; since 5 devices are more than files.
  const further = version >= 2 ? [access.LANDLOCK_ACCESS_FS_REFER] : [];
  const later = [
    ...(truncates ? [access.LANDLOCK_ACCESS_FS_TRUNCATE] : []),
    ...(version >= 5 ? [access.LANDLOCK_ACCESS_FS_IOCTL_DEV] : []),
  ];
  const [readFile, writeFile] = [sum(reading), sum([...reading, ...writing, ...later])];
  const readDirectory = sum([readFile, ...readingDirectories]);
  const writeDirectory = sum([readDirectory, writeFile, ...changing, ...further]);
  const pathRule = (directory: number, file: number) => (path: string) => ({
    path: checkPath(path),
    directory,
    file,
  });
  const portRule = (allowed: number) => (port: number) => ({ port: checkPort(port), allowed });
  const [connecting, binding] = [access.LANDLOCK_ACCESS_NET_CONNECT_TCP, access.LANDLOCK_ACCESS_NET_BIND_TCP];
  const paths = [
    ...(read ?? []).map(pathRule(readDirectory, readFile)),
    ...(write ?? []).map(pathRule(writeDirectory, writeFile)),
  ];
  const ports = [...(connect ?? []).map(portRule(connecting)), ...(bind ?? []).map(portRule(binding))];
  if (!hasFiles && !hasNet) return { ruleset: undefined, warnings };
  return {
    ruleset: {
      handledFs: hasFiles ? writeDirectory : 0,
      handledNet: hasNet ? sum([...(connect ? [connecting] : []), ...(bind ? [binding] : [])]) : 0,
      paths: hasFiles ? paths : [],
      ports: hasNet ? ports : [],
    },
    warnings,
  };
}

function checkPath(path: string): string {
  if (posix.isAbsolute(path) && !path.includes('\0')) return posix.normalize(path);
  throw invalid(`${JSON.stringify(path)} is not an absolute path`, 'Paths are those in the container: /usr.');
}

function checkPort(port: number): number {
  if (Number.isInteger(port) && port >= 0 && port <= 0xffff) return port;
  throw invalid(`${port} is not a port`, 'Give a number from 0 to 65535.');
}

function invalid(problem: string, hint: string): TcError {
  return new TcError(problem, { code: 'INVALID_OPTION', operation, hint });
}
