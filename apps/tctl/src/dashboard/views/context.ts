import { createContext, use, useSyncExternalStore } from 'react';
import type { Controller } from '../control/controller.ts';
import type { State } from '../model/state.ts';
import type { Store } from '../store/store.ts';
import type { Canvases } from '../terminal/canvas.ts';
import type { Painter } from '../terminal/painter.ts';
import type { Theme } from '../theme/theme.ts';

/** What every component may need; it stays the same for the life of the dashboard but for the theme. */
export interface Services {
  readonly store: Store;
  readonly controller: Controller;
  readonly canvases: Canvases;
  readonly painter: Pick<Painter, 'schedule'>;
}

export const ServicesContext = createContext<Services | undefined>(undefined);
export const ThemeContext = createContext<Theme | undefined>(undefined);

export function useServices(): Services {
  const services = use(ServicesContext);
  if (services === undefined) throw new Error('a view outside of the dashboard');
  return services;
}

export function useTheme(): Theme {
  const theme = use(ThemeContext);
  if (theme === undefined) throw new Error('a view outside of the dashboard');
  return theme;
}

/** A part of the state. Whoever uses it is rendered again when that part is another one, and not with each frame. */
export function useSelected<T>(read: (state: State) => T): T {
  const { store } = useServices();
  return useSyncExternalStore(store.subscribe, () => read(store.getState()));
}
