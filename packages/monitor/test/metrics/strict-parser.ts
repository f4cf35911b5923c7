/**
 * Reads OpenMetrics 1.0 as its ABNF and its MUSTs have it, and refuses everything else:
 * https://github.com/prometheus/OpenMetrics/blob/v1.0.0/specification/OpenMetrics.md
 */
export interface ParsedFamily {
  readonly name: string;
  type: string;
  unit: string | undefined;
  help: string | undefined;
  readonly samples: ParsedSample[];
}

export interface ParsedSample {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

const metricName = /^[a-zA-Z_:][a-zA-Z0-9_:]*$/;
const realNumber =
  /^[+-]?(?:\d+(?:\.\d*)?(?:[eE][+-]?\d+)?|\.\d+(?:[eE][+-]?\d+)?|[Ii]nf(?:inity)?|[Nn]a[Nn])$/;
const types = ['counter', 'gauge', 'histogram', 'gaugehistogram', 'stateset', 'info', 'summary', 'unknown'];
/** Of a sample's name, after its family's. */
const suffixes: Readonly<Record<string, readonly string[]>> = {
  counter: ['_total', '_created'],
  gauge: [''],
  unknown: [''],
};

export function parseOpenMetrics(text: string): Map<string, ParsedFamily> {
  const families = new Map<string, ParsedFamily>();
  const lines = text.split('\n');
  check(lines.pop() === '', 'ends with a line feed');
  check(lines.pop() === '# EOF', 'ends with # EOF');
  let current: ParsedFamily | undefined;
  const seen = new Set<string>();
  for (const line of lines) {
    check(line !== '', 'has no empty lines', line);
    if (line.startsWith('#')) {
      const [, keyword = '', name = '', rest = ''] = /^# (TYPE|UNIT|HELP) (\S+) (.*)$/.exec(line) ?? [];
      check(metricName.test(name), 'has only TYPE, UNIT and HELP of metrics', line);
      if (current?.name !== name) {
        check(!families.has(name), 'keeps a family together', line);
        current = { name, type: 'unknown', unit: undefined, help: undefined, samples: [] };
        families.set(name, current);
      }
      check(current.samples.length === 0, 'says what a family is before its samples', line);
      check(!seen.has(`${keyword} ${name}`), 'says so once', line);
      seen.add(`${keyword} ${name}`);
      if (keyword === 'TYPE') {
        check(types.includes(rest), 'has a type that there is', line);
        current.type = rest;
      } else if (keyword === 'UNIT') {
        check(/^[a-zA-Z0-9_:]+$/.test(rest) && name.endsWith(`_${rest}`), 'has its unit in its name', line);
        current.unit = rest;
      } else {
        check(!/\\(?![\\n"])/.test(rest), 'escapes help', line);
        current.help = rest;
      }
      continue;
    }
    const sample = parseSample(line);
    check(current !== undefined, 'has its family before a sample', line);
    const allowed = (suffixes[current.type] ?? []).map((suffix) => `${current?.name}${suffix}`);
    check(allowed.includes(sample.name), `is a sample of ${current.name}, a ${current.type}`, line);
    if (current.type === 'counter') check(sample.value >= 0, 'counts from 0', line);
    const key = `${sample.name} ${JSON.stringify(Object.entries(sample.labels).sort())}`;
    check(!seen.has(key), 'has no duplicates', line);
    seen.add(key);
    current.samples.push(sample);
  }
  for (const { name, type } of families.values()) {
    if (type !== 'counter') check(!name.endsWith('_total'), 'leaves _total to counters', name);
    for (const suffix of ['_total', '_created', '_sum', '_count', '_bucket', '_info'])
      check(!families.has(`${name}${suffix}`), 'has no name that a sample of another family has', name);
  }
  return families;
}

/** `name{label="value",...} number`. No time and no exemplar: there are none. */
function parseSample(line: string): ParsedSample {
  const name = /^[a-zA-Z_:][a-zA-Z0-9_:]*/.exec(line)?.[0] ?? '';
  check(name !== '', 'begins with a name', line);
  const labels: Record<string, string> = {};
  let at = name.length;
  if (line[at] === '{') {
    at += 1;
    while (line[at] !== '}') {
      const [whole = '', label = '', value = ''] =
        /^([a-zA-Z_][a-zA-Z0-9_]*)="((?:[^"\\\n]|\\["\\n])*)"/.exec(line.slice(at)) ?? [];
      check(whole !== '' && !Object.hasOwn(labels, label), 'has labels, each once', line);
      labels[label] = value.replace(/\\(.)/g, (_, each: string) => (each === 'n' ? '\n' : each));
      at += whole.length;
      if (line[at] === ',') {
        at += 1;
        check(line[at] !== '}', 'has no comma at the end', line);
      } else check(line[at] === '}', 'has commas between labels', line);
    }
    at += 1;
  }
  const number = line.slice(at + 1);
  check(line[at] === ' ' && realNumber.test(number), 'has one space and a number', line);
  const infinite = /^([+-]?)inf/i.exec(number);
  const value = infinite
    ? infinite[1] === '-'
      ? Number.NEGATIVE_INFINITY
      : Number.POSITIVE_INFINITY
    : Number(number);
  return { name, labels, value };
}

function check(holds: boolean, what: string, line = ''): asserts holds {
  if (!holds) throw new Error(`not OpenMetrics: it ${what}: ${JSON.stringify(line)}`);
}
