import { findUser, TcError } from '@tc/linux';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { familiarName, formatReference, parseReference } from '../src/names/reference.ts';
import { parseImageConfig } from '../src/oci/image-config.ts';
import { choosePlatform, mediaTypeOf, parseIndex, parseManifest } from '../src/oci/manifest.ts';
import { mediaTypes } from '../src/oci/media-types.ts';
import { hostPlatform, parsePlatform } from '../src/oci/platform.ts';
import { parseChallenges } from '../src/registry/challenge.ts';
import { parseDockerConfig } from '../src/registry/credentials.ts';
import { componentsOf, whiteoutOf } from '../src/unpack/member-name.ts';

const numRuns = 10_000;
const slow = 60_000;

/** What went wrong has a code, and says nothing that a terminal would take for a command. @returns whether it went well */
function typed(act: () => unknown, codes: RegExp): boolean {
  try {
    act();
    return true;
  } catch (error) {
    if (!(error instanceof TcError)) throw error;
    expect(error.code).toMatch(codes);
    // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what it is about
    expect(error.message).not.toMatch(/[\x00-\x09\x0b-\x1f\x7f]/);
    return false;
  }
}

/** A document with something else in one place of it, or less of it: most of it is still what parsers want. */
function spoilt(document: unknown): fc.Arbitrary<string> {
  const paths: (readonly string[])[] = [];
  const walk = (value: unknown, path: readonly string[]) => {
    paths.push(path);
    if (typeof value === 'object' && value !== null)
      for (const [key, below] of Object.entries(value)) walk(below, [...path, key]);
  };
  walk(document, []);
  const put = (value: unknown, [key, ...rest]: readonly string[], other: unknown): unknown => {
    if (key === undefined) return other;
    if (Array.isArray(value))
      return value.map((each, index) => (String(index) === key ? put(each, rest, other) : each));
    const object = value as Record<string, unknown>;
    return { ...object, [key]: put(object[key], rest, other) };
  };
  const odd = fc.oneof(
    fc.jsonValue(),
    fc.constantFrom(null, -1, 1e300, '', '../../etc', '\u001b[31m', [], {}, `sha256:${'0'.repeat(64)}`),
    fc.constantFrom('__proto__', 'constructor').map((key) => JSON.parse(`{"${key}": {"digest": 1}}`)),
  );
  return fc.oneof(
    fc
      .tuple(fc.constantFrom(...paths), odd)
      .map(([path, other]) => JSON.stringify(put(document, path, other))),
    fc.nat(JSON.stringify(document).length).map((length) => JSON.stringify(document).slice(0, length)),
    fc.string({ unit: 'binary' }),
  );
}

const digest = (character: string) => `sha256:${character.repeat(64)}`;
const descriptor = {
  mediaType: mediaTypes.ociManifest,
  digest: digest('a'),
  size: 5,
  platform: { os: 'linux', architecture: 'amd64', variant: 'v8' },
  annotations: { 'org.opencontainers.image.ref.name': 'x' },
};
const manifest = {
  schemaVersion: 2,
  mediaType: mediaTypes.ociManifest,
  config: { ...descriptor, mediaType: mediaTypes.ociConfig },
  layers: [{ ...descriptor, mediaType: 'application/vnd.oci.image.layer.v1.tar+gzip' }],
};
const config = {
  os: 'linux',
  architecture: 'amd64',
  created: '2026-01-01T00:00:00Z',
  author: 'x',
  config: {
    Env: ['A=1'],
    Cmd: ['a'],
    Entrypoint: ['b'],
    User: 'me:me',
    WorkingDir: '/',
    Labels: { a: 'b' },
    Volumes: { '/v': {} },
    ExposedPorts: { '80/tcp': {} },
  },
  rootfs: { type: 'layers', diff_ids: [digest('b')] },
  history: [{ created: '2026-01-01T00:00:00Z', created_by: 'x', empty_layer: true }],
};

/** Both ways are gone, or the property would say nothing. */
function bothWays(arbitrary: fc.Arbitrary<string>, act: (text: string) => unknown, codes: RegExp): void {
  const seen = new Set<boolean>();
  fc.assert(
    fc.property(arbitrary, (text) => {
      seen.add(typed(() => act(text), codes));
    }),
    { numRuns },
  );
  expect(seen.size).toBe(2);
}

