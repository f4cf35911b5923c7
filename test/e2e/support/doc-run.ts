/** Runs the blocks of a page, one after the other, as its reader would: in one directory, with what came before. */
import { chmodSync, chownSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { environment, type Finished, repository, startCommand, tctl } from './command.ts';
import { type DocBlock, isTypeScript } from './doc-blocks.ts';
import { comparable, isShown } from './doc-output.ts';
import { moduleOf } from './doc-types.ts';
import { newDirectory } from './suite.ts';

const ordinaryUid = 65534;

export interface Session {
  readonly directory: string;
  /** What `localhost:5000` of the page really is. */
  readonly registry: string;
}

/** An empty directory in which `node_modules` is that of the repository, and a home for the ordinary user. */
export function newSession(registry: string): Session {
  const directory = newDirectory();
  chmodSync(directory, 0o755);
  for (const name of ['node_modules', 'examples']) symlinkSync(join(repository, name), join(directory, name));
  // Its containers and events are those of this page alone. Images are there already.
  const run = join(directory, 'run');
  mkdirSync(run, { mode: 0o700 });
  process.env['TCTL_RUNTIME_DIR'] = run;
  const home = join(directory, 'home');
  mkdirSync(home);
  chownSync(home, ordinaryUid, ordinaryUid);
  return { directory, registry };
}

/** @returns what is wrong with it, or undefined */
export async function problemOf(block: DocBlock, session: Session): Promise<string | undefined> {
  if (block.before !== '') {
    const { before: code, ...rest } = block;
    const step = { ...rest, code, before: '', first: '', language: 'sh', output: undefined, exitCode: 0 };
    const problem = await problemOf(step, session);
    if (problem !== undefined) return `before it: ${problem}`;
  }
  const finished = await runBlock(block, session);
  const output = `${finished.stdout}${finished.stderr}`.replaceAll(session.registry, 'localhost:5000');
  const at = `${block.page}:${block.line}`;
  if (finished.code !== block.exitCode) {
    return `${at} ended with ${finished.signal ?? finished.code} instead of ${block.exitCode}:\n${output}`;
  }
  if (block.output === undefined || isShown(output, block.output)) return undefined;
  return `${at} shows\n${comparable(block.output)}\n--- and printed\n${comparable(output)}`;
}

function runBlock(block: DocBlock, { directory, registry }: Session): Promise<Finished> {
  const local = { ...block, code: block.code.replaceAll('localhost:5000', registry) };
  const [name, program] = isTypeScript(block)
    ? [`block-${block.line}.ts`, ['node', '--no-warnings']]
    : [`block-${block.line}.sh`, ['sh', '-e']];
  const file = join(directory, name);
  // What it prints comes in its order: one pipe for both streams.
  writeFileSync(file, isTypeScript(block) ? moduleOf(local) : `exec 2>&1\n${local.first}${local.code}`);
  const become = block.isOrdinaryUser
    ? ['setpriv', `--reuid=${ordinaryUid}`, `--regid=${ordinaryUid}`, '--clear-groups']
    : [];
  const home = join(directory, 'home');
  const asOrdinary = {
    HOME: home,
    TCTL_RUNTIME_DIR: undefined,
    TCTL_DATA_DIR: undefined,
    XDG_DATA_HOME: undefined,
    XDG_RUNTIME_DIR: join(home, 'run'),
  };
  const env = environment({
    PATH: `${join(repository, 'node_modules/.bin')}:${process.env['PATH']}`,
    ...(block.isOrdinaryUser ? asOrdinary : {}),
  });
  return startCommand([...become, ...program, file], { cwd: directory, env }).ended;
}

/** What a page leaves to its reader to remove. */
export async function endSession(): Promise<void> {
  const { stdout } = await tctl('ps', '-aq');
  const ids = stdout.split('\n').filter((id) => id !== '');
  if (ids.length > 0) await tctl('rm', '--force', ...ids);
}
