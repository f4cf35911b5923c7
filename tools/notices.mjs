// Licences ask that their text goes along with the code. A bundle has none: this collects them from the packages that
// its parts came from.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/**
 * @param {Iterable<string>} files that were bundled
 * @returns {string} name, version and licence of each package among them that is not ours
 */
export function notices(files) {
  const packages = new Map();
  for (const file of files) {
    const [, directory] = /^(.*\/node_modules\/(?:@[^/]+\/)?[^/]+)\//.exec(file) ?? [];
    if (directory === undefined) continue;
    const { name, version, license, author } = JSON.parse(
      readFileSync(join(directory, 'package.json'), 'utf8'),
    );
    const by = author?.name ?? author;
    const title = `${name} ${version}: ${license}${by === undefined ? '' : `, ${by}`}`;
    packages.set(`${name} ${version}`, notice(directory, title));
  }
  const sorted = [...packages].sort(([one], [other]) => (one < other ? -1 : 1));
  return sorted.map(([, text]) => text).join('\n');
}

function notice(directory, title) {
  const file = readdirSync(directory).find((name) => /^(licen[cs]e|copying)/i.test(name));
  if (file === undefined) return `${title}\n`;
  return `${title}\n\n${readFileSync(join(directory, file), 'utf8').trim()}\n`;
}
