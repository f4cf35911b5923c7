import { shown, TcError } from '@tc/linux';

/** What an archive may be, and what is done with what can't be kept. */
export interface UnpackRules {
  /** Files, directories, links and all else. */
  readonly maxEntries: number;
  /** The content of all files together, holes not counted. */
  readonly maxBytes: number;
  /** How much larger than the compressed blob it may become, above 256 MiB. */
  readonly maxRatio: number;
  /** Device nodes: `skip` leaves them out, as a container gets its own /dev. */
  readonly devices: 'skip' | 'refuse' | 'keep';
  /** False: everything belongs to whoever unpacks. An ordinary user can't give files away. */
  readonly keepOwners: boolean;
  /**
   * `layer`: `.wh.` names are whiteouts, and become overlayfs's. `tree`: they are names like others.
   */
  readonly whiteouts: 'layer' | 'tree';
}

export const defaultRules: UnpackRules = {
  maxEntries: 2_000_000,
  maxBytes: 64 * 2 ** 30,
  maxRatio: 500,
  devices: 'skip',
  keepOwners: process.geteuid?.() === 0,
  whiteouts: 'layer',
};

export const ratioFromBytes = 256 * 2 ** 20;

export interface UnpackReport {
  readonly entries: number;
  readonly bytes: number;
  readonly skippedDevices: number;
  readonly droppedXattrs: number;
  /** Nothing of the layers below shows through: overlayfs has no mark for that on a root. */
  readonly opaqueRoot: boolean;
  /** Directories that hide those of lower layers from the host's root alone: `markOpaque()`. */
  readonly opaqueForRootAlone: number;
}

export type LayerProblem =
  | 'LAYER_ESCAPES'
  | 'LAYER_INVALID'
  | 'LAYER_TOO_LARGE'
  | 'LAYER_DEVICE'
  | 'LAYER_CONFLICT';

/** @param path in latin1, as the parser gives it */
export function layerError(problem: string, code: LayerProblem, path?: string, cause?: unknown): TcError {
  const name = path === undefined ? 'the layer' : JSON.stringify(Buffer.from(path, 'latin1').toString());
  const hints: Readonly<Record<LayerProblem, string>> = {
    LAYER_ESCAPES: 'The archive tries to leave its root: do not trust it.',
    LAYER_INVALID: 'Whoever made the archive has to make it anew.',
    LAYER_TOO_LARGE: 'Raise the limits where you trust it.',
    LAYER_DEVICE: 'Leave devices out: a container gets its own /dev.',
    LAYER_CONFLICT: 'Whoever made the archive has to make it anew.',
  };
  return new TcError(problem, { code, operation: shown(`unpack ${name}`), hint: hints[code], cause });
}
