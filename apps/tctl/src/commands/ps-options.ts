/** What of ps(1) `tctl top CONTAINER` takes, as `docker top` does: text to columns. */
import { UsageError } from '../cli/usage-error.ts';
import { columnAliases, type ProcessColumn, processColumns } from '../table/process-columns.ts';

export interface ChosenColumn {
  readonly column: ProcessColumn;
  readonly heading: string;
}

export interface PsOptions {
  /** `-o`, as often as it is there. */
  readonly columns?: readonly string[] | undefined;
  readonly full?: boolean | undefined;
  /** `aux`, or columns, as in podman. */
  readonly words: readonly string[];
}

/** ps -ef */
const ofFull = 'uid=UID pid ppid c stime tty time args=CMD'.split(' ');
/** ps aux */
const ofUser = 'user pid pcpu pmem vsz rss tty stat stime=START time args'.split(' ');
/** ps ax */
const ofAll = 'pid tty stat time args'.split(' ');

/** @returns undefined where nothing is asked for @throws UsageError */
export function chosenColumns({ columns = [], full = false, words }: PsOptions): ChosenColumn[] | undefined {
  const [word] = words;
  // Of BSD's options all are listed anyway; `w` is how wide.
  const isBsd = words.length === 1 && word !== undefined && /^[auxw]+$/.test(word);
  const named = isBsd ? [] : words.flatMap((each) => each.split(','));
  const asked = [...columns.flatMap(listOf), ...named];
  if (asked.length > 0) return asked.map(columnOf);
  if (isBsd) return (word.includes('u') ? ofUser : ofAll).map(columnOf);
  return full ? ofFull.map(columnOf) : undefined;
}

/** `pid,user`, or `pid user`; a heading, of the last one, goes to the end: ps(1). */
function listOf(text: string): string[] {
  const equals = text.indexOf('=');
  const names = (equals === -1 ? text : text.slice(0, equals)).split(/[\s,]+/).filter((each) => each !== '');
  if (equals === -1) return names;
  return [...names.slice(0, -1), `${names.at(-1) ?? ''}${text.slice(equals)}`];
}

function columnOf(text: string): ChosenColumn {
  const [, name = '', heading] = /^([^=]*)(?:=(.*))?$/s.exec(text) ?? [];
  const key = name.toLowerCase();
  const column = Object.hasOwn(columnAliases, key) ? columnAliases[key] : key;
  if (column !== undefined && isColumn(column))
    return { column, heading: heading ?? processColumns[column].heading };
  throw new UsageError(
    `there is no column ${JSON.stringify(name)}`,
    `The columns are ${Object.keys(processColumns).join(', ')}.`,
  );
}

const isColumn = (name: string): name is ProcessColumn => Object.hasOwn(processColumns, name);
