import { constants, lstatSync, type Stats } from 'node:fs';
import { Pin } from '../pin.ts';
import { isOpaque, isWhiteout } from './whiteouts.ts';

/**
 * Which of several layers a path is seen of, by overlayfs's rules. Links are not followed.
 * @param layers the topmost first @param path without a slash before it, in latin1
 * @returns the layer's directory; undefined where nothing is seen
 */
export function lookUpMerged(layers: readonly string[], path: string): string | undefined {
  for (const layer of layers) {
    const found = lookUp(layer, path.split('/'));
    if (found === 'found') return layer;
    if (found === 'hidden') return undefined;
  }
  return undefined;
}

/** In one layer: `hidden` says that the layers below have no say. */
function lookUp(layer: string, names: readonly string[]): 'found' | 'hidden' | 'absent' {
  let pin = Pin.host(layer, constants.O_DIRECTORY);
  let covered = false;
  try {
    for (const [index, name] of names.entries()) {
      const bytes = Buffer.from(name, 'latin1');
      const stats: Stats | undefined = lstatSync(pin.child(bytes), { throwIfNoEntry: false });
      if (stats === undefined) return covered ? 'hidden' : 'absent';
      if (isWhiteout(stats)) return 'hidden';
      if (index === names.length - 1) return 'found';
      if (!stats.isDirectory()) return 'hidden';
      const next = pin.directory(bytes);
      pin[Symbol.dispose]();
      pin = next;
      covered ||= isOpaque(pin);
    }
    return 'found';
  } finally {
    pin[Symbol.dispose]();
  }
}
