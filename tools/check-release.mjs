#!/usr/bin/env node
// Checks what a release needs and nobody sees while writing code: one version for all packages, an entry for it in each
// CHANGELOG.md, a manifest that can be published, and changesets that changesets can read. It asks neither git nor npm.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const root = process.argv[2] ?? join(import.meta.dirname, '..');
const problems = [];

const packages = ['packages', 'apps'].flatMap((parent) =>
  readdirSync(join(root, parent)).map((name) => checkPackage(`${parent}/${name}`)),
);
const versions = new Set(packages.map(({ version }) => version));
if (versions.size !== 1) problems.push(`packages have different versions: ${[...versions].join(', ')}`);
for (const name of readdirSync(join(root, '.changeset'))) {
  if (name.endsWith('.md') && name !== 'README.md') checkChangeset(`.changeset/${name}`);
}
if (problems.length > 0) {
  console.error(problems.join('\n'));
  process.exit(1);
}

function checkPackage(directory) {
  const manifest = JSON.parse(read(`${directory}/package.json`));
  const { name, version, publishConfig = {}, files = [], license, engines } = manifest;
  const complain = (problem) => problems.push(`${directory}/package.json: ${problem}`);
  if (manifest.private) complain('it is private');
  if (publishConfig.access !== 'public' || publishConfig.provenance !== true)
    complain('publishConfig says access public and provenance true');
  if (!license || !engines?.node) complain('it has a license and engines.node');
  if (!files.includes('CHANGELOG.md')) complain('files has CHANGELOG.md');
  if (!/^0\.\d+\.\d+$/.test(version)) complain(`${version} is no version 0.x`);
  for (const file of ['README.md', 'CHANGELOG.md']) {
    if (!existsSync(join(root, directory, file))) problems.push(`${directory}/${file}: it is missing`);
    else if (file === 'CHANGELOG.md' && !read(`${directory}/${file}`).includes(`\n## ${version}\n`))
      problems.push(`${directory}/${file}: it has no entry for ${version}`);
  }
  // The same exports, without the condition that leads to sources.
  const published = Object.fromEntries(
    Object.entries(manifest.exports ?? {}).map(([path, conditions]) => {
      const { 'tc-source': _, ...rest } = conditions;
      return [path, rest];
    }),
  );
  if (JSON.stringify(published) !== JSON.stringify(publishConfig.exports ?? {}))
    complain('publishConfig.exports is exports without tc-source');
  return { name, version };
}

/** Front matter with the packages that change, then what changes for who uses them. */
function checkChangeset(file) {
  const match = /^---\n((?:(?:'[^']+'|"[^"]+"): (?:minor|patch)\n)+)---\n+\S/.exec(read(file));
  if (match === null) {
    problems.push(`${file}: it has no line such as "@tc/core": minor, or says nothing (0.x has no major)`);
    return;
  }
  for (const [, name] of match[1].matchAll(/^['"]([^'"]+)/gm)) {
    if (!packages.some((each) => each.name === name)) problems.push(`${file}: there is no package ${name}`);
  }
}

function read(file) {
  return readFileSync(join(root, file), 'utf8');
}
