import type { Frame } from '../frames/frame.ts';
import { AlertTracker } from './alert-tracker.ts';
import type { AlertEvent, AlertRule } from './rule.ts';

/**
 * What rules have to say about frames, as it begins and ends: each once. It ends where the frames do.
 * @param frames of `monitor()`, or of a recording
 * @throws TcError INVALID_OPTION
 * @example
 * for await (const { kind, name, cgroup, value } of alerts(monitor(), [
 *   { share: 'memory', above: 0.9, for: '30s' },
 *   { happened: 'oom' },
 * ])) console.log(kind, name, cgroup.name, value);
 */
export function alerts(
  frames: AsyncIterable<Frame>,
  rules: readonly AlertRule[],
): AsyncGenerator<AlertEvent, void> {
  const tracker = new AlertTracker(rules); // at once, so that a rule that makes no sense is told where it is made
  return (async function* () {
    for await (const frame of frames) yield* tracker.check(frame);
  })();
}
