import { join } from 'node:path';
import { readConfig } from '../state/config-file.ts';
import { readBytes } from '../state/files.ts';
import { decodeLaunchFile } from '../state/launch-file.ts';
import { stateFiles } from '../state/layout.ts';
import { listIds } from '../state/names.ts';
import { runtimeDirectory } from '../state/runtime-directory.ts';
import { volumeNames } from './volume-name.ts';

/** The names of the containers of this runtime directory that mount a volume, running or not. */
export function usersOfVolume(volume: string): string[] {
  const runtime = runtimeDirectory();
  return listIds(runtime).flatMap((id) => {
    const config = readConfig(join(runtime, id));
    const volumes =
      config === undefined ? launchedWith(join(runtime, id)) : volumeNames(config.options.mounts ?? []);
    return volumes.includes(volume) ? [config?.name ?? id] : [];
  });
}

/** Of `run()` there is no configuration. */
function launchedWith(stateDirectory: string): readonly string[] {
  const text = readBytes(join(stateDirectory, stateFiles.launch))?.toString();
  return (text === undefined ? undefined : decodeLaunchFile(text)?.volumes) ?? [];
}
