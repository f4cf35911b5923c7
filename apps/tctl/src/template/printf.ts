/** What printf of Go's templates is used for: %s %v %d %f %q %t %x %%, with a width and a precision. */
import { TemplateError } from './template-error.ts';
import { textOf, type Value } from './values.ts';

const directive = /%(?<flags>[-+0 #]*)(?<width>\d{1,4})?(?:\.(?<precision>\d{1,2}))?(?<verb>[a-zA-Z%])/g;

/** @throws TemplateError */
export function formatText(format: string, values: readonly Value[]): string {
  let next = 0;
  return format.replaceAll(directive, (...match) => {
    const groups = match.at(-1) as Readonly<Record<string, string | undefined>>;
    const { flags = '', width = '0', precision, verb = '' } = groups;
    if (verb === '%') return '%';
    if (next >= values.length) throw new TemplateError(`printf: %${verb} has no value`);
    const value = values[next];
    next += 1;
    const text = converted(verb, value, precision === undefined ? undefined : Number(precision));
    if (flags.includes('-')) return text.padEnd(Number(width));
    return text.padStart(Number(width), flags.includes('0') ? '0' : ' ');
  });
}

function converted(verb: string, value: Value, precision: number | undefined): string {
  switch (verb) {
    case 's':
    case 'v':
      return textOf(value).slice(0, precision);
    case 'q':
      return JSON.stringify(textOf(value));
    case 't':
      return String(Boolean(value));
    case 'd':
      return String(Math.trunc(numberOf(verb, value)));
    case 'f':
      return numberOf(verb, value).toFixed(precision ?? 6);
    case 'x':
      return typeof value === 'number' ? value.toString(16) : Buffer.from(textOf(value)).toString('hex');
    default:
      throw new TemplateError(`printf: what is %${verb}?`, 'There are %s %v %d %f %q %t %x and %%.');
  }
}

function numberOf(verb: string, value: Value): number {
  if (typeof value === 'number') return value;
  throw new TemplateError(
    `printf: %${verb} takes a number, not ${JSON.stringify(textOf(value)).slice(0, 40)}`,
  );
}
