import { describe, expect, it } from 'vitest';
import { compileTemplate } from '../../src/template/evaluate.ts';
import type { Struct } from '../../src/template/values.ts';
import { refusal } from '../support/refusal.ts';

const data: Struct = {
  ID: '0123',
  Names: 'Web',
  Count: 3,
  Share: 0.256,
  Up: true,
  Down: false,
  Nothing: undefined,
  Empty: '',
  Ports: ['80/tcp', '443/tcp'],
  None: [],
  Labels: new Map([
    ['b', '2'],
    ['a.b/c', '1'],
  ]),
  State: { Status: 'running', Pid: 42, Bindings: new Map([['80/tcp', [{ HostPort: '8080' }]]]) },
  Mounts: [
    { Source: '/a', RW: true },
    { Source: '/b', RW: false },
  ],
  Label: (key) => (key === 'b' ? '2' : ''),
  Hostile: 'a\u001b[31mb\u0007\nc\u009b',
};

const fill = (template: string) => compileTemplate(template)(data);

describe('a template', () => {
  it.each([
    ['plain text', 'plain text'],
    ['{{.ID}}', '0123'],
    ['{{ .ID }}-{{.Names}}', '0123-Web'],
    ['{{.State.Status}}', 'running'],
    ['{{.Count}} {{.Share}} {{.Up}}', '3 0.256 true'],
    ['{{.Nothing}}', '<no value>'],
    ['{{.Nothing.Below}}', '<no value>'],
    ['{{.Ports}}', '[80/tcp 443/tcp]'],
    ['{{.Labels}}', 'map[a.b/c:1 b:2]'],
    ['{{.Labels.b}} {{.Labels.c}}', '2 <no value>'],
    ['{{index .Labels "a.b/c"}}', '1'],
    ['{{index .Ports 1}}', '443/tcp'],
    ['{{index .Mounts 0 "Source"}}', '/a'],
    ['{{(index (index .State.Bindings "80/tcp") 0).HostPort}}', '8080'],
    ['{{.Label "b"}}', '2'],
    ['{{json .Ports}}', '["80/tcp","443/tcp"]'],
    ['{{json .Labels}}', '{"b":"2","a.b/c":"1"}'],
    ['{{json .Nothing}}', 'null'],
    ['{{.Ports | json}}', '["80/tcp","443/tcp"]'],
    ['{{join .Ports ", "}}', '80/tcp, 443/tcp'],
    ['{{join .Nothing ","}}', ''],
    ['{{split "a:b" ":"}}', '[a b]'],
    ['{{.Names | lower}} {{upper .Names}} {{.Names | lower | upper}}', 'web WEB WEB'],
    ['{{title "all of it"}}', 'All Of It'],
    ['{{truncate .Names 2}}|{{pad .Names 1 2}}|', 'We| Web  |'],
    ['{{len .Ports}} {{len .Labels}} {{len "äb"}} {{len .Nothing}}', '2 2 3 0'],
    ['{{print .ID 1}}{{println .ID "x"}}', '012310123 x\n'],
    [
      '{{printf "%s=%d %5.2f %q %t %v%%" .ID .Count .Share .Names .Up .Ports}}',
      '0123=3  0.26 "Web" true [80/tcp 443/tcp]%',
    ],
    ['{{printf "%-5s|%5s|%03d" .Names .Names .Count}}', 'Web  |  Web|003'],
    ['{{slice .ID 1 3}} {{slice .Ports 1}}', '12 [443/tcp]'],
    ['{{if .Up}}up{{else}}down{{end}}', 'up'],
    ['{{if .Down}}up{{else}}down{{end}}', 'down'],
    ['{{if .Empty}}a{{else if .Count}}b{{else}}c{{end}}', 'b'],
    ['{{if .None}}a{{else if .Empty}}b{{else}}c{{end}}', 'c'],
    ['{{if and .Up (eq .State.Status "running")}}yes{{end}}', 'yes'],
    ['{{if or .Down .Empty}}yes{{else}}no{{end}}', 'no'],
    ['{{if not .Down}}yes{{end}}', 'yes'],
    ['{{if eq .Names "a" "Web"}}yes{{end}}', 'yes'],
    ['{{if and (gt .Count 2) (le .Count 3) (lt .ID "1") (ge 2 2) (ne 1 2)}}yes{{end}}', 'yes'],
    ['{{with .State}}{{.Pid}} {{$.ID}}{{end}}', '42 0123'],
    ['{{with .None}}a{{else}}b{{end}}', 'b'],
    ['{{range .Ports}}<{{.}}>{{end}}', '<80/tcp><443/tcp>'],
    ['{{range .None}}a{{else}}b{{end}}', 'b'],
    ['{{range $i, $p := .Ports}}{{$i}}={{$p}} {{end}}', '0=80/tcp 1=443/tcp '],
    ['{{range $k, $v := .Labels}}{{$k}}={{$v}} {{end}}', 'a.b/c=1 b=2 '],
    ['{{range .Mounts}}{{if .RW}}{{.Source}}{{end}}{{end}}', '/a'],
    ['{{range .Mounts}}{{.Source}} {{$.ID}} {{end}}', '/a 0123 /b 0123 '],
    ['{{$x := .Names}}{{$x}}{{$x | lower}}', 'Webweb'],
    ['a {{- .ID -}} b', 'a0123b'],
    ['{{/* nothing */}}x', 'x'],
    ['{{"}}"}}{{`{{`}}', '}}{{'],
    ['{{"a\\tb\\n\\"\\u0041"}}', 'a\tb\n"A'],
    ['{{1}} {{-2}} {{true}} {{nil}}', '1 -2 true <no value>'],
    ['{{.Hostile}}', 'a\\u001b[31mb\\u0007\nc\\u009b'],
    ['{{json .Hostile}}', '"a\\u001b[31mb\\u0007\\nc\\u009b"'],
  ])('%s', (template, text) => {
    expect(fill(template)).toBe(text);
  });

  it('as JSON leaves out what is no data', () => {
    expect(Object.keys(JSON.parse(fill('{{json .}}')))).toEqual(
      Object.keys(data).filter((name) => name !== 'Label'),
    );
  });

  it.each([
    ['{{.ID', /\{\{ has no \}\}/],
    ['{{}}', /empty/],
    ['{{.Id}}', /there is no \.Id/, 'Did you mean .ID?'],
    ['{{.State.Statos}}', /there is no \.Statos/, 'Did you mean .Status?'],
    ['{{.Frobnicate}}', /there is no \.Frobnicate/, /There are \.ID /],
    ['{{.constructor}}', /there is no \.constructor/],
    ['{{.__proto__}}', /there is no \.__proto__/],
    ['{{index .State "constructor"}}{{.State.toString}}', /there is no \.toString/],
    ['{{.ID.Below}}', /no object/],
    ['{{jsen .}}', /no function jsen/, 'Did you mean json?'],
    ['{{constructor .}}', /no function constructor/],
    ['{{if .Up}}', /no \{\{end\}\}/],
    ['{{end}}', /closes nothing/],
    ['{{else}}', /closes nothing/],
    ['{{if .Up}}{{else}}{{else}}{{end}}', /no \{\{end\}\}/],
    ['{{if .Up}}{{else with .ID}}{{end}}', /after else comes if/],
    ['{{range .ID}}{{end}}', /goes over lists/],
    ['{{.ID .Names}}', /only a function/],
    ['{{.ID | .Names}}', /leads to a function/],
    ['{{| json}}', /nothing on one side/],
    ['{{(.ID}}', /has no \)/],
    ['{{.ID)}}', /closes nothing/],
    ['{{$x}}', /\$x is not set/],
    ['{{index .Ports 9}}', /no number 9/],
    ['{{index .ID 0}}', /list or a map/],
    ['{{printf "%d" .ID}}', /takes a number/],
    ['{{printf "%s"}}', /has no value/],
    ['{{printf "%z" 1}}', /what is %z/],
    ['{{pad .ID 99999999}}', /takes a number/],
    ['{{"\\q"}}', /no escape/],
    ['{{.ID ! .ID}}', /what is "! \.ID"/],
    [`${'{{if .Up}}'.repeat(200)}${'{{end}}'.repeat(200)}`, /nested too deeply/],
    [`{{${'('.repeat(200)}.ID${')'.repeat(200)}}}`, /nested too deeply/],
  ])('is refused: %s', (template, message, hint: string | RegExp = /./) => {
    const refused = refusal(() => fill(template));
    expect(refused.message).toMatch(message);
    expect(refused.message).toMatch(/^--format: /);
    if (typeof hint === 'string') expect(refused.hint).toBe(hint);
    else expect(refused.hint).toMatch(hint);
  });
});
