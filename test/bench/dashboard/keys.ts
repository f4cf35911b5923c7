import { setTimeout as sleep } from 'node:timers/promises';
import { makeTheme } from '../../../apps/tctl/src/dashboard/theme/theme.ts';
import type { Pty } from './pty.ts';

/** How far down the list: all of it is in sight. */
const farthest = 20;
/** The title bar, two lines of meters, an empty one, and the heading; rows of a terminal count from 1. */
const firstRow = 6;

/** What a row begins with that becomes the selected one: `ESC [ 0 ; CODES m`, its first cell having no other colour. */
const [selecting = ''] = makeTheme('dark', 'truecolor', true).pens.selected('x').split('x');
const codes = selecting.slice('\x1b['.length);

/** @returns milliseconds from each key until the terminal has what it does */
export async function measureKeys(pty: Pty, count: number): Promise<number[]> {
  pty.type('g');
  await sleep(1500);
  const latencies: number[] = [];
  let [at, step] = [0, 1];
  while (latencies.length < count) {
    if (at === farthest) step = -1;
    if (at === 0) step = 1;
    at += step;
    await sleep(20 + Math.random() * 80);
    pty.forget();
    const start = performance.now();
    pty.type(step === 1 ? 'j' : 'k');
    latencies.push((await pty.shows(`\x1b[${firstRow + at};1H\x1b[0;${codes}`)) - start);
  }
  return latencies;
}
