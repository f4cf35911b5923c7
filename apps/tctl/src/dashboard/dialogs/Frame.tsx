import { Box, type DOMElement, Text } from 'ink';
import { type ReactNode, useRef } from 'react';
import { useSelected, useTheme } from '../views/context.ts';
import { type Place, placeIn } from './place-in.ts';
import { useInputLayer } from './use-input-layer.ts';

interface FrameProps {
  readonly title: string;
  /** Without the border; less where the screen is narrower. */
  readonly width: number;
  /** The line below, for keys. */
  readonly footer?: string;
  /** A button of the mouse on what it shows. */
  readonly onClick?: (place: Place) => void;
  readonly children: ReactNode;
}

/**
 * A box in the middle of the screen, above the list. What lies below is dimmed beside it: see terminal/canvas.ts. What
 * its dialog does not want of the mouse comes here, and goes no further.
 */
export function Frame({ title, width, footer, onClick, children }: FrameProps) {
  const box = useRef<DOMElement>(null);
  useInputLayer((event) => {
    if (event.kind !== 'mouse') return false;
    const place = event.action === 'press' ? placeIn(box.current, event) : undefined;
    if (place !== undefined) onClick?.(place);
    return true;
  });
  const size = useSelected((state) => state.size);
  const { pens, palette, depth, unicode } = useTheme();
  const own = Math.min(width + 4, size.columns - 2);
  return (
    <Box
      position="absolute"
      width={size.columns}
      height={size.rows}
      alignItems="center"
      justifyContent="center"
    >
      <Box
        ref={box}
        width={own}
        maxHeight={size.rows - 2}
        flexDirection="column"
        borderStyle={unicode ? 'round' : 'classic'}
        {...(depth === 'truecolor' ? { borderColor: palette.accent[0] } : {})}
        paddingX={1}
        overflow="hidden"
      >
        <Text wrap="truncate">{pens.accent(pens.bold(title))}</Text>
        {children}
        {footer === undefined ? null : <Text wrap="truncate">{pens.dim(footer)}</Text>}
      </Box>
    </Box>
  );
}
