import { statSync } from 'node:fs';
import type { OciState, OciStatus, OciStore } from '@tc/core/oci';
import { escapeControls } from './report.ts';

export interface ShownState {
  readonly ociVersion: string;
  readonly id: string;
  readonly pid: number;
  readonly status: OciStatus;
  readonly bundle: string;
  readonly rootfs: string;
  readonly created: string;
  readonly annotations: Readonly<Record<string, string>>;
  readonly owner: string;
}

/** What `state` and `list` print, in runc's order. */
export function stateOf(store: OciStore, state: OciState): ShownState {
  const { ociVersion, id, bundle, rootfs, created, annotations } = state;
  const status = store.statusOf(state);
  const pid = status === 'stopped' ? 0 : state.pid;
  return { ociVersion, id, pid, status, bundle, rootfs, created, annotations, owner: ownerOf(store, id) };
}

function ownerOf(store: OciStore, id: string): string {
  const uid = statSync(store.directoryOf(id), { throwIfNoEntry: false })?.uid ?? 0;
  return uid === 0 ? 'root' : String(uid);
}

export function table(rows: readonly (readonly string[])[]): string {
  const shown = rows.map((row) => row.map(escapeControls));
  const widths = (shown[0] ?? []).map((_, column) =>
    Math.max(...shown.map((row) => (row[column] ?? '').length)),
  );
  const line = (row: readonly string[]) =>
    row
      .map((text, column) => text.padEnd((widths[column] ?? 0) + 2))
      .join('')
      .trimEnd();
  return shown.map((row) => `${line(row)}\n`).join('');
}
