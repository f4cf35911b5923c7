import type { GraphStyle } from '../graph/sparkline.ts';
import type { Theme } from '../theme/theme.ts';

export function graphStyleOf({ unicode, graphs }: Theme): GraphStyle {
  return unicode ? graphs : 'ascii';
}
