import { Box } from 'ink';
import { useSyncExternalStore } from 'react';
import { Dialog } from '../dialogs/dialogs.tsx';
import { isTooSmall } from '../model/layout.ts';
import type { Theme } from '../theme/theme.ts';
import { type Services, ServicesContext, ThemeContext, useSelected } from './context.ts';
import { DetailView } from './DetailView.tsx';
import { MainView } from './MainView.tsx';
import { TooSmall } from './TooSmall.tsx';

export interface ThemeHolder {
  readonly subscribe: (listener: () => void) => () => void;
  readonly get: () => Theme;
}

interface AppProps {
  readonly services: Services;
  readonly themes: ThemeHolder;
}

export function App({ services, themes }: AppProps) {
  const theme = useSyncExternalStore(themes.subscribe, themes.get);
  return (
    <ServicesContext value={services}>
      <ThemeContext value={theme}>
        <Screen />
      </ThemeContext>
    </ServicesContext>
  );
}

function Screen() {
  const size = useSelected((state) => state.size);
  const view = useSelected((state) => state.view);
  const dialog = useSelected((state) => state.dialog);
  if (isTooSmall(size)) return <TooSmall size={size} />;
  return (
    <Box width={size.columns} height={size.rows} flexDirection="column">
      {view === 'main' ? <MainView rows={size.rows} /> : <DetailView />}
      {dialog === undefined ? null : <Dialog dialog={dialog} />}
    </Box>
  );
}
