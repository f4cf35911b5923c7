#!/usr/bin/env node
// Makes docs/dashboard.svg: what `tctl --demo --still` shows in a terminal, in colour. Needs tmux and a built tctl.
//   node tools/dashboard-picture.mjs [FILE [KEY...]]     KEYs are pressed first, as tmux names them
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { drawScreen } from './draw-screen.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));
const [file = join(root, 'docs/dashboard.svg'), ...keys] = process.argv.slice(2);
const [columns, rows] = [132, 34];
const directory = mkdtempSync(join(tmpdir(), 'tctl-picture-'));
const { TMUX, NO_COLOR, ...rest } = process.env;
// Nobody's settings are to be seen in it.
const env = {
  ...rest,
  TMUX_TMPDIR: directory,
  XDG_CONFIG_HOME: directory,
  COLORTERM: 'truecolor',
  LANG: 'C.UTF-8',
};
const tmux = (...args) =>
  execFileSync('tmux', ['-L', 'picture', '-f', '/dev/null', ...args], { env, encoding: 'utf8' });

const tctl = join(root, 'node_modules/.bin/tctl');
try {
  const command = `TERM=screen-256color exec '${tctl}' --demo --still --no-mouse`;
  tmux('new-session', '-d', '-x', String(columns), '-y', String(rows), command);
  await shows(/ [1-9]\d* containers[\s\S]*\? Help/);
  for (const key of keys) {
    tmux('send-keys', key);
    await sleep(400);
  }
  writeFileSync(
    file,
    drawScreen(tmux('capture-pane', '-p', '-e', '-N').split('\n').slice(0, rows), columns, 'tctl'),
  );
} finally {
  tmux('kill-server');
  rmSync(directory, { recursive: true, force: true });
}

async function shows(pattern) {
  for (let turn = 0; turn < 200; turn += 1) {
    if (pattern.test(tmux('capture-pane', '-p'))) return;
    await sleep(50);
  }
  throw new Error(`the dashboard does not show ${pattern}:\n${tmux('capture-pane', '-p')}`);
}
