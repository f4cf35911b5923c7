import { type Size, smallest } from '../model/layout.ts';
import { fit } from '../text/fit.ts';
import { Canvas } from './Canvas.tsx';

/** There is nothing that makes sense in so little room; keys still work. */
export function TooSmall({ size: { columns, rows } }: { readonly size: Size }) {
  const text = [
    'tctl needs a little more room:',
    `${smallest.columns}x${smallest.rows}, and this is ${columns}x${rows}.`,
    'q quits.',
  ];
  const lines = Array.from({ length: rows }, (_, row) => fit(text[row] ?? '', columns));
  return <Canvas height={rows} draw={() => lines} />;
}
