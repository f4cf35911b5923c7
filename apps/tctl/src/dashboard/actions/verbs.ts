/** How acts are talked about. */
export interface Verb {
  /** `Stop` web? */
  readonly plain: string;
  readonly going: string;
  readonly done: string;
}

export const verbs = {
  stop: { plain: 'Stop', going: 'Stopping', done: 'Stopped' },
  start: { plain: 'Start', going: 'Starting', done: 'Started' },
  restart: { plain: 'Restart', going: 'Restarting', done: 'Restarted' },
  pause: { plain: 'Pause', going: 'Pausing', done: 'Paused' },
  resume: { plain: 'Resume', going: 'Resuming', done: 'Resumed' },
  remove: { plain: 'Remove', going: 'Removing', done: 'Removed' },
  rename: { plain: 'Rename', going: 'Renaming', done: 'Renamed' },
  limits: { plain: 'Limit', going: 'Changing limits of', done: 'Changed limits of' },
  spawn: { plain: 'Start', going: 'Starting', done: 'Started' },
  shell: { plain: 'Open a shell in', going: 'Opening a shell in', done: 'Left the shell in' },
  attach: { plain: 'Attach to', going: 'Attaching to', done: 'Left' },
  copy: { plain: 'Copy', going: 'Copying', done: 'Copied' },
} as const satisfies Record<string, Verb>;

export function sending(signal: NodeJS.Signals): Verb {
  return { plain: `Send ${signal} to`, going: `Sending ${signal} to`, done: `Sent ${signal} to` };
}

/** `web`, `3 containers` */
export function namesOf(rows: readonly { readonly name: string }[]): string {
  const [first] = rows;
  return rows.length === 1 && first !== undefined ? first.name : `${rows.length} containers`;
}

/** As many names as fit, and how many there are besides. */
export function listNames(rows: readonly { readonly name: string }[], most: number): string {
  let text = '';
  for (const [index, { name }] of rows.entries()) {
    const next = text === '' ? name : `${text}, ${name}`;
    const left = rows.length - index;
    if (index > 0 && next.length > most - ` and ${left} more`.length) return `${text} and ${left} more`;
    text = next;
  }
  return text;
}
