import { useEffect, useMemo } from 'react';
import { contextsOf } from '../control/contexts.ts';
import type { State } from '../model/state.ts';
import type { Theme } from '../theme/theme.ts';
import { Canvas } from './Canvas.tsx';
import { type Services, useServices, useTheme } from './context.ts';
import { footerKeys, keysLine, statusLine } from './footer-lines.ts';
import { headerLines } from './header-lines.ts';
import { bodyLines, headingLine } from './table-lines.ts';

/**
 * The list of containers: host, table, keys. Neither a key nor a frame has React or Ink do anything: the painter asks
 * for the lines when it writes.
 */
export function MainView({ rows }: { readonly rows: number }) {
  const theme = useTheme();
  const services = useServices();
  const { store, painter } = services;
  useEffect(() => store.subscribe(() => painter.schedule()), [store, painter]);
  const draw = useMemo(() => listDrawer(services, theme), [services, theme]);
  return <Canvas height={rows} draw={draw} />;
}

/** The header changes with a frame, and not with a key. */
function listDrawer(services: Services, theme: Theme): () => readonly string[] {
  const { store, controller } = services;
  let drawn: State | undefined;
  let header: readonly string[] = [];
  return () => {
    const state = store.getState();
    if (drawn === undefined || !isSameHeader(drawn, state))
      header = headerLines(state, theme, store.host, controller.source.label);
    drawn = state;
    return [
      ...header,
      headingLine(state, theme),
      ...bodyLines(state, theme, store.histories),
      ...footerLines(state, services, theme),
    ];
  };
}

function isSameHeader(a: State, b: State): boolean {
  return (
    a.update === b.update &&
    a.size === b.size &&
    a.isFrozen === b.isFrozen &&
    a.scope === b.scope &&
    a.rows === b.rows
  );
}

/** The line of messages, and the keys. */
export function footerLines(state: State, { controller }: Services, theme: Theme): readonly string[] {
  const { bindings, source, isReadOnly } = controller;
  const keys = footerKeys(state, bindings, contextsOf(state, source), isReadOnly);
  return [statusLine(state, theme, source.player), keysLine(keys, state.size.columns, theme)];
}
