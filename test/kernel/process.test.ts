import { describe, expect, it } from 'vitest';
import { box, output, watchLeftovers } from '../support/kernel.ts';

watchLeftovers();

describe('the arguments', () => {
  it('arrive exactly, whatever bytes they have', async () => {
    const args = [
      '',
      ' ',
      'two words',
      'naïve – ünïcode 日本 🐳',
      'new\nline',
      '\ttab',
      '"\'`$(x)\\',
      '-n',
      '*',
      '\x01\x7f',
      '',
    ];
    const { stdout } = await box(['sh', '-c', 'printf "%s\\0" "$#" "$@"', 'name', ...args]);
    expect(stdout.split('\0')).toEqual([String(args.length), ...args, '']);
  });

  it('may be many and long', async () => {
    const args = Array.from({ length: 5000 }, (_, index) => `${index}`.repeat(10));
    const { stdout } = await box(['sh', '-c', 'printf "%s " "$@" | cksum; echo $#', 'name', ...args]);
    const { stdout: expected } = await box('cksum', { input: `${args.join(' ')} ` });
    expect(stdout).toBe(`${expected}5000\n`);
  });
});

describe('the environment', () => {
  const read = async (env: Record<string, string | undefined>, user?: string) =>
    (await output('cat /proc/$$/environ', { env, hostname: 'h', ...(user === undefined ? {} : { user }) }))
      .split('\0')
      .slice(0, -1);
  const path = 'PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin';

  it('is PATH, HOME and HOSTNAME, and nothing of the caller’s', async () => {
    expect(await read({})).toEqual([path, 'HOME=/root', 'HOSTNAME=h']);
    expect(await read({}, '1000')).toEqual([path, 'HOME=/', 'HOSTNAME=h']);
  });

  it('has what is given, exactly, and lacks what is undefined', async () => {
    const env = {
      A: '',
      B: 'x=y',
      C: 'new\nline',
      D: 'ünïcode 🐳',
      HOME: '/home',
      HOSTNAME: undefined,
      PATH: '/bin:/usr/bin',
    };
    expect(await read(env)).toEqual([
      'PATH=/bin:/usr/bin',
      'HOME=/home',
      'A=',
      'B=x=y',
      'C=new\nline',
      'D=ünïcode 🐳',
    ]);
  });

  it('may be big', async () => {
    const big = 'x'.repeat(100_000);
    const many = Object.fromEntries(Array.from({ length: 3000 }, (_, index) => [`V${index}`, `${index}`]));
    const variables = await read({ BIG: big, ...many });
    expect(variables).toContain(`BIG=${big}`);
    expect(variables).toContain('V2999=2999');
    expect(variables).toHaveLength(3004);
  });

  it('tells where the command is to be looked for', async () => {
    const script =
      'mkdir /opt/bin; printf "#!/bin/sh\\necho found" > /opt/bin/own; chmod 755 /opt/bin/own; PATH=/opt/bin own';
    expect(await output(script)).toBe('found\n');
    expect((await box(['true'], { env: { PATH: '/nowhere:/usr/bin' } })).exitCode).toBe(0);
    await expect(box(['true'], { env: { PATH: '/nowhere' } })).rejects.toMatchObject({
      code: 'COMMAND_NOT_FOUND',
    });
  });
});

describe('the working directory', () => {
  it('is / unless given, and is made where it is missing', async () => {
    expect(await output('pwd')).toBe('/\n');
    expect(await output('pwd; stat -c "%a %u" .', { cwd: '/made/for/this' })).toBe('/made/for/this\n755 0\n');
    expect(await output('pwd', { cwd: '/etc/../usr//bin/' })).toMatch(/^\/usr\/bin\/?\n$/);
  });

  it('that is a file is an error', async () => {
    await expect(box(['true'], { cwd: '/etc/passwd' })).rejects.toMatchObject({
      code: 'WORKING_DIRECTORY_NOT_FOUND',
      operation: 'go to the working directory /etc/passwd',
    });
  });
});

describe('the umask', () => {
  it('is 022 unless given', async () => {
    const script = 'umask; touch /tmp/f; stat -c %a /tmp/f';
    expect(await output(script)).toBe('0022\n644\n');
    expect(await output(script, { umask: 0o077 })).toBe('0077\n600\n');
    expect(await output(script, { umask: 0 })).toBe('0000\n666\n');
  });
});
