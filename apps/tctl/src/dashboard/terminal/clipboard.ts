type Environment = Readonly<Record<string, string | undefined>>;

/**
 * OSC 52, https://invisible-island.net/xterm/ctlseqs: works through ssh. tmux takes it for itself with `set-clipboard
 * on`; so that it also reaches the terminal around it, it is sent a second time in an envelope, which tmux opens with
 * `allow-passthrough on`. screen opens its own always: "OSC string" in screen(1).
 */
export function clipboardSequence(text: string, env: Environment = process.env): string {
  const sequence = `\x1b]52;c;${Buffer.from(text).toString('base64')}\x07`;
  if (isSet(env['TMUX'])) return `${sequence}\x1bPtmux;${sequence.replaceAll('\x1b', '\x1b\x1b')}\x1b\\`;
  if (isSet(env['STY']))
    return `${pieces(sequence)
      .map((piece) => `\x1bP${piece}\x1b\\`)
      .join('')}`;
  return sequence;
}

/** Longer strings are dropped by screen: MAXSTR in its config.h. */
const longestPiece = 700;

function pieces(sequence: string): string[] {
  const result: string[] = [];
  for (let at = 0; at < sequence.length; at += longestPiece)
    result.push(sequence.slice(at, at + longestPiece));
  return result;
}

/** Terminals do not tell whether they took it. Where one may not have, what to do about it. */
export function clipboardDoubt(env: Environment): string | undefined {
  if (isSet(env['TMUX'])) return 'In tmux this needs: set -g set-clipboard on.';
  if (env['TERM'] === 'linux') return 'The Linux console has no clipboard.';
  if (env['TERM_PROGRAM'] === 'Apple_Terminal') return 'Terminal.app takes no text from programs.';
  // https://gitlab.gnome.org/GNOME/vte/-/issues/2495
  if (isSet(env['VTE_VERSION'])) return 'Most terminals of GNOME take no text from programs.';
  return undefined;
}

function isSet(value: string | undefined): boolean {
  return value !== undefined && value !== '';
}
