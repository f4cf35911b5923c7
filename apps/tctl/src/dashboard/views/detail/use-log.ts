import { useEffect, useState } from 'react';
import { useServices } from '../context.ts';

/** Fills the log buffer while the log is looked at. @returns changes with what is in it */
export function useLog(key: string, isWanted: boolean): number {
  const { store, controller } = useServices();
  const [version, setVersion] = useState(0);
  useEffect(() => {
    if (!isWanted) return undefined;
    const abort = new AbortController();
    store.log.clear();
    const append = (lines: Parameters<typeof store.log.append>[0]) => {
      if (abort.signal.aborted) return;
      store.log.append(lines);
      store.dispatch({ kind: 'logGrew', lines: lines.length });
      setVersion((before) => before + 1);
    };
    controller.source.details.logs(key, append, abort.signal).catch((error: unknown) => {
      if (!abort.signal.aborted) controller.complain(error);
    });
    return () => abort.abort();
  }, [key, isWanted, store, controller]);
  return version;
}
