import { constants } from 'node:os';

export interface SignalChoice {
  readonly signal: NodeJS.Signals;
  readonly number: number;
  /** What programs usually do with it. */
  readonly about: string;
}

/** What one sends by hand, the most usual first; what they do: signal(7). */
const about: readonly (readonly [NodeJS.Signals, string])[] = [
  ['SIGTERM', 'asks it to end; it may tidy up first, or not listen'],
  ['SIGKILL', 'ends all of it at once; nothing is tidied up'],
  ['SIGINT', 'what Ctrl-C sends'],
  ['SIGHUP', 'the terminal is gone; many servers read their configuration again'],
  ['SIGQUIT', 'what Ctrl-\\ sends; Java and Go print their stacks'],
  ['SIGUSR1', 'what the program makes of it, often: open log files again'],
  ['SIGUSR2', 'what the program makes of it'],
  ['SIGSTOP', 'stops the first process where it is'],
  ['SIGCONT', 'lets it go on'],
  ['SIGWINCH', 'the window has another size; Apache and nginx end gracefully'],
  ['SIGALRM', 'a timer has run out; ends what does not expect one'],
  ['SIGABRT', 'ends it with a core file'],
];

export const signalChoices: readonly SignalChoice[] = about.flatMap(([signal, text]) => {
  const number = constants.signals[signal];
  return number === undefined ? [] : { signal, number, about: text };
});

/** Where the menu stands, and the digits that were typed for a number. Before the first signal there is Cancel. */
export interface Menu {
  readonly at: number;
  readonly digits: string;
}

/** What a key does in the menu: arrows, the first letter of a signal, its number. Undefined where it does nothing. */
export function moveMenu({ at, digits }: Menu, key: string): Menu | undefined {
  const count = signalChoices.length + 1;
  const to = (index: number): Menu => ({ at: Math.min(count - 1, Math.max(0, index)), digits: '' });
  switch (key) {
    case 'up':
    case 'shift+tab':
      return to(at - 1);
    case 'down':
    case 'tab':
      return to(at + 1);
    case 'home':
    case 'pageup':
      return to(0);
    case 'end':
    case 'pagedown':
      return to(count - 1);
  }
  if (/^\d$/.test(key)) {
    const typed = findNumber(digits + key) === undefined ? key : digits + key;
    const index = findNumber(typed);
    return { at: index ?? at, digits: typed };
  }
  if (!/^[a-z]$/i.test(key)) return undefined;
  const found = [...signalChoices.keys()]
    .map((index) => ((at + index) % signalChoices.length) + 1)
    .find((index) => signalChoices[index - 1]?.signal.startsWith(`SIG${key.toUpperCase()}`));
  return found === undefined ? undefined : to(found);
}

function findNumber(digits: string): number | undefined {
  const index = signalChoices.findIndex(({ number }) => String(number) === digits);
  return index === -1 ? undefined : index + 1;
}
