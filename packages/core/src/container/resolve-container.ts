import { dataDirectory } from '@tc/linux';
import { parseSize } from '../cgroups/size.ts';
import type { LogSpec } from '../launch/spec.ts';
import { parseDuration } from '../run/duration.ts';
import { invalid } from '../run/invalid.ts';
import { type Resolved, resolveLaunch } from '../run/resolve.ts';
import type { ContainerConfig } from '../state/config-file.ts';
import { containerDataDirectory } from '../state/layout.ts';
import type { ContainerOptions } from './options.ts';
import { parseRestart } from './restart-policy.ts';
import { signalNumber } from './signal.ts';

const defaultLogBytes = '16m';
/** Half of it is in each of two files, and one frame has up to 16 KiB. */
const leastLogBytes = 64 * 1024;

/**
 * Checks a container's options as `run()` checks its own, and fills the defaults in.
 * @throws TcError INVALID_OPTION, INVALID_SIZE, INVALID_DURATION, and what `resolveLaunch` throws
 */
export function resolveContainer(
  runtimeDirectory: string,
  { id, name, createdAtMs, options }: ContainerConfig,
  { attach }: { readonly attach: boolean },
): Resolved {
  checkLife(options);
  const { command, image, labels, detached = false, autoRemove = false, tty, stdin, ...rest } = options;
  if (!Array.isArray(command)) {
    invalid('there is no command', 'make a container', 'Give a program and its arguments, as a list.');
  }
  if (attach && !tty) {
    const hint = 'Create it with tty; attach() shows what it writes otherwise.';
    invalid('it has no terminal', 'attach to a container at its start', hint);
  }
  const data = containerDataDirectory(dataDirectory(), id);
  const resolved = resolveLaunch(
    command,
    { ...rest, ...(tty !== undefined && { tty }) },
    {
      id,
      name,
      createdAtMs,
      attached: !detached,
      leaves: autoRemove ? 'remove' : 'record',
      logs: logsOf(options, data),
      openStdin: stdin === 'open' && !tty,
      terminalLogged: !attach,
      diskUpper: data,
      image,
      labels,
    },
  );
  return { ...resolved, spec: { ...resolved.spec, runtimeDirectory } };
}

function checkLife({
  restart = 'no',
  autoRemove,
  stopSignal,
  stopTimeout,
  labels = {},
}: ContainerOptions): void {
  const { atMost } = parseRestart(restart);
  if (autoRemove && atMost > 0) {
    const hint = 'Leave out either autoRemove or restart.';
    invalid('what is removed at its end can’t be started again', 'make a container', hint);
  }
  if (stopSignal !== undefined) signalNumber(stopSignal);
  if (stopTimeout !== undefined && Number(stopTimeout) !== 0) parseDuration(stopTimeout, 'set stopTimeout');
  for (const [key, value] of Object.entries(labels)) {
    if (typeof value === 'string') continue;
    invalid(`${key} is no text`, 'label a container', 'Labels are texts.');
  }
}

function logsOf({ logs = {}, maxOutput, tty }: ContainerOptions, directory: string): LogSpec | undefined {
  const outputLimitBytes = maxOutput === undefined ? undefined : parseSize(maxOutput, 'set maxOutput');
  if (logs === false) {
    if (outputLimitBytes === undefined && !tty) return undefined;
    const hint = 'Leave out either logs: false or what needs it, maxOutput or tty.';
    invalid('its output is not kept', 'make a container', hint);
  }
  const maxBytes = parseSize(logs.maxBytes ?? defaultLogBytes, 'set the size of the log');
  if (maxBytes < leastLogBytes)
    invalid(`${maxBytes} bytes are too few`, 'set the size of the log', 'At least 64k.');
  return { directory, maxBytes, outputLimitBytes };
}
