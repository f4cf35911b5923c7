import type { ReactNode } from 'react';
import type { OpenDialog } from '../model/state.ts';
import { ColumnsDialog } from './ColumnsDialog.tsx';
import { RemoveDialog, RestartDialog, StopDialog } from './ConfirmDialog.tsx';
import { FailureDialog } from './FailureDialog.tsx';
import { HelpDialog } from './HelpDialog.tsx';
import { LimitsDialog } from './LimitsDialog.tsx';
import { RenameDialog } from './RenameDialog.tsx';
import { SettingsDialog } from './SettingsDialog.tsx';
import { SignalDialog } from './SignalDialog.tsx';
import { SpawnDialog } from './SpawnDialog.tsx';

/** Each draws itself in the middle of the screen with `Frame`, takes its input with `useInputLayer`, and ends with
 * `controller.closeDialog()`. */
const dialogs: Readonly<Record<string, (props: never) => ReactNode>> = {
  help: HelpDialog,
  columns: ColumnsDialog,
  settings: SettingsDialog,
  spawn: SpawnDialog,
  kill: SignalDialog,
  stop: StopDialog,
  restart: RestartDialog,
  remove: RemoveDialog,
  limits: LimitsDialog,
  rename: RenameDialog,
  failure: FailureDialog,
};

/** The dialog that is open. `props` are what `openDialog(name, props)` was given, as `subject`. */
export function Dialog({ dialog }: { readonly dialog: OpenDialog }) {
  const Component = dialogs[dialog.name] as ((props: { subject: unknown }) => ReactNode) | undefined;
  return Component === undefined ? null : <Component subject={dialog.props} />;
}
