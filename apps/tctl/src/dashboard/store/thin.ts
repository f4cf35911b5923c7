import type { Frame } from '@tc/monitor';

/** Up to so many cgroups, all of each frame is kept for the detail view. */
const mostWhole = 200;
/** Beyond, of each cgroup one sample in so many frames: an hour's graph is the same, and it costs a fifth. */
export const thinnedTo = 5;

/**
 * What of a frame goes into the history of a day: with thousands of cgroups, a part of them each time, and always the
 * one that is looked at.
 */
export function thin(frame: Frame, tick: number, watched: string | undefined): Frame {
  const { cgroups } = frame;
  if (cgroups.length <= mostWhole) return frame;
  const chosen = cgroups.filter(
    ({ cgroup: { path } }) => path === watched || hash(path) % thinnedTo === tick % thinnedTo,
  );
  return { ...frame, cgroups: chosen };
}

/** The same for a path in every frame, whatever comes and goes beside it: FNV-1a of its end, where paths differ. */
function hash(path: string): number {
  let value = 0x811c9dc5;
  for (let at = Math.max(0, path.length - 12); at < path.length; at += 1)
    value = Math.imul(value ^ path.charCodeAt(at), 0x01000193) >>> 0;
  return value;
}
