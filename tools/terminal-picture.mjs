#!/usr/bin/env node
// Draws what a command printed as an SVG of a terminal: node tools/terminal-picture.mjs TITLE < output > picture.svg
import { readFileSync } from 'node:fs';

const title = process.argv[2] ?? '';
const lines = readFileSync(0, 'utf8').trimEnd().split('\n');
const [charWidth, lineHeight, margin, bar] = [8.43, 19, 16, 34];
const width = Math.ceil(Math.max(...lines.map((line) => plain(line).length)) * charWidth + 2 * margin);
const height = bar + lines.length * lineHeight + margin;

const rows = lines.map((line, index) => {
  const bold = line.startsWith('\x1b[1m') ? ' font-weight="bold" fill="#7fd1ff"' : '';
  const prompt = line.startsWith('$ ') ? ' fill="#9ece6a"' : '';
  const y = bar + (index + 1) * lineHeight - 5;
  return `<text x="${margin}" y="${y}" xml:space="preserve"${bold}${prompt}>${escapeXml(plain(line))}</text>`;
});
process.stdout.write(`<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" font-family="ui-monospace, Menlo, Consolas, monospace" font-size="14" fill="#c8d0e0">
<rect width="100%" height="100%" rx="8" fill="#1a1b26"/>
<circle cx="18" cy="17" r="5" fill="#f7768e"/><circle cx="36" cy="17" r="5" fill="#e0af68"/><circle cx="54" cy="17" r="5" fill="#9ece6a"/>
<text x="${width / 2}" y="22" text-anchor="middle" fill="#7a88cf">${escapeXml(title)}</text>
${rows.join('\n')}
</svg>
`);

function plain(line) {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: an escape sequence starts with one
  return line.replaceAll(/\x1b\[[\d;]*m/g, '');
}

function escapeXml(text) {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;');
}
