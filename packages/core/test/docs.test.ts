/** `docs/core.md` is complete: every public name, member, option and field has its place there. */
import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { errorSections } from '../../linux/src/error-codes/index.ts';
import { compileLaunch } from '../src/launch/compile.ts';
import { filterOf } from '../src/security/seccomp/filter.ts';
import { makeSpec, terminal } from './launch/specs.ts';

const root = fileURLToPath(new URL('../../..', import.meta.url));
/** Without its examples: they explain nothing. */
const page = readFileSync(join(root, 'docs/core.md'), 'utf8').replaceAll(/^```.*?^```$/gms, '');
const index = join(root, 'packages/core/src/index.ts');

interface PublicName {
  /** As it is exported, and as its own file calls it. */
  readonly name: string;
  readonly localName: string;
  readonly path: string;
}

/** What index.ts exports, from its own text: one statement a module. */
const publicNames: readonly PublicName[] = [
  ...readFileSync(index, 'utf8').matchAll(/^export (?:type )?\{([^}]*)\} from '([^']+)';/gms),
].flatMap(([, names = '', from = '']) =>
  names
    .split(',')
    .map((each) => each.trim().replace(/^type /, ''))
    .filter((each) => each !== '')
    .map((each) => {
      const [localName = '', name = localName] = each.split(' as ');
      const path = from.startsWith('.') ? join(dirname(index), from) : '';
      return { name, localName, path };
    }),
);

/** The members of an interface or a class, by the indentation that the formatter gives them. */
function membersOf({ localName, path }: PublicName): string[] {
  if (path === '') return [];
  const source = readFileSync(path, 'utf8');
  const declared = new RegExp(`^export (?:interface|class) ${localName}\\b[^{]*\\{\\n(.*?)^\\}`, 'ms');
  // `extends Pick<…> {` has no brace before its own.
  const body = declared.exec(source)?.[1] ?? '';
  const member = /^ {2}(?:static |readonly |async |get |set )*([a-zA-Z]\w*)\??(?:<[^(]*>)?[:(]/gm;
  const names = [...body.matchAll(member)].map(([, name = '']) => name);
  return [...new Set(names)].filter((name) => name !== 'constructor');
}

/** Everything in backticks, with the words in it. */
const words = (text: string): ReadonlySet<string> =>
  new Set([...text.matchAll(/`([^`\n]+)`/g)].flatMap(([, code = '']) => code.split(/\W+/)));

/** The sections that name it in backticks. */
function placesOf(name: string): string {
  const sections = page.split(/^(?=#{2,3} )/m);
  return sections.filter((section) => new RegExp(`\`${name}\\b`).test(section)).join('\n');
}

/** What a program is made of is to be looked at, and may change. */
const opaque = ['LaunchProgram', 'Step'];

describe('docs/core.md', () => {
  const known = words(page);

  it('knows every public name', () => {
    expect(publicNames.length).toBeGreaterThan(50);
    expect(publicNames.map(({ name }) => name).filter((name) => !known.has(name))).toEqual([]);
  });

  it.each(publicNames.filter((each) => !opaque.includes(each.name) && membersOf(each).length > 0))(
    'has all members of $name where it speaks of it',
    (each) => {
      const there = words(placesOf(each.name));
      expect(membersOf(each).filter((member) => !there.has(member))).toEqual([]);
    },
  );

  it('finds the members, also where others are inherited', () => {
    const find = (name: string) => publicNames.find((each) => each.name === name) ?? expect.unreachable();
    expect(membersOf(find('RunOptions'))).toEqual(
      expect.arrayContaining(['rootfs', 'cgroupParent', 'reject']),
    );
    expect(membersOf(find('ExecOptions'))).toEqual(['env', 'capabilities']);
    expect(membersOf(find('Container'))).toEqual(expect.arrayContaining(['id', 'list', 'exec', 'files']));
    expect(membersOf(find('FileReadOptions'))).toEqual(['maxBytes']);
  });
});

describe('the links in docs/core.md', () => {
  /** As GitHub makes them of headings. */
  const anchors = [...page.matchAll(/^#+ (.+)$/gm)].map(([, heading = '']) =>
    heading
      .toLowerCase()
      .replaceAll(/[^\w\s-]/g, '')
      .replaceAll(' ', '-'),
  );

  it('lead to sections that are there', () => {
    const links = [...page.matchAll(/\]\(#([^)]+)\)/g)].map(([, anchor = '']) => anchor);
    expect(links.length).toBeGreaterThan(20);
    expect(links.filter((anchor) => !anchors.includes(anchor))).toEqual([]);
  });
});

describe('the errors that docs/core.md speaks of', () => {
  const codes = Object.values(errorSections).flatMap((each) => Object.keys(each));
  const isConstant = (code: string) => /^(CAP|NET|AF|SCMP|SECCOMP_FILTER|TCTL|XDG)_/.test(code);

  it('are there', () => {
    const spoken = [...page.matchAll(/\b[A-Z]+(?:_[A-Z]+)+\b/g)].map(([code]) => code);
    expect(spoken.filter((code) => !codes.includes(code) && !isConstant(code))).toEqual([]);
  });
});

describe('what docs/core.md has a filter of one’s own allow', () => {
  it('is what a start calls once it is on', () => {
    const process = { seccomp: filterOf('default', []) };
    const { steps } = compileLaunch(makeSpec({ init: true, terminal, process }));
    const calls = steps.flatMap((step) => (step.op === 'call' ? [step] : []));
    const on = calls.findIndex(({ call }) => call === 'seccomp');
    const end = calls.findIndex(({ what }) => what === 'end the failed start');
    const [, spoken = ''] = /profile of one's own has to allow ([^.]*)\./.exec(page) ?? [];
    const said = [...words(spoken)].filter((word) => word !== 'init');
    expect(said.toSorted()).toEqual(
      [...new Set(calls.slice(on + 1, end + 1).map(({ call }) => call))].toSorted(),
    );
  });
});
