// A screen of a terminal, as `tmux capture-pane -e` prints it, as an SVG. Dots of braille and blocks are drawn as
// shapes: fonts don't agree on their widths.
const cell = { width: 8.43, height: 18 };
const margin = 14;
const bar = 32;
const ground = '#171a24';
const ink = '#cdd3e4';

export function drawScreen(lines, columns, title) {
  const width = Math.ceil(columns * cell.width + 2 * margin);
  const height = Math.ceil(bar + lines.length * cell.height + margin);
  let style = {};
  const drawn = lines
    .map((line, row) => {
      // What is set at the end of a line holds in the next.
      const { runs, last } = runsOf(line, style);
      style = last;
      return drawRow(runs, row);
    })
    .join('\n');
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" font-family="ui-monospace, 'DejaVu Sans Mono', Menlo, Consolas, monospace" font-size="14" fill="${ink}">
<rect width="100%" height="100%" rx="8" fill="${ground}"/>
<circle cx="18" cy="16" r="5" fill="#f7768e"/><circle cx="36" cy="16" r="5" fill="#e0af68"/><circle cx="54" cy="16" r="5" fill="#9ece6a"/>
<text x="${width / 2}" y="21" text-anchor="middle" fill="#7a88cf">${escapeXml(title)}</text>
${drawn}
</svg>
`;
}

/** Stretches of one style: { text, column, fore, back, bold, dim }. */
function runsOf(line, before) {
  const runs = [];
  let style = before;
  let column = 0;
  // biome-ignore lint/suspicious/noControlCharactersInRegex: an escape sequence starts with one
  for (const part of line.split(/(\x1b\[[\d;]*m)/)) {
    if (part.startsWith('\x1b')) style = styled(style, part.slice(2, -1).split(';').map(Number));
    else if (part !== '') {
      runs.push({ text: part, column, ...style });
      column += [...part].length;
    }
  }
  return { runs, last: style };
}

function styled(before, codes) {
  let style = before;
  for (let at = 0; at < codes.length; at += 1) {
    const code = codes[at];
    if (code === 0) style = {};
    else if (code === 1) style = { ...style, bold: true };
    else if (code === 2) style = { ...style, dim: true };
    else if (code === 22) style = { ...style, bold: false, dim: false };
    else if (code === 39) style = { ...style, fore: undefined };
    else if (code === 49) style = { ...style, back: undefined };
    else if ((code === 38 || code === 48) && codes[at + 1] === 2) {
      const colour = `#${codes
        .slice(at + 2, at + 5)
        .map((each) => each.toString(16).padStart(2, '0'))
        .join('')}`;
      style = { ...style, [code === 38 ? 'fore' : 'back']: colour };
      at += 4;
    }
  }
  return style;
}

function drawRow(runs, row) {
  const top = bar + row * cell.height;
  return runs
    .flatMap(({ text, column, fore = ink, back, bold, dim }) => {
      const left = margin + column * cell.width;
      const wide = [...text].length * cell.width;
      const parts = [];
      if (back !== undefined) parts.push(rectangle(left, top, wide + 0.3, cell.height + 0.3, back));
      const shapes = [...text].map((each, at) => shapeOf(each, left + at * cell.width, top)).join('');
      if (shapes !== '') parts.push(`<path fill="${fore}"${dim ? ' opacity="0.55"' : ''} d="${shapes}"/>`);
      const style = `${bold ? ' font-weight="bold"' : ''}${dim ? ' opacity="0.55"' : ''}`;
      const words = [...text].map((each) => (isShape(each) ? ' ' : each)).join('');
      for (const word of words.matchAll(/\S+(?: \S+)*/g)) {
        const begin = left + word.index * cell.width;
        const length = (word[0].length * cell.width).toFixed(1);
        parts.push(
          `<text x="${begin.toFixed(1)}" y="${(top + 13.5).toFixed(1)}" fill="${fore}"${style} textLength="${length}" lengthAdjust="spacingAndGlyphs" xml:space="preserve">${escapeXml(word[0])}</text>`,
        );
      }
      return parts;
    })
    .join('');
}

const isShape = (character) => /[\u2800-\u28ff\u2581-\u258f█░]/.test(character);

/** The dots of braille, by their bits: Unicode 16, chapter 21.1. */
const dots = [
  [0, 0],
  [0, 1],
  [0, 2],
  [1, 0],
  [1, 1],
  [1, 2],
  [0, 3],
  [1, 3],
];

function shapeOf(character, left, top) {
  const code = character.codePointAt(0);
  if (code >= 0x2800 && code <= 0x28ff)
    return dots
      .map(([x, y], bit) =>
        code & (1 << bit) ? box(left + 0.4 + x * 4.2, top + 0.6 + y * 4.5, 3.4, 3.6) : '',
      )
      .join('');
  if (code >= 0x2581 && code <= 0x2588) {
    const part = ((code - 0x2580) / 8) * (cell.height - 4);
    return box(left, top + cell.height - 2 - part, cell.width, part);
  }
  if (code >= 0x2589 && code <= 0x258f)
    return box(left, top + 2, (cell.width * (0x2590 - code)) / 8, cell.height - 4);
  if (character === '░') return box(left, top + 8, cell.width, 2);
  return '';
}

function box(x, y, width, height) {
  return `M${x.toFixed(1)} ${y.toFixed(1)}h${width.toFixed(1)}v${height.toFixed(1)}h${(-width).toFixed(1)}z`;
}

function rectangle(x, y, width, height, fill) {
  return `<rect x="${x.toFixed(1)}" y="${y.toFixed(1)}" width="${width.toFixed(1)}" height="${height.toFixed(1)}" fill="${fill}"/>`;
}

function escapeXml(text) {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;');
}
