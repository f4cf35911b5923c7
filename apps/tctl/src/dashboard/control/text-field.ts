import type { InputEvent } from '../terminal/events.ts';

/** A text of one line that is typed at its end. Undefined where the key is none of it. */
export function typeInto(text: string, event: InputEvent): string | undefined {
  if (event.kind === 'paste') return text + event.text.replace(/\s+/g, ' ');
  if (event.kind !== 'key') return undefined;
  switch (event.name) {
    case 'backspace':
      return [...text].slice(0, -1).join('');
    case 'ctrl+u':
      return '';
    case 'ctrl+w':
      return text.replace(/\S*\s*$/, '');
    default:
      return event.text === '' ? undefined : text + event.text;
  }
}
