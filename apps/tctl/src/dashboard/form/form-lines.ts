import { printable } from '../../cli/printable.ts';
import { widthOf } from '../../cli/width.ts';
import { fit } from '../text/fit.ts';
import type { Theme } from '../theme/theme.ts';
import { fieldLine } from './field-line.ts';
import { type FieldSpec, type Form, problemOf, valuesOf } from './form.ts';
import { lineOf } from './line-text.ts';
import { wrapWords } from './wrap.ts';

export interface FormSize {
  readonly width: number;
  /** At most so many. */
  readonly rows: number;
}

/** The fields, one below the other; below the one that one is in, what it is for, or what is wrong with it. */
export function formLines(form: Form, size: FormSize, theme: Theme): readonly string[] {
  const { width, rows } = size;
  const lines = shownBlocks(form, size, theme)
    .flatMap(({ lines }) => lines)
    .slice(0, rows);
  // Always as many, if that can be: nothing jumps while one types.
  const wanted = Math.min(rows, form.fields.length + explained);
  return [...lines, ...Array.from({ length: Math.max(0, wanted - lines.length) }, () => ' '.repeat(width))];
}

const explained = 3;

/** The field whose lines one of them is. */
export function fieldAt(form: Form, size: FormSize, theme: Theme, row: number): number | undefined {
  let below = row;
  for (const { index, lines } of shownBlocks(form, size, theme)) {
    if (below < lines.length) return index;
    below -= lines.length;
  }
  return undefined;
}

interface Block {
  /** Of its field. */
  readonly index: number;
  readonly lines: readonly string[];
}

function shownBlocks(form: Form, { width, rows }: FormSize, theme: Theme): readonly Block[] {
  const labelWidth = Math.max(...form.fields.map(({ label }) => label.length)) + 2;
  const blocks = form.fields.map((field, index) => ({
    index,
    lines: fieldBlock(form, field, index, { labelWidth, width, theme }),
  }));
  return around(blocks, form.at, rows);
}

interface BlockLook {
  readonly labelWidth: number;
  readonly width: number;
  readonly theme: Theme;
}

function fieldBlock(form: Form, field: FieldSpec, index: number, look: BlockLook): string[] {
  const { labelWidth, width, theme } = look;
  const { pens } = theme;
  const isActive = index === form.at;
  const isShown = form.touched.has(field.name);
  const problem = isShown ? problemOf(form, field) : undefined;
  const line = form.lines[field.name] ?? lineOf('');
  const label = fit(field.label, labelWidth);
  const room = Math.max(8, width - labelWidth - 2);
  const drawn =
    field.choices === undefined
      ? fieldLine(
          line,
          { width: room, isActive, isBad: problem !== undefined, placeholder: field.placeholder ?? '' },
          theme,
        )
      : choiceLine(line.text, isActive, room, theme);
  const mark = problem === undefined ? '  ' : pens.bad('! ');
  const first = `${mark}${isActive ? pens.accent(pens.bold(label)) : pens.dim(label)}${drawn}`;
  if (!isActive) return problem === undefined ? [first] : [first, below(problem.text, pens.bad, look)];
  return [first, ...explanation(form, field, problem, look)];
}

/** Two lines below the field that one is in, or three. */
function explanation(
  form: Form,
  field: FieldSpec,
  problem: ReturnType<typeof problemOf>,
  look: BlockLook,
): string[] {
  const { pens } = look.theme;
  if (form.offers.length > 0)
    return twoLines(offersText(form.offers, 2 * roomBelow(look)), pens.accent, look);
  if (problem !== undefined)
    return [below(problem.text, pens.bad, look), ...twoLines(problem.hint ?? '', pens.dim, look)];
  const { text } = form.lines[field.name] ?? lineOf('');
  const note = field.note?.(text, valuesOf(form));
  return note === undefined ? twoLines(field.about, pens.dim, look) : twoLines(note, pens.warn, look);
}

function roomBelow({ width, labelWidth }: BlockLook): number {
  return Math.max(8, width - labelWidth - 2);
}

function below(text: string, pen: (text: string) => string, look: BlockLook): string {
  return ' '.repeat(look.labelWidth + 2) + pen(fit(printable(text), roomBelow(look)));
}

function twoLines(text: string, pen: (text: string) => string, look: BlockLook): string[] {
  const [first = '', ...rest] = wrapWords(printable(text), roomBelow(look));
  return [below(first, pen, look), below(rest.join(' '), pen, look)];
}

/** What they begin with alike is known: paths are shown by their last part. */
function offersText(offers: readonly string[], room: number): string {
  const names = offers.map((offer) => /[^/]*\/?$/.exec(offer)?.[0] || offer);
  let text = '';
  for (const [index, name] of names.entries()) {
    const next = text === '' ? name : `${text}  ${name}`;
    const more = ` … ${names.length - index} more`;
    if (widthOf(next) + widthOf(more) > room) return text + more;
    text = next;
  }
  return text;
}

function choiceLine(text: string, isActive: boolean, width: number, { pens }: Theme): string {
  if (!isActive) return fit(text, width);
  const shown = `← ${text} →`;
  return pens.selected(shown) + ' '.repeat(Math.max(0, width - widthOf(shown)));
}

/** As many whole blocks as there is room for, with the one in question. */
function around(blocks: readonly Block[], at: number, rows: number): readonly Block[] {
  let [begin, end] = [at, at + 1];
  let used = blocks[at]?.lines.length ?? 0;
  for (let grows = true; grows; ) {
    grows = false;
    const [above, beneath] = [blocks[begin - 1], blocks[end]];
    if (beneath !== undefined && used + beneath.lines.length <= rows) {
      [end, used, grows] = [end + 1, used + beneath.lines.length, true];
    }
    if (above !== undefined && used + above.lines.length <= rows) {
      [begin, used, grows] = [begin - 1, used + above.lines.length, true];
    }
  }
  return blocks.slice(begin, end);
}
