/** The table of keys in docs/dashboard.md, from the key map: node --conditions=tc-source tools/dashboard-keys.ts */
import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { helpGroups } from '../apps/tctl/src/dashboard/dialogs/help-lines.ts';
import { Bindings, keyTitle } from '../apps/tctl/src/dashboard/keys/bindings.ts';
import { type CommandName, keyMap } from '../apps/tctl/src/dashboard/keys/key-map.ts';

export const page = fileURLToPath(new URL('../docs/dashboard.md', import.meta.url));
const [begin, end] = ['<!-- keys: made by tools/dashboard-keys.ts -->', '<!-- end of keys -->'];

/** One table a group; the name in the last column is what the configuration file calls it. */
export function keyTables(): string {
  const groups = helpGroups(new Bindings(), { isReadOnly: false, isReplay: true });
  return groups
    .map(({ title, entries }) => {
      const rows = entries.map(({ command, about }) => `| ${keysOf(command)} | ${about} | \`${command}\` |`);
      return `### ${title}\n\n| key | what | name |\n| --- | --- | --- |\n${rows.join('\n')}\n`;
    })
    .join('\n');
}

function keysOf(command: CommandName): string {
  return keyMap[command].keys.map((key) => code(keyTitle(key))).join(' ');
}

/** A bar would end the cell, and a backtick the code. */
function code(title: string): string {
  return title === '`' ? '`` ` ``' : `\`${title.replace('|', '\\|')}\``;
}

export function withKeyTables(text: string): string {
  const from = text.indexOf(begin);
  const to = text.indexOf(end);
  if (from === -1 || to === -1) throw new Error(`${page} has no place for the keys`);
  return `${text.slice(0, from)}${begin}\n\n${keyTables()}\n${text.slice(to)}`;
}

if (process.argv[1] === fileURLToPath(import.meta.url))
  writeFileSync(page, withKeyTables(readFileSync(page, 'utf8')));
