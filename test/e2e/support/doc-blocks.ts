/**
 * The code of a page of documentation, and what is said about it in comments that no reader sees, directly before it:
 *
 *     <!-- not run: needs a terminal -->   it can't run here; the reason is printed
 *     <!-- first: CODE -->                 what it needs and would distract, in the same language
 *     <!-- before: COMMANDS -->            the same, as a script of the shell, which runs before it
 *     <!-- exit code 137 -->               it is to end with that
 *     <!-- as an ordinary user -->         who runs it; otherwise root does
 *
 * A block of `text` that follows one of code is its output.
 */

export interface DocBlock {
  readonly page: string;
  /** Of its first line of code, from 1. */
  readonly line: number;
  readonly language: string;
  readonly code: string;
  readonly first: string;
  readonly before: string;
  readonly output: string | undefined;
  readonly notRun: string | undefined;
  readonly exitCode: number;
  readonly isOrdinaryUser: boolean;
}

/** What is marked as JavaScript is checked and run as TypeScript, too. */
export const isTypeScript = ({ language }: Pick<DocBlock, 'language'>): boolean =>
  ['ts', 'js'].includes(language);

/** What a reader can run. */
export const isRunnable = (block: DocBlock): boolean =>
  block.notRun === undefined && (block.language === 'sh' || isTypeScript(block));

interface Remarks {
  first: string;
  before: string;
  notRun: string | undefined;
  exitCode: number;
  isOrdinaryUser: boolean;
}

const newRemarks = (): Remarks => ({
  first: '',
  before: '',
  notRun: undefined,
  exitCode: 0,
  isOrdinaryUser: false,
});

/** @param page as it is to be named @param text its Markdown */
export function blocksOf(page: string, text: string): DocBlock[] {
  const blocks: DocBlock[] = [];
  let remarks = newRemarks();
  let previous: DocBlock | undefined;
  const pattern =
    /^<!--(?<comment>.*?)-->$|^```(?<language>\S*)[^\n]*\n(?<code>.*?)^```$|^(?<other>[^\n]*\S[^\n]*)$/gms;
  for (const { index, groups = {} } of text.matchAll(new RegExp(pattern))) {
    const { comment, language, code } = groups;
    if (comment !== undefined) {
      readRemark(comment.trim(), remarks, page);
    } else if (code === undefined) {
      [remarks, previous] = [newRemarks(), undefined]; // something else stands between
    } else if (language === 'text' && previous !== undefined) {
      blocks[blocks.length - 1] = { ...previous, output: code };
      [remarks, previous] = [newRemarks(), undefined];
    } else {
      const line = text.slice(0, index).split('\n').length + 1;
      previous = { page, line, language: language ?? '', code, output: undefined, ...remarks };
      blocks.push(previous);
      remarks = newRemarks();
    }
  }
  return blocks;
}

function readRemark(comment: string, remarks: Remarks, page: string): void {
  const [, name = '', value = ''] = /^(not run|first|before): *(.*)$/s.exec(comment) ?? [];
  const code = /^exit code (\d+)$/.exec(comment)?.[1];
  if (name === 'not run') remarks.notRun = value.replaceAll(/\s+/g, ' ');
  else if (name === 'first') remarks.first = `${value}\n`;
  else if (name === 'before') remarks.before = value;
  else if (code !== undefined) remarks.exitCode = Number(code);
  else if (comment === 'as an ordinary user') remarks.isOrdinaryUser = true;
  else if (!/made by tools\/|^end of /i.test(comment))
    throw new Error(`${page}: a comment that means nothing: ${comment}`);
}
