import type { KeyContext } from '../keys/key-map.ts';
import type { State } from '../model/state.ts';
import type { Source } from '../source/source.ts';

/** Where keys mean what, the innermost first. */
export function contextsOf({ view, tab }: State, source: Source): readonly KeyContext[] {
  const inner: KeyContext[] = view === 'main' ? ['main'] : tab === 'logs' ? ['logs', 'detail'] : ['detail'];
  return source.player === undefined ? inner : ['replay', ...inner];
}
