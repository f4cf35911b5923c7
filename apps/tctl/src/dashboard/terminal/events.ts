/** What a terminal tells us. */
export type InputEvent = KeyEvent | MouseEvent | PasteEvent;

export interface KeyEvent {
  readonly kind: 'key';
  /** As the key map names it: `a`, `A`, `ctrl+c`, `shift+tab`, `f1`, `space`, `alt+x`. */
  readonly name: string;
  /** What it writes into a text field; empty for keys that write nothing. */
  readonly text: string;
}

export interface MouseEvent {
  readonly kind: 'mouse';
  readonly action: 'press' | 'release' | 'drag' | 'wheelUp' | 'wheelDown';
  readonly button: 'left' | 'middle' | 'right' | 'none';
  /** From 0, at the upper left. */
  readonly column: number;
  readonly row: number;
  readonly ctrl: boolean;
}

export interface PasteEvent {
  readonly kind: 'paste';
  readonly text: string;
}
