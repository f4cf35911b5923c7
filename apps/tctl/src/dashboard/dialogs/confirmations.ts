import type { Actions } from '../actions/actions.ts';
import { namesOf } from '../actions/verbs.ts';
import type { Row } from '../model/row.ts';

/** What is asked before something that can't be taken back. */
export interface Confirmation {
  readonly question: string;
  /** What will happen. */
  readonly about: string;
  /** The button that does it. */
  readonly button: string;
  /** The command that does the same. */
  readonly words: readonly string[];
  act(actions: Actions, row: Row): Promise<void>;
}

export type Asked = 'stop' | 'restart' | 'remove';

export function confirmationOf(what: Asked, rows: readonly Row[]): Confirmation {
  const names = rows.map(({ name }) => name);
  const who = namesOf(rows);
  const running = rows.filter(({ state }) => state === 'running' || state === 'paused').length;
  switch (what) {
    case 'stop':
      return {
        question: `Stop ${who}?`,
        about:
          'It is asked to end (SIGTERM, or its own stop signal), and killed where it does not in its time: 10 s unless it says otherwise.',
        button: 'Stop',
        words: ['tctl', 'stop', ...names],
        act: (actions, { key }) => actions.stop(key),
      };
    case 'restart':
      return {
        question: `Restart ${who}?`,
        about: 'It is stopped, as by Stop, and started again.',
        button: 'Restart',
        words: ['tctl', 'restart', ...names],
        act: (actions, { key }) => actions.restart(key),
      };
    case 'remove':
      return {
        question: `Remove ${who}?`,
        about: `${killed(running, rows.length)}What was written inside, but to volumes and mounts, is gone for good, and so is the log.`,
        button: running > 0 ? 'Kill and remove' : 'Remove',
        words: ['tctl', 'rm', ...(running > 0 ? ['-f'] : []), ...names],
        act: (actions, { key, state }) =>
          actions.remove(key, { force: state === 'running' || state === 'paused' }),
      };
  }
}

function killed(running: number, all: number): string {
  if (running === 0) return '';
  if (all === 1) return 'It runs, and is killed first. ';
  return running === all
    ? 'They run, and are killed first. '
    : `${running} of them run, and are killed first. `;
}
