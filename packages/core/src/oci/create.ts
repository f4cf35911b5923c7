/** `create`: everything but the command itself. */
import { writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { readCgroupHost, TcError } from '@tc/linux';
import { until } from '../cgroups/tree.ts';
import { compileBundle } from '../launch/compile-bundle.ts';
import { launch, whenLauncherEnds } from '../launch/supervisor.ts';
import { cgroupPlan, cgroupsOf, cgroupsPath, type MadeCgroups, makeCgroups } from './cgroups.ts';
import { type OciConfig, readOciConfig } from './config/config.ts';
import { type OciState, type OciStore, type StartStep, startTimeOf } from './container-state.ts';
import { copyUp } from './copy-up.ts';
import { ownStreams } from './exec.ts';
import { runHooks, stateForHooks } from './hooks.ts';
import { readJsonFile } from './json.ts';
import { copiedUp } from './translate/mounts.ts';
import { translate } from './translate/translate.ts';

export interface CreateOptions {
  readonly bundle: string;
  readonly pidFile?: string | undefined;
  readonly consoleSocket?: string | undefined;
  readonly preserveFds?: number | undefined;
  readonly noPivot?: boolean | undefined;
  readonly noNewKeyring?: boolean | undefined;
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
export async function createOci(store: OciStore, id: string, options: CreateOptions): Promise<OciState> {
  const bundle = resolve(options.bundle);
  const { config, json } = readBundle(bundle);
  const host = readCgroupHost();
  const path = cgroupsPath(config.linux.cgroupsPath, id);
  const cgroups = cgroupsOf(host, path);
  const translated = {
    id,
    stateDirectory: store.directoryOf(id),
    bundle,
    consoleSocket: options.consoleSocket === undefined ? undefined : resolve(options.consoleSocket),
    preserveFds: options.preserveFds ?? 0,
    ownStreams: ownStreams(),
    noPivot: options.noPivot ?? false,
    noNewKeyring: options.noNewKeyring ?? false,
  };
  translate(config, { ...translated, cgroup: undefined }); // it is refused before anything is made
  store.reserve(id);
  let made: MadeCgroups = { above: [], undo: () => true };
  let pid = 0;
  try {
    made = makeCgroups(cgroups);
    const plan = cgroupPlan(host, cgroups, config.linux.resources, path);
    const spec = translate(config, { ...translated, cgroup: plan });
    const program = compileBundle(spec);
    const about = { ociVersion: config.ociVersion, id, bundle, annotations: config.annotations };
    const launcher = launch(program, {
      id,
      stdio: [0, 1, 2],
      figureNames: [],
      given: Array.from({ length: translated.preserveFds }, (_, index) => 3 + index),
      mapIds: async (child) => {
        const state = stateForHooks(about, 'creating', child);
        runHooks('prestart', config.hooks.prestart, state);
        runHooks('createRuntime', config.hooks.createRuntime, state);
      },
    });
    pid = await launcher.started;
    await whenLauncherEnds(launcher);
    const startTime = startTimeOf(pid);
    if (startTime === undefined) throw new TcError('it ended at once', { code: 'CONTAINER_DIED', operation });
    for (const mount of copiedUp(config)) await copyUp(spec.root.path, pid, mount);
    const state: OciState = {
      version: 1,
      ...about,
      rootfs: spec.root.path,
      created: new Date().toISOString(),
      pid,
      startTime,
      cgroups,
      madeAbove: made.above,
      config: json,
      hooks: { poststart: config.hooks.poststart, poststop: config.hooks.poststop },
      steps: stepsOf(program),
    };
    store.write(state);
    // Last: whoever waits for it takes the container for made.
    if (options.pidFile !== undefined) writeFileSync(options.pidFile, String(pid));
    return state;
  } catch (error) {
    if (pid > 0) kill(pid);
    await until(made.undo, 10_000);
    store.remove(id);
    throw error;
  }
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
