/** `create`: everything but the command itself. */
import { closeSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { TcError } from '@tc/linux';
import { until } from '../cgroups/tree.ts';
import { compileBundle } from '../launch/compile-bundle.ts';
import { mapIds } from '../launch/map-ids.ts';
import { launch, whenLauncherEnds } from '../launch/supervisor.ts';
import type { MadeCgroups, OciCgroups } from './cgroups.ts';
import { type OciConfig, readOciConfig } from './config/config.ts';
import { consoleSocketAt } from './console-socket.ts';
import { type OciState, type OciStore, type StartStep, startTimeOf } from './container-state.ts';
import { copyUp } from './copy-up.ts';
import { ownStreams } from './exec.ts';
import { checkHooks, runHooks, runLastHooks, stateForHooks } from './hooks.ts';
import { openIdMaps } from './id-maps.ts';
import { fullPrivileges, pidInside, runInnerHooks } from './inner-hooks.ts';
import { readJsonFile } from './json.ts';
import { type Placement, placeContainer } from './placement.ts';
import { copiedUp } from './translate/mounts.ts';
import { type TranslateOptions, translate } from './translate/translate.ts';

export interface CreateOptions {
  readonly bundle: string;
  readonly pidFile?: string | undefined;
  readonly consoleSocket?: string | undefined;
  /** The caller takes the terminal itself, where there is one and no socket for it. */
  readonly ownTerminal?: boolean | undefined;
  readonly preserveFds?: number | undefined;
  readonly noPivot?: boolean | undefined;
  readonly noNewKeyring?: boolean | undefined;
  /** Its cgroup is a scope of systemd's, and linux.cgroupsPath `SLICE:PREFIX:NAME`. */
  readonly systemdCgroup?: boolean | undefined;
  /** By default this process’s own. */
  readonly stdio?: readonly [number, number, number] | undefined;
  /** Told of what fails, and changes nothing. */
  readonly onWarning?: ((message: string) => void) | undefined;
}

export interface Created {
  readonly state: OciState;
  /** The terminal’s master, where the caller was to take it: the caller’s to close. */
  readonly terminal: number | undefined;
}

const operation = 'make the container';

/** @throws TcError BUNDLE_NOT_FOUND, INVALID_BUNDLE */
export function readBundle(bundle: string): { config: OciConfig; json: unknown } {
  const path = join(bundle, 'config.json');
  const hint = 'A bundle is a directory with a config.json: tc-runtime spec writes one.';
  const json = readJsonFile(path, { code: 'BUNDLE_NOT_FOUND', operation, hint });
  return { config: readOciConfig(json), json };
}

/**
 * Makes the container, whose first process waits for `start`. Nothing is left where it fails.
 * @throws TcError
 */
export async function createOci(store: OciStore, id: string, options: CreateOptions): Promise<Created> {
  const bundle = resolve(options.bundle);
  const { config, json } = readBundle(bundle);
  const caller = { uid: process.geteuid?.() ?? 0, gid: process.getegid?.() ?? 0 };
  const stdio = options.stdio ?? [0, 1, 2];
  const translated: Omit<TranslateOptions, 'cgroup'> = {
    id,
    stateDirectory: store.directoryOf(id),
    bundle,
    caller,
    consoleSocket: consoleSocketAt(options.consoleSocket),
    ownTerminal: options.ownTerminal ?? false,
    preserveFds: options.preserveFds ?? 0,
    ownStreams: ownStreams(stdio),
    noPivot: options.noPivot ?? false,
    noNewKeyring: options.noNewKeyring ?? false,
  };
  // What can be refused is, before anything is made.
  const placement = await place(config, id, caller.uid === 0, options.systemdCgroup ?? false);
  translate(config, { ...translated, cgroup: undefined });
  checkHooks(config.hooks);
  store.reserve(id);
  let made: MadeCgroups = { above: [], undo: () => true };
  let pid = 0;
  const about = { ociVersion: config.ociVersion, id, bundle, annotations: config.annotations };
  const given: number[] = [];
  try {
    made = placement.make();
    const adopted = placement.adopt !== undefined;
    const spec = translate(config, { ...translated, cgroup: placement.plan(), adopted });
    given.push(...(await openIdMaps(spec)));
    const program = compileBundle(spec);
    const { user } = spec.namespaces;
    const launcher = launch(program, {
      id,
      stdio,
      figureNames: [],
      given: [...Array.from({ length: spec.preserveFds }, (_, index) => 3 + index), ...given],
      takeTerminal: spec.terminal !== undefined,
      ...(user?.mapper === 'newuidmap' ? { mapIds: (child) => mapIds(child, user) } : {}),
      ...(placement.adopt === undefined ? {} : { adopt: (launcher) => placement.adopt?.(launcher) }),
      ...(spec.hooked
        ? { onMounted: (child) => runHooksOfCreate(config, about, child, placement.cgroups) }
        : {}),
    });
    pid = await launcher.started;
    const terminal = spec.terminal === undefined ? undefined : await launcher.terminal;
    if (terminal !== undefined) given.push(terminal);
    await whenLauncherEnds(launcher);
    const startTime = startTimeOf(pid);
    if (startTime === undefined) throw new TcError('it ended at once', { code: 'CONTAINER_DIED', operation });
    for (const mount of copiedUp(config)) await copyUp(spec.root.path, pid, mount);
    const { startContainer, poststart, poststop } = config.hooks;
    const state: OciState = {
      version: 1,
      ...about,
      rootfs: spec.root.path,
      created: new Date().toISOString(),
      pid,
      startTime,
      cgroups: placement.cgroups,
      scope: placement.scope,
      madeAbove: made.above,
      config: json,
      hooks: { startContainer, poststart, poststop },
      steps: stepsOf(program),
    };
    store.write(state);
    // Last: whoever waits for it takes the container for made.
    if (options.pidFile !== undefined) writeFileSync(options.pidFile, String(pid));
    if (terminal !== undefined) given.pop();
    return { state, terminal };
  } catch (error) {
    if (pid > 0) kill(pid);
    await until(made.undo, 10_000);
    await placement.release?.().catch(() => {}); // the error that led here matters more
    store.remove(id);
    const after = stateForHooks(about, 'stopped', 0);
    if ((error as { code?: unknown }).code === 'HOOK_FAILED')
      runLastHooks('poststop', config.hooks.poststop, after, options.onWarning ?? (() => {}));
    throw error;
  } finally {
    for (const fd of given) closeSync(fd);
  }
}

/** What only the systemd cgroup driver needs is loaded for it alone. */
async function place(config: OciConfig, id: string, isRoot: boolean, bySystemd: boolean): Promise<Placement> {
  if (!bySystemd) return placeContainer(config, id, isRoot);
  const { placeInScope } = await import('./systemd/placement.ts');
  return await placeInScope(config, id, isRoot);
}

/** The container waits meanwhile: its mounts are there, and so is the host’s root. */
async function runHooksOfCreate(
  { hooks }: OciConfig,
  about: Pick<OciState, 'ociVersion' | 'id' | 'bundle' | 'annotations'>,
  pid: number,
  cgroups: OciCgroups,
): Promise<void> {
  const state = stateForHooks(about, 'creating', pid);
  runHooks('prestart', hooks.prestart, state);
  runHooks('createRuntime', hooks.createRuntime, state);
  if (hooks.createContainer.length === 0) return;
  const target = { id: about.id, pid, cgroups, isIt: () => true }; // a child of the launcher, which waits for us
  const inside = stateForHooks(about, 'creating', pidInside(pid));
  await runInnerHooks('createContainer', hooks.createContainer, target, inside, fullPrivileges());
}

function kill(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch {}
}

function stepsOf({ steps, heldAt }: ReturnType<typeof compileBundle>): StartStep[] {
  return steps.flatMap((step, index) =>
    index < heldAt
      ? []
      : step.op === 'call'
        ? [{ step: index, what: step.what }]
        : step.op === 'fail'
          ? [{ step: index, what: step.as.what }]
          : [],
  );
}
