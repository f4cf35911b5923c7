import { Box, Text } from 'ink';
import { memo, useEffect, useLayoutEffect, useState } from 'react';
import { useServices } from './context.ts';

interface CanvasProps {
  /** Rows of the screen that it takes. */
  readonly height: number;
  /** So many lines, each exactly as wide as the screen: called when they are about to be written, and not before. */
  readonly draw: () => readonly string[];
}

/** Rows over the whole width that Ink gives a place, and the painter writes: see terminal/canvas.ts. */
export function Canvas({ height, draw }: CanvasProps) {
  const { canvases, painter } = useServices();
  const [id] = useState(() => canvases.claim());
  useEffect(() => () => canvases.release(id), [canvases, id]);
  useLayoutEffect(() => {
    canvases.set(id, draw);
    painter.schedule();
  });
  return <Place id={id} height={height} />;
}

/** Ink has nothing to do while the place stays the same. */
const Place = memo(function Place({ id, height }: { readonly id: number; readonly height: number }) {
  const { canvases } = useServices();
  return (
    <Box height={height} flexShrink={0}>
      <Text>{canvases.marks(id, height)}</Text>
    </Box>
  );
});