describe('what registries and archives say', () => {
  it.each<[string, unknown, (text: string) => unknown]>([
    ['a manifest', manifest, (text) => parseManifest(text, undefined, 'x')],
    [
      'an index',
      { schemaVersion: 2, manifests: [descriptor, descriptor] },
      (text) => choosePlatform(parseIndex(text, 'x'), hostPlatform(), 'x'),
    ],
    ['a configuration', config, (text) => parseImageConfig(text, 'x')],
    ['a media type', manifest, (text) => mediaTypeOf(text, 'x/y', 'x')],
  ])('is taken, or refused with a code: %s', { timeout: slow }, (_, document, parse) => {
    bothWays(spoilt(document), parse, /^IMAGE_INVALID$/);
  });

  it('is of no platform where that is an object with a toString of its own', () => {
    const spoilt = { ...descriptor, platform: { os: { toString: {} }, architecture: { toString: {} } } };
    const [parsed] = parseIndex(JSON.stringify({ schemaVersion: 2, manifests: [spoilt] }), 'x');
    expect(parsed?.platform).toEqual({ os: '', architecture: '', variant: undefined });
  });

  it('is a challenge, however it is written', { timeout: slow }, () => {
    const part = fc.constantFrom(
      'Bearer',
      'Basic',
      ' ',
      ',',
      '=',
      '"',
      '\\',
      'realm',
      'realm="x"',
      '\t',
      'a',
    );
    const header = fc.oneof(
      fc.array(part, { maxLength: 60 }).map((parts) => parts.join('')),
      fc.string(),
    );
    fc.assert(
      fc.property(header, (text) => {
        for (const { scheme } of parseChallenges(text)) expect(scheme).toBe(scheme.toLowerCase());
      }),
      { numRuns },
    );
    expect(parseChallenges(`Bearer ${'a='.repeat(100_000)}`)).toBeDefined();
  });
});

describe('names', () => {
  const part = fc.constantFrom(
    'a',
    'alpine',
    'A',
    '.',
    '-',
    '_',
    '__',
    '/',
    ':',
    '@',
    '5000',
    'sha256:',
    '[',
    '::1]',
  );
  const text = fc.oneof(
    fc.array(part, { maxLength: 12 }).map((parts) => parts.join('')),
    fc.string({ unit: 'binary' }),
  );

  it('of images are what they were when they are written and read again', { timeout: slow }, () => {
    bothWays(
      text,
      (name) => {
        const reference = parseReference(name);
        expect(parseReference(formatReference(reference))).toEqual(reference);
        expect(parseReference(familiarName(formatReference(reference)))).toEqual(reference);
      },
      /^IMAGE_NAME$/,
    );
    expect(() => parseReference(`${'a'.repeat(2_000_000)}!`)).toThrow(TcError);
  });

  it('of platforms are taken or refused', { timeout: slow }, () => {
    bothWays(
      text.map((each) => each.replaceAll(':', '')),
      parsePlatform,
      /^PLATFORM$/,
    );
  });

  it('in archives never lead out', { timeout: slow }, () => {
    const odd = fc.constantFrom(
      'a',
      '.',
      '..',
      '/',
      '//',
      '\0',
      '.wh.',
      '.wh..wh..opq',
      '.wh..',
      '\x1b',
      'x'.repeat(256),
    );
    bothWays(
      fc.array(odd, { maxLength: 10 }).map((parts) => parts.join('')),
      (path) => {
        const components = componentsOf(path);
        for (const each of components) expect(['', '.', '..']).not.toContain(each);
        const whiteout = whiteoutOf(components.at(-1) ?? '', path);
        if (typeof whiteout === 'object' && whiteout.kind === 'hides')
          expect(whiteout.name).not.toMatch(/^\.{0,2}$|\//);
      },
      /^LAYER_(ESCAPES|INVALID)$/,
    );
  });
});

describe('files of others', () => {
  it('~/.docker/config.json gives a password, none, or a sentence', { timeout: slow }, () => {
    const document = {
      auths: {
        'r.example': { auth: Buffer.from('me:secret').toString('base64'), identitytoken: 't' },
        'https://index.docker.io/v1/': { username: 'u', password: 'p' },
      },
      credHelpers: { other: 'helper' },
      credsStore: 'store',
    };
    for (const registry of ['r.example', 'docker.io', 'constructor'])
      bothWays(
        spoilt(document),
        (text) => {
          const { helper, written } = parseDockerConfig(text, 'x', registry);
          if (helper !== undefined) expect(helper).toEqual(expect.any(String));
          const found = written();
          if (found !== undefined) expect(found.username).toEqual(expect.any(String));
        },
        /^(IMAGE_INVALID|DOCKER_CONFIG)$/,
      );
  });

  it('passwd and group give 31 bits, or a sentence', { timeout: slow }, () => {
    const line = fc
      .array(fc.constantFrom('me', 'x', '0', '5', '-1', '4294967296', '007', '', ',', '/home', '\x1b'), {
        maxLength: 9,
      })
      .map((fields) => fields.join(':'));
    const file = fc
      .array(line, { maxLength: 5 })
      .map((lines) => ['me:x:7:8::/h:', 'other:x:9:me', ...lines].join('\n'));
    const user = fc.constantFrom(
      'me',
      'x',
      '5',
      '-1',
      '4294967296',
      'me:x',
      ':',
      '5:5',
      '',
      'me:other',
      '\x1b:\n',
    );
    const seen = new Set<boolean>();
    fc.assert(
      fc.property(file, file, user, (passwd, group, name) => {
        const files = { passwd: () => passwd, group: () => group };
        seen.add(
          typed(() => {
            const { uid, gid, groups } = findUser(name, files);
            for (const id of [uid, gid, ...groups]) {
              expect(id).toBeGreaterThanOrEqual(0);
              expect(id).toBeLessThanOrEqual(0x7fffffff);
            }
          }, /^USER_NOT_FOUND$/),
        );
      }),
      { numRuns },
    );
    expect(seen.size).toBe(2);
  });
});
