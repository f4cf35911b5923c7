import type { Player } from '../source/source.ts';
import { spread } from '../text/line.ts';
import { duration } from '../text/sizes.ts';
import type { Theme } from '../theme/theme.ts';

/** Where a recording stands: `▶ 2x ━━━━━━●────── 14:22:07  12m30s of 45m00s`. */
export function playerLine(player: Player, width: number, { pens, unicode }: Theme): string {
  const { begin, end, position, isPlaying, speed } = player;
  const whole = Math.max(1, end.getTime() - begin.getTime());
  const done = position.getTime() - begin.getTime();
  const sign = isPlaying ? (unicode ? '▶' : '>') : unicode ? '■' : '=';
  const left = ` ${isPlaying ? pens.ok(sign) : pens.warn(sign)} ${speed}x `;
  const right = ` ${position.toTimeString().slice(0, 8)}  ${pens.dim(`${duration(done)} of ${duration(whole)}`)} `;
  const room = Math.max(4, width - 8 - 34);
  const at = Math.min(room - 1, Math.max(0, Math.floor((done / whole) * room)));
  const [full, knob, empty] = unicode ? ['━', '●', '─'] : ['=', 'o', '-'];
  const bar = pens.accent(full.repeat(at) + knob) + pens.faint(empty.repeat(room - at - 1));
  return spread(`${left}${bar}`, right, width);
}
