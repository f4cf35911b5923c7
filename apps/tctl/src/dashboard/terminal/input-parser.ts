import type { InputEvent } from './events.ts';
import { csiEvent } from './parse-csi.ts';
import { keyOf, singleKey } from './parse-key.ts';

const esc = '\x1b';
const pasteBegin = '\x1b[200~';
const pasteEnd = '\x1b[201~';
/** A paste is for a text field: more than this is a mistake, and is cut. */
const mostPasted = 64 * 1024;
/** No sequence that means something is longer; what is, is dropped. */
const longestSequence = 64;

/**
 * Bytes of a terminal to events. Sequences may arrive in pieces; an Escape that nothing follows is the key, which only
 * time can tell: the caller asks `flush()` a moment after the last byte.
 */
export class InputParser {
  readonly #decoder = new TextDecoder();
  #pending = '';
  #paste: string | undefined;

  push(bytes: Uint8Array): InputEvent[] {
    this.#pending += this.#decoder.decode(bytes, { stream: true });
    return this.#drain();
  }

  /** Whether something waits for more, or for `flush()`. */
  get isPending(): boolean {
    return this.#pending !== '' && this.#paste === undefined;
  }

  flush(): InputEvent[] {
    if (!this.isPending) return [];
    const text = this.#pending;
    this.#pending = '';
    return text === esc ? [keyOf('escape')] : text[0] === esc ? this.#alone(text.slice(1)) : [];
  }

  /** Something that begins like a sequence and is none: Alt with a key. */
  #alone(text: string): InputEvent[] {
    return text === '[' || text === 'O' ? [keyOf(`alt+${text}`)] : [];
  }

  #drain(): InputEvent[] {
    const events: InputEvent[] = [];
    while (this.#pending !== '') {
      if (this.#paste !== undefined) {
        if (!this.#readPaste(events)) break;
      } else if (!this.#readOne(events)) break;
    }
    return events;
  }

  #readPaste(events: InputEvent[]): boolean {
    const end = this.#pending.indexOf(pasteEnd);
    // The end may have come in part: that much stays.
    const taken = end === -1 ? this.#pending.slice(0, -(pasteEnd.length - 1)) : this.#pending.slice(0, end);
    this.#paste = ((this.#paste ?? '') + taken).slice(0, mostPasted);
    this.#pending = this.#pending.slice(end === -1 ? taken.length : end + pasteEnd.length);
    if (end === -1) return false;
    events.push({ kind: 'paste', text: this.#paste });
    this.#paste = undefined;
    return true;
  }

  /** @returns whether there was a whole one */
  #readOne(events: InputEvent[]): boolean {
    const text = this.#pending;
    if (text[0] !== esc) {
      const [character = ''] = text;
      this.#pending = text.slice(character.length);
      events.push(singleKey(character));
      return true;
    }
    if (text.length === 1) return false;
    const sequence = sequenceAt(text);
    if (sequence === undefined) {
      if (text.length <= longestSequence) return false;
      this.#pending = text.slice(longestSequence);
      return true;
    }
    this.#pending = text.slice(sequence.length);
    if (sequence === pasteBegin) this.#paste = '';
    else events.push(...eventsOf(sequence));
    return true;
  }
}

/** One that is complete, at the beginning. */
function sequenceAt(text: string): string | undefined {
  const kind = text[1] ?? '';
  if (kind === '[') return control.exec(text)?.[0];
  if (kind === 'O') return text.length >= 3 ? text.slice(0, 3) : undefined;
  if (kind === ']' || kind === 'P' || kind === '_') return answer.exec(text)?.[0];
  if (kind === esc) return esc;
  return esc + String.fromCodePoint(text.codePointAt(1) ?? 0);
}

// biome-ignore lint/suspicious/noControlCharactersInRegex: an escape sequence starts with one
const control = /^\x1b\[(?:\[[A-E]|[0-?]*[ -/]*[@-Z\\-~])/;
/** To questions that somebody has asked the terminal: up to the string terminator. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: an escape sequence starts with one
const answer = /^\x1b[\]P_][^\x07\x1b]*(?:\x07|\x1b\\)/;

function eventsOf(sequence: string): InputEvent[] {
  if (sequence === esc) return [keyOf('escape')];
  if (sequence[1] === '[' || (sequence[1] === 'O' && sequence.length === 3)) return csiEvent(sequence);
  if (sequence.length > 3) return [];
  const { name } = singleKey(sequence.slice(1));
  return [keyOf(`alt+${name}`)];
}
