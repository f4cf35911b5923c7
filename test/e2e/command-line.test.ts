/** What all commands have in common: names that are almost right, templates, tables that fit, colours. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { environment, shell, start, tctl } from './support/command.ts';
import { expectOutput, expectRefusal } from './support/expectations.ts';
import { newDirectory, newName } from './support/suite.ts';
import { openTerminal } from './support/terminal.ts';
import { until } from './support/until.ts';

const name = newName();
let id = '';

beforeAll(async () => {
  const args = [
    '--name',
    name,
    '--label',
    'job=night',
    '--label',
    'hostile=\u001b[31mred',
    '-m',
    '64m',
    '-e',
    'A=1',
  ];
  const made = await tctl(
    'create',
    ...args,
    '-v',
    `${name}-site:/www`,
    'host',
    'sh',
    '-c',
    'echo a command that is longer than any column for it',
  );
  expect(made.stderr).toBe('');
  id = made.stdout.trim();
});

afterAll(async () => {
  await tctl('rm', '-f', name);
  await tctl('volume', 'rm', `${name}-site`);
});

describe('a name that is almost right', () => {
  it('of a container gets a hint', async () => {
    for (const words of [['logs'], ['rm'], ['inspect'], ['start'], ['stop']]) {
      const { code, stderr } = await tctl(...words, `${name}x`);
      expect(stderr).toContain(`hint: Did you mean ${name}?`);
      expect(code).not.toBe(0);
    }
  });

  it('of a volume gets a hint', async () => {
    await tctl('volume', 'create', `${name}-site`);
    const { stderr, code } = await tctl('volume', 'rm', `${name}-sire`);
    expect(stderr).toMatch(new RegExp(`hint: Did you mean ${name}-site\\?`));
    expect(code).toBe(1);
  });

  it('is found by what its id alone begins with', async () => {
    expectOutput(await tctl('inspect', '-f', '{{.Id}}', id.slice(0, 8)), `${id}\n`);
  });

  it.each([
    ['build', /build is a command of Docker/, /tctl load/],
    ['login', /login is a command of Docker/, /config\.json/],
  ])('of a command that Docker has is told what does that: %s', async (word, message, hint) => {
    expectRefusal(await tctl(word), message, hint);
  });

  it.each([
    [['run', '-p', '80:80', 'host', 'true'], /--publish is an option of Docker/, /--network host/],
    [['run', '--privileged', 'host', 'true'], /--privileged is an option of Docker/, /--cap-add/],
    [['exec', '-d', 'x', 'true'], /--detach is an option of Docker/, /&/],
  ])('of an option that Docker has is told what does that: %j', async (args, message, hint) => {
    expectRefusal(await tctl(...args), message, hint);
  });
});

describe('--format', () => {
  const format = (...args: string[]) => tctl(...args);

  it('of ps has the fields of docker ps', async () => {
    const template =
      '{{.ID}} {{.Names}} {{.Image}} {{.State}} {{.Status}} {{.Label "job"}} {{.LocalVolumes}}';
    const found = await format('ps', '-a', '-f', `name=${name}`, '--format', template);
    expectOutput(found, `${id} ${name} host created Created night 1\n`);
  });

  it('of ps makes a table', async () => {
    const found = await format('ps', '-a', '-f', `name=${name}`, '--format', 'table {{.Names}}\\t{{.State}}');
    expectOutput(found, `NAMES${' '.repeat(name.length - 2)}STATE\n${name}   created\n`);
  });

  it('of ps is JSON, one object a line', async () => {
    const { stdout } = await format('ps', '-a', '-f', `name=${name}`, '--format', 'json');
    expect(JSON.parse(stdout)).toMatchObject({ ID: id, Names: name, State: 'created' });
  });

  it.each([
    ['{{.State.Status}} {{.HostConfig.Memory}} {{.Name}}', () => `created 67108864 /${name}`],
    ['{{json .Config.Cmd}}', () => '["sh","-c","echo a command that is longer than any column for it"]'],
    ['{{range .Config.Env}}{{.}},{{end}}', () => 'A=1,'],
    ['{{.Config.Labels.job}} {{index .Config.Labels "hostile"}}', () => 'night \\u001b[31mred'],
    ['{{range .Mounts}}{{.Type}} {{.Name}} {{.Destination}}{{end}}', () => `volume ${name}-site /www`],
    ['{{.state}} {{.limits.memory}}', () => 'created 64m'],
  ])('of inspect has the fields of docker inspect: %s', async (template, expected) => {
    expectOutput(await format('inspect', '-f', template, name), `${expected()}\n`);
  });

  it('of version, info, system df and volumes has fields', async () => {
    expectOutput(await format('version', '-f', '{{.Client.Version}}'), (await tctl('version')).stdout);
    expect((await format('info', '-f', '{{.Containers}} {{.NCPU}}')).stdout).toMatch(/^\d+ \d+\n$/);
    expect((await format('system', 'df', '--format', '{{.Type}}')).stdout).toBe(
      'Images\nHost image\nContainers\nVolumes\n',
    );
    await tctl('volume', 'create', `${name}-site`);
    const where = await format('volume', 'inspect', '-f', '{{.Mountpoint}}', `${name}-site`);
    expect(where.stdout).toMatch(/\/volumes\/.*-site\n$/);
    expect((await format('volume', 'ls', '--format', '{{.Name}}')).stdout).toContain(`${name}-site\n`);
  });

  it('of system df counts the images that there are, and the host’s apart', async () => {
    const usage = async () => {
      const all: { type: string; count: number; active: number; bytes: number }[] = JSON.parse(
        (await tctl('system', 'df', '--json')).stdout,
      );
      return Object.fromEntries(all.map((each) => [each.type, each]));
    };
    const before = await usage();
    expect(before['Images']?.count).toBe(JSON.parse((await tctl('images', '--json')).stdout).length);
    expect(before['Host image']).toMatchObject({ count: 1, active: 1 }); // of the container of these tests
    const content = newDirectory();
    writeFileSync(join(content, 'file'), 'x'.repeat(1_000_000));
    const image = newName();
    await tctl('import', content, image);
    const after = await usage();
    expect(after['Images']?.count).toBe((before['Images']?.count ?? 0) + 1);
    expect(after['Images']?.bytes).toBeGreaterThanOrEqual((before['Images']?.bytes ?? 0) + 1_000_000);
    expect(after['Host image']).toEqual(before['Host image']);
    await tctl('rmi', image);
  });

  it('of events is filled for each', async () => {
    const args = ['events', '--since', '1h', '--until', '0s', '-f', `container=${name}`];
    const { stdout } = await format(...args, '--format', '{{.Type}} {{.Action}} {{.ID}}');
    expect(stdout).toBe(`container create ${id}\n`);
  });

  it.each([
    [['ps', '--format', '{{.ID'], /--format: \{\{ has no \}\}/],
    [['inspect', '-f', '{{jsen .}}', 'x'], /--format: there is no function jsen|no such container/],
    [['images', '--format', '{{if .ID}}'], /--format: .* has no \{\{end\}\}/],
    [['stats', '--no-stream', '--format', '{{end}}'], /--format: \{\{end\}\} closes nothing/],
  ])('is refused before anything happens: %j', async (args, message) => {
    const { code, stderr } = await tctl(...args);
    expect(stderr).toMatch(message);
    expect(stderr).not.toMatch(/^ {4}at |a bug in tctl/m);
    expect(code).not.toBe(0);
  });
});

describe('--json', () => {
  it.each([
    ['ps', '-a'],
    ['inspect', name],
    ['images'],
    ['volume', 'ls'],
    ['volume', 'prune', '-f'],
    ['version'],
    ['info'],
    ['system', 'df'],
    ['doctor'],
    ['prune'],
    ['image', 'prune'],
    ['diff', name],
  ])('is JSON, with nothing for a terminal in it: tctl %s %s', async (...args) => {
    const words = args.filter((word) => typeof word === 'string');
    const { stdout, stderr } = await tctl(...words, '--json');
    expect(stderr).toBe('');
    expect(() => JSON.parse(stdout)).not.toThrow();
    // biome-ignore lint/suspicious/noControlCharactersInRegex: these must not be there
    expect(stdout).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f]/);
  });

  it('of logs and wait is told line by line, and as a list', async () => {
    const job = newName();
    await tctl('run', '-d', '--name', job, 'host', 'sh', '-c', 'echo out; echo err >&2; exit 3');
    const { stdout } = await tctl('wait', '--json', job);
    expect(JSON.parse(stdout)).toMatchObject([{ name: job, exitCode: 3, reason: 'exit' }]);
    const lines = (await tctl('logs', '--json', job)).stdout
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect(lines).toEqual(
      expect.arrayContaining([
        expect.objectContaining({ stream: 'stdout', line: 'out' }),
        expect.objectContaining({ stream: 'stderr', line: 'err' }),
      ]),
    );
    expectOutput(
      await tctl('ps', '-aq', '--filter', 'exited=3', '--filter', `name=${job}`),
      `${(await tctl('inspect', '-f', '{{.Id}}', job)).stdout}`,
    );
    await tctl('rm', job);
  });
});

describe('options of files', () => {
  it('set variables and labels; those of the command line go before them', async () => {
    const directory = newDirectory();
    const [variables, labels] = [join(directory, 'env'), join(directory, 'labels')];
    writeFileSync(variables, '# of the file\nA=1\nB=two words\n\nHOME_OF\n');
    writeFileSync(labels, 'a=1\nb=2\n');
    const env = environment({ HOME_OF: 'here' });
    const args = ['run', '--env-file', variables, '-e', 'A=3', 'host', 'sh', '-c', 'echo "$A $B $HOME_OF"'];
    expectOutput(await start(args, { env }).ended, '3 two words here\n');
    const other = newName();
    await tctl('create', '--name', other, '--label-file', labels, '-l', 'b=3', 'host', 'true');
    expectOutput(await tctl('inspect', '-f', '{{json .Config.Labels}}', other), '{"a":"1","b":"3"}\n');
    await tctl('rm', other);
    expectRefusal(
      await tctl('run', '--env-file', '/nowhere', 'host', 'true'),
      /--env-file \/nowhere: ENOENT/,
    );
  });

  it('and what they have from the environment', async () => {
    const env = environment({ TCTL_DETACH_KEYS: 'frobnicate' });
    const { code, stderr } = await start(['start', '-a', name], { env }).ended;
    expect({ code, stderr }).toMatchObject({ code: 125, stderr: expect.stringMatching(/frobnicate/) });
  });
});

describe('a terminal', () => {
  it('that is narrow gets a table that fits, and a wide one all of it', async (context) => {
    await using terminal = await openTerminal(context);
    terminal.resize(70, 20);
    terminal.type(`clear; tctl ps -a -f name=${name}`);
    await terminal.shows(/^[0-9a-f]{12} +host .*…/m);
    const narrow = terminal.screen().split('\n');
    expect(narrow.filter((line) => /^(CONTAINER ID|[0-9a-f]{12}) /.test(line))).toHaveLength(2);
    terminal.resize(180, 20);
    terminal.type(`clear; tctl ps -a --no-trunc -f name=${name}`);
    await terminal.shows(/longer than any column for it"/);
  });

  it('gets colours, unless NO_COLOR is set; a pipe gets none, unless FORCE_COLOR is', async (context) => {
    await using terminal = await openTerminal(context);
    // biome-ignore lint/suspicious/noControlCharactersInRegex: a colour is one
    const bold = /\u001b\[1m(.\[[\d;]*m)*Options:/;
    terminal.type('clear; tctl ps --help');
    await terminal.shows(/Options:/);
    expect(terminal.screenWithColours()).toMatch(bold);
    terminal.type("clear; NO_COLOR=1 tctl ps --help; echo don''e");
    await terminal.shows(/^done$/m);
    expect(terminal.screenWithColours()).not.toMatch(bold);
    expect((await tctl('ps', '--help')).stdout).not.toContain('\u001b');
    const forced = await start(['ps', '--help'], { env: environment({ FORCE_COLOR: '1' }) }).ended;
    expect(forced.stdout).toMatch(bold);
    const both = environment({ FORCE_COLOR: '1', NO_COLOR: '1' });
    expect((await start(['ps', '--help'], { env: both }).ended).stdout).not.toContain('\u001b');
  });
});

describe('--no-human', () => {
  it('is exact', async () => {
    const { stdout } = await tctl('ps', '-a', '--no-human', '-f', `name=${name}`);
    expect(stdout).toMatch(/ \d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z /);
    expect((await tctl('system', 'df', '--no-human')).stdout).toMatch(/^Images +\d+ +\d+ +\d+ +\d+$/m);
  });
});

describe('tctl container', () => {
  it('has the commands of containers', async () => {
    expectOutput(await tctl('container', 'ls', '-aq', '-f', `name=${name}`), `${id}\n`);
    expectRefusal(await tctl('container', 'lss'), /"lss" is not a command of container/, /Did you mean ls\?/);
  });
});

describe('options as fingers know them', () => {
  it('of a run', async () => {
    const script = 'hostname; df -k /dev/shm | tail -1';
    const args = [
      'run',
      '--net=none',
      '--rm=true',
      '--hostname=box',
      '--shm-size',
      '1m',
      'host',
      'sh',
      '-c',
      script,
    ];
    const { stdout, stderr, code } = await tctl(...args);
    expect({ stderr, code }).toEqual({ stderr: '', code: 0 });
    expect(stdout).toMatch(/^box\n\S+ +1024 +0 +1024 /);
  });

  it('of limits', async () => {
    const box = newName();
    await tctl('create', '--name', box, '-c', '512', '--cpu-quota', '50000', 'host', 'true');
    const { stdout } = await tctl('inspect', '-f', '{{json .limits}} {{.HostConfig.NanoCpus}}', box);
    expect(stdout).toBe('{"cpus":0.5,"cpuWeight":20} 500000000\n');
    await tctl('rm', box);
  });

  it('of lists', async () => {
    const [older, newer] = [newName(), newName()];
    for (const each of [older, newer]) await tctl('create', '--name', each, 'host', 'true');
    const names = async (...args: string[]) => (await tctl('ps', '--format', '{{.Names}}', ...args)).stdout;
    expect(await names('-l')).toBe(`${newer}\n`);
    expect(await names('-n', '2')).toBe(`${newer}\n${older}\n`);
    expect(await names('-a', '-f', `since=${older}`)).toBe(`${newer}\n`);
    expect(await names('-a', '-f', `before=${newer}`, '-f', `name=${older}`)).toBe(`${older}\n`);
    expect(await names('-a', '-f', `volume=${name}-site`)).toBe(`${name}\n`);
    await tctl('rm', older, newer);
    const free = (await tctl('volume', 'create')).stdout;
    const { stdout } = await tctl('volume', 'ls', '-q', '-f', 'dangling=true');
    expect(stdout).toContain(free);
    expect(stdout).not.toContain(`${name}-site`);
    expectOutput(await tctl('volume', 'rm', '-f', free.trim(), 'no-such-volume'), free);
  });
});

describe('tctl ps --size', () => {
  const megabyte = 2 ** 20;
  const sizesOf = async (box: string) => {
    const { stdout } = await tctl('ps', '-a', '-s', '--json', '-f', `name=${box}`);
    return JSON.parse(stdout)[0] as { writtenBytes: number; virtualBytes: number };
  };

  it('tells what a container wrote on disk, and that with its image', async () => {
    const box = newName();
    await tctl('create', '--name', box, 'host', 'sleep', '1016');
    const fresh = await sizesOf(box);
    expect(fresh.writtenBytes).toBe(0);
    expect(fresh.virtualBytes).toBeGreaterThan(megabyte);
    await tctl('start', box);
    await tctl('exec', box, 'dd', 'if=/dev/zero', 'of=/big', 'bs=1M', 'count=3');
    const { writtenBytes, virtualBytes } = await sizesOf(box);
    expect(writtenBytes).toBeGreaterThanOrEqual(3 * megabyte);
    expect(writtenBytes).toBeLessThan(4 * megabyte);
    expect(virtualBytes).toBe(fresh.virtualBytes + writtenBytes);
    expect((await tctl('ps', '-s', '--no-trunc')).stdout).toMatch(
      / NAMES +SIZE\n(.*\n)*.* 3\.\d+MB \(virtual \d/,
    );
    const { stdout } = await tctl('ps', '--no-human', '-f', `name=${box}`, '--format', '{{.Size}}');
    expect(stdout).toBe(`${writtenBytes} (virtual ${virtualBytes})\n`);
    expect((await tctl('ps', '--format', 'json', '-f', `name=${box}`)).stdout).toContain('"Size":""');
    await tctl('rm', '-f', box);
  });

  it('tells what one in the foreground keeps in memory', async () => {
    const box = newName();
    const script = 'dd if=/dev/zero of=/big bs=1M count=3 2>/dev/null; echo written; exec sleep 1017';
    const running = start(['run', '--name', box, 'host', 'sh', '-c', script]);
    await until(
      () => running.stdout().includes('written'),
      () => 'it has written',
    );
    expect((await sizesOf(box)).writtenBytes).toBeGreaterThanOrEqual(3 * megabyte);
    await tctl('kill', box);
    expect((await running.ended).code).toBe(137);
  });
});

describe('tctl prune --filter', () => {
  it('takes containers by age and label', async () => {
    const [mine, other] = [newName(), newName()];
    await tctl('create', '--name', mine, '-l', 'of=test', 'host', 'true');
    await tctl('create', '--name', other, 'host', 'true');
    const left = async () =>
      (await tctl('ps', '-a', '--format', '{{.Names}}', '-f', `name=e${process.pid}-`)).stdout;
    expectOutput(await tctl('prune', '-a', '--filter', 'label=of=test', '--filter', 'until=1h'), '');
    expect(await left()).toContain(`${mine}\n`);
    expectRefusal(await tctl('prune', '--filter', 'until=soon'), /takes a time/, /2026/);
    const { stdout } = await tctl(
      'container',
      'prune',
      '-af',
      '--filter',
      'label=of=test',
      '--filter',
      'until=0s',
    );
    expect(stdout).toMatch(/^[0-9a-f]+\n$/);
    expect(await left()).not.toContain(`${mine}\n`);
    expect(await left()).toContain(`${other}\n`);
    await tctl('rm', other);
  });

  it('takes volumes by their labels, which inspect and ls tell', async () => {
    const [kept, gone] = [newName(), newName()];
    expectOutput(await tctl('volume', 'create', '--label', 'of=test', '--label', 'keep', kept), `${kept}\n`);
    expectOutput(await tctl('volume', 'create', '--label', 'of=test', gone), `${gone}\n`);
    const list = (...args: string[]) => tctl('volume', 'ls', '-q', ...args);
    expectOutput(await list('-f', 'label=of=test'), [kept, gone].toSorted().join('\n').concat('\n'));
    expectOutput(await list('-f', 'label=of=test', '-f', 'label=keep'), `${kept}\n`);
    expectOutput(
      await tctl('volume', 'ls', '--format', '{{.Labels}}', '-f', 'label=keep'),
      'of=test,keep=\n',
    );
    expectOutput(await tctl('volume', 'inspect', '-f', '{{index .Labels "of"}}', kept), 'test\n');
    expect(JSON.parse((await tctl('volume', 'inspect', kept)).stdout)[0].labels).toEqual({
      of: 'test',
      keep: '',
    });
    const prune = ['volume', 'prune', '-f', '--filter', 'label=of=test', '--filter'];
    expectOutput(await tctl(...prune, 'label!=keep'), `${gone}\n`);
    expectOutput(await list('-f', 'label=of=test'), `${kept}\n`);
    // Made anew under the same name, it has none of the labels of the one before.
    expectOutput(await tctl('volume', 'create', gone), `${gone}\n`);
    expectOutput(await tctl('volume', 'inspect', '-f', '{{len .Labels}}', gone), '0\n');
    expectRefusal(await tctl('volume', 'create', '--label', '=x'), /KEY=VALUE/);
    await tctl('volume', 'rm', gone, kept);
  });

  it('takes images by the labels of their configuration', async () => {
    const empty = join(newDirectory(), 'empty');
    mkdirSync(empty);
    const names = [newName(), newName()] as const;
    await tctl('import', '-c', 'LABEL of=test', '-c', 'LABEL keep=1', empty, names[0]);
    await tctl('import', '-c', 'LABEL of=test', empty, names[1]);
    const left = async () => (await tctl('images', '--format', '{{.Repository}}')).stdout;
    await tctl('image', 'prune', '-a', '--filter', 'label=of=test', '--filter', 'until=24h');
    for (const each of names) expect(await left()).toContain(each);
    const { stdout } = await tctl(
      'image',
      'prune',
      '-a',
      '--filter',
      'label=of=test',
      '--filter',
      'label!=keep',
    );
    expect(stdout).toMatch(/^sha256:[0-9a-f]{64}\n1 images/);
    expect(await left()).toContain(names[0]);
    expect(await left()).not.toContain(names[1]);
    await tctl('rmi', names[0]);
  });
});

describe('tctl rm -v', () => {
  it('removes the volumes that nobody has named, and no others', async () => {
    const [box, unnamed] = [newName(), 'f'.repeat(64)];
    await tctl('create', '--name', box, '-v', `${unnamed}:/a`, '-v', `${name}-site:/b`, 'host', 'true');
    await tctl('start', '-a', box);
    expectOutput(await tctl('rm', '-v', box), `${box}\n`);
    const { stdout } = await shell('tctl volume ls -q');
    expect(stdout).toContain(`${name}-site\n`);
    expect(stdout).not.toContain(unnamed);
  });
});
