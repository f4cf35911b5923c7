/**
 * How a cell looks, as a number: each look has its own, for the life of the program. There are as many as a theme has
 * colours together; nothing of a container can add one, as its escape sequences are shown as text.
 */
export type Style = number;

/** The parameters of SGR (ECMA-48 8.3.117) that are in force, by what they are about. */
type Look = ReadonlyMap<string, string>;

/** What ends what: 22 ends bold (1) and dim (2). */
const ends: Readonly<Record<string, readonly string[]>> = {
  22: ['1', '2'],
  23: ['3'],
  24: ['4'],
  25: ['5'],
  27: ['7'],
  28: ['8'],
  29: ['9'],
  39: ['fore'],
  49: ['back'],
};

const numbers = new Map<string, Style>();
const looks: Look[] = [];
const sequencesOf: string[] = [];
const after = new Map<string, Style>();

export const noStyle: Style = numberOf(new Map());

/** @param codes what stands between `ESC [` and `m` */
export function styleAfter(style: Style, codes: string): Style {
  const question = `${style} ${codes}`;
  let answer = after.get(question);
  if (answer === undefined) {
    answer = numberOf(lookAfter(looks[style] ?? new Map(), codes.split(';')));
    after.set(question, answer);
  }
  return answer;
}

/** What makes a terminal write in this style, whatever it did before. */
export function sequenceOf(style: Style): string {
  return sequencesOf[style] ?? '\x1b[0m';
}

function numberOf(look: Look): Style {
  const codes = ['0', ...[...look.entries()].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, code]) => code)];
  const sequence = `\x1b[${codes.join(';')}m`;
  let style = numbers.get(sequence);
  if (style === undefined) {
    style = looks.length;
    numbers.set(sequence, style);
    looks.push(look);
    sequencesOf.push(sequence);
  }
  return style;
}

function lookAfter(before: Look, codes: readonly string[]): Look {
  const look = new Map(before);
  for (let at = 0; at < codes.length; at += 1) {
    const code = codes[at] ?? '';
    if (code === '' || code === '0') look.clear();
    else if (code in ends) for (const ended of ends[code] ?? []) look.delete(ended);
    else if (code === '38' || code === '48') {
      const length = codes[at + 1] === '2' ? 5 : 3;
      look.set(code === '38' ? 'fore' : 'back', codes.slice(at, at + length).join(';'));
      at += length - 1;
    } else if (/^(?:3|9)\d$/.test(code)) look.set('fore', code);
    else if (/^(?:4|10)\d$/.test(code)) look.set('back', code);
    else look.set(code, code);
  }
  return look;
}
