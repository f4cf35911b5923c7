import { useLayoutEffect, useRef } from 'react';
import type { InputHandler } from '../control/input-layers.ts';
import { useServices } from '../views/context.ts';

/** While the component is there, it gets what is typed first. The handler may be a new one in each render. */
export function useInputLayer(handler: InputHandler): void {
  const { controller } = useServices();
  const latest = useRef(handler);
  useLayoutEffect(() => {
    latest.current = handler;
  });
  useLayoutEffect(() => controller.layers.push((event) => latest.current(event)), [controller]);
}
