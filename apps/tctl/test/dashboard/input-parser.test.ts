import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { InputEvent } from '../../src/dashboard/terminal/events.ts';
import { InputParser } from '../../src/dashboard/terminal/input-parser.ts';

function parse(bytes: string): readonly InputEvent[] {
  const parser = new InputParser();
  return [...parser.push(Buffer.from(bytes)), ...parser.flush()];
}

const names = (bytes: string) =>
  parse(bytes).map((event) => (event.kind === 'key' ? event.name : event.kind));

describe('keys of a terminal', () => {
  it.each([
    ['a', 'a'],
    ['A', 'A'],
    ['é', 'é'],
    ['日', '日'],
    [' ', 'space'],
    ['\r', 'enter'],
    ['\n', 'enter'],
    ['\t', 'tab'],
    ['\x7f', 'backspace'],
    ['\x03', 'ctrl+c'],
    ['\x1a', 'ctrl+z'],
    ['\x1b', 'escape'],
    ['\x1b[A', 'up'],
    ['\x1bOA', 'up'],
    ['\x1b[1;5C', 'ctrl+right'],
    ['\x1b[1;2A', 'shift+up'],
    ['\x1b[1;3D', 'alt+left'],
    ['\x1b[5~', 'pageup'],
    ['\x1b[3;5~', 'ctrl+delete'],
    ['\x1b[15~', 'f5'],
    ['\x1b[[A', 'f1'],
    ['\x1bOP', 'f1'],
    ['\x1b[24~', 'f12'],
    ['\x1b[Z', 'shift+tab'],
    ['\x1b[97u', 'a'],
    ['\x1b[97;5u', 'ctrl+a'],
    ['\x1b[97;2u', 'A'],
    ['\x1b[27u', 'escape'],
    ['\x1b[13;5u', 'ctrl+enter'],
    ['\x1bx', 'alt+x'],
    ['\x1b[', 'alt+['],
  ])('%j is %s', (bytes, name) => {
    expect(names(bytes)).toEqual([name]);
  });

  it('a key that writes has its text, and others have none', () => {
    expect(parse('é \x1b[A')).toEqual([
      { kind: 'key', name: 'é', text: 'é' },
      { kind: 'key', name: 'space', text: ' ' },
      { kind: 'key', name: 'up', text: '' },
    ]);
  });

  it('says nothing of releases, answers and sequences that it does not know', () => {
    expect(names('\x1b[97;1:3u\x1b[?62;4c\x1b]11;rgb:0/0/0\x07\x1bP1+r\x1b\\\x1b[200;300;1xq')).toEqual([
      'q',
    ]);
  });

  it('an Escape followed by an Escape is two', () => {
    expect(names('\x1b\x1b')).toEqual(['escape', 'escape']);
  });
});

describe('the mouse', () => {
  it.each([
    ['\x1b[<0;10;5M', { action: 'press', button: 'left', column: 9, row: 4, ctrl: false }],
    ['\x1b[<0;10;5m', { action: 'release', button: 'left', column: 9, row: 4, ctrl: false }],
    ['\x1b[<2;1;1M', { action: 'press', button: 'right', column: 0, row: 0, ctrl: false }],
    ['\x1b[<32;3;4M', { action: 'drag', button: 'left', column: 2, row: 3, ctrl: false }],
    ['\x1b[<64;300;200M', { action: 'wheelUp', button: 'none', column: 299, row: 199, ctrl: false }],
    ['\x1b[<65;1;1M', { action: 'wheelDown', button: 'none', column: 0, row: 0, ctrl: false }],
    ['\x1b[<16;1;1M', { action: 'press', button: 'left', column: 0, row: 0, ctrl: true }],
  ])('%j', (bytes, event) => {
    expect(parse(bytes)).toEqual([{ kind: 'mouse', ...event }]);
  });

  it('what is no mouse event is none', () => {
    expect(parse('\x1b[<0;1M\x1b[<M\x1b[<66;1;1M')).toEqual([]);
  });
});

describe('a paste', () => {
  it('is one event, whatever keys are in it', () => {
    expect(parse('\x1b[200~rm -rf\r\x1b[A\x03\x1b[201~x')).toEqual([
      { kind: 'paste', text: 'rm -rf\r\x1b[A\x03' },
      { kind: 'key', name: 'x', text: 'x' },
    ]);
  });

  it('is cut where it would fill the memory', () => {
    const [event] = parse(`\x1b[200~${'x'.repeat(200_000)}\x1b[201~`);
    expect(event?.kind === 'paste' && event.text.length).toBe(65_536);
  });
});

describe('bytes that come in pieces', () => {
  const pieces = fc.array(
    fc.constantFrom(
      'a',
      'é',
      '日',
      '\x1b[A',
      '\x1bOP',
      '\x1b[1;5C',
      '\x1b[<0;3;4M',
      '\x1b[200~p\x1b[201~',
      '\x03',
    ),
    { maxLength: 20 },
  );

  it('mean the same wherever they are cut', () => {
    fc.assert(
      fc.property(pieces, fc.array(fc.nat(80), { maxLength: 6 }), (parts, cuts) => {
        const bytes = Buffer.from(parts.join(''));
        const whole = new InputParser().push(bytes);
        const parser = new InputParser();
        const places = [0, ...cuts.map((cut) => Math.min(cut, bytes.length)), bytes.length].toSorted(
          (a, b) => a - b,
        );
        const events = places
          .slice(1)
          .flatMap((end, index) => parser.push(bytes.subarray(places[index], end)));
        expect(events).toEqual(whole);
      }),
    );
  });

  it('of any kind never break it: the next key is understood', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
        const parser = new InputParser();
        parser.push(bytes);
        parser.flush();
        // What is still open is a paste, an answer, or half a character: they end here.
        parser.push(Buffer.from('  \x1b[201~'));
        parser.flush();
        parser.push(Buffer.from('  '));
        expect(parser.push(Buffer.from('q')).at(-1)).toMatchObject({ kind: 'key', name: 'q' });
      }),
    );
  });
});
