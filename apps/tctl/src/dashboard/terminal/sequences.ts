/** What is said to the terminal: xterm's control sequences, and ECMA-48. */
const esc = '\x1b';

export const sequences = {
  /** 1049: the alternate screen, with the cursor saved. 7: lines are not wrapped. 2004: pastes are marked. */
  enter: `${esc}[?1049h${esc}[?25l${esc}[?7l${esc}[?2004h${esc}[0m${esc}[2J`,
  /** screen(1) has no alternate screen unless it is told to: there the shell goes on in the last line, which is emptied. */
  leave: `${esc}[0m${esc}[999;1H${esc}[K${esc}[?2004l${esc}[?7h${esc}[?25h${esc}[?1049l`,
  /** 1000 presses and the wheel, 1002 drags, 1006 in numbers. */
  mouseOn: `${esc}[?1000h${esc}[?1002h${esc}[?1006h`,
  mouseOff: `${esc}[?1006l${esc}[?1002l${esc}[?1000l`,
  /** 2026: what comes between is shown at once, where the terminal knows that. Others ignore it. */
  begin: `${esc}[?2026h`,
  end: `${esc}[?2026l`,
  clear: `${esc}[0m${esc}[2J`,
  row: (row: number) => `${esc}[${row + 1};1H`,
  eraseToEnd: `${esc}[K`,
  reset: `${esc}[0m`,
};
