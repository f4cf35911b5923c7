import { useEffect, useState } from 'react';
import { useServices } from '../context.ts';

/** What takes a moment to find out, again and again with each new `tick`. Undefined until it is known the first time. */
export function usePolled<T>(
  key: string,
  tick: unknown,
  isWanted: boolean,
  read: () => Promise<T>,
): T | undefined {
  const { controller } = useServices();
  const [known, setKnown] = useState<{ readonly key: string; readonly value: T }>();
  useEffect(() => {
    if (!isWanted) return undefined;
    let isOver = false;
    read().then(
      (value) => isOver || setKnown({ key, value }),
      (error: unknown) => isOver || controller.complain(error),
    );
    return () => {
      isOver = true;
    };
  }, [key, tick, isWanted, controller]);
  return known?.key === key ? known.value : undefined;
}
