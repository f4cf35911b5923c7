/**
 * The names of an overlay's lower layers in the workspace: so short that `lowerdir=0:1:2:...` of this many fits into the
 * 255 characters that fsconfig(2) takes.
 */
export const maxLayers = 96;

export function layerName(index: number): string {
  return index.toString(36);
}
