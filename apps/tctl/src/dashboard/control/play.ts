import type { CommandName } from '../keys/key-map.ts';
import type { Player } from '../source/source.ts';

const speeds = [0.25, 0.5, 1, 2, 5, 10, 30, 60];

/** @returns whether it was a command for a player */
export function play(player: Player, command: CommandName): boolean {
  switch (command) {
    case 'playPause':
      player.playPause();
      return true;
    case 'stepBack':
      player.step(-1);
      return true;
    case 'stepForward':
      player.step(1);
      return true;
    case 'jumpBack':
      player.jump(-60_000);
      return true;
    case 'jumpForward':
      player.jump(60_000);
      return true;
    case 'slower':
      player.setSpeed(speeds.findLast((speed) => speed < player.speed) ?? player.speed);
      return true;
    case 'faster':
      player.setSpeed(speeds.find((speed) => speed > player.speed) ?? player.speed);
      return true;
    default:
      return false;
  }
}
