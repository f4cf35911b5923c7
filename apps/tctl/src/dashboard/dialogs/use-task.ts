import { useEffect, useRef } from 'react';
import { type Refusal, refusalOf } from '../form/refusal.ts';
import { useImmediateState } from './use-immediate-state.ts';

export interface Task {
  readonly isBusy: boolean;
  /** What went wrong when it was last tried. */
  readonly refusal: Refusal | undefined;
  /** One at a time. What it rejects with is shown; @param onSettled where the dialog was closed meanwhile */
  run(act: () => Promise<void>, onFailedUnseen: (error: unknown) => void): void;
}

/** What a dialog does when it is sent: it stays open until that has worked. */
export function useTask(): Task {
  const [isBusy, setBusy] = useImmediateState(() => false);
  const [refusal, setRefusal] = useImmediateState<Refusal | undefined>(() => undefined);
  const isOpen = useRef(true);
  useEffect(() => {
    isOpen.current = true;
    return () => {
      isOpen.current = false;
    };
  }, []);
  return {
    isBusy,
    refusal,
    run(act, onFailedUnseen) {
      if (isBusy) return;
      setBusy(true);
      setRefusal(undefined);
      act().catch((error: unknown) => {
        if (!isOpen.current) return onFailedUnseen(error);
        setBusy(false);
        setRefusal(refusalOf(error));
      });
    },
  };
}
