import { describe, expect, it } from 'vitest';
import { familiarName, formatReference, parseReference } from '../src/names/reference.ts';
import { formatPlatform, isPlatform, parsePlatform } from '../src/oci/platform.ts';
import { parseChallenges } from '../src/registry/challenge.ts';

const digest = `sha256:${'0123456789abcdef'.repeat(4)}`;

describe('a name', () => {
  it.each([
    ['alpine', 'docker.io/library/alpine:latest'],
    ['alpine:3.20', 'docker.io/library/alpine:3.20'],
    ['me/app', 'docker.io/me/app:latest'],
    ['docker.io/alpine', 'docker.io/library/alpine:latest'],
    ['index.docker.io/library/alpine', 'docker.io/library/alpine:latest'],
    ['localhost/x', 'localhost/x:latest'],
    ['localhost:5000/x', 'localhost:5000/x:latest'],
    ['127.0.0.1:5000/a/b/c:t', '127.0.0.1:5000/a/b/c:t'],
    ['[::1]:5000/x', '[::1]:5000/x:latest'],
    ['registry.example/x', 'registry.example/x:latest'],
    ['REGISTRY/x', 'REGISTRY/x:latest'],
    [`alpine@${digest}`, `docker.io/library/alpine@${digest}`],
    [`alpine:1@${digest}`, `docker.io/library/alpine:1@${digest}`],
    ['a__b/c-d--e.f', 'docker.io/a__b/c-d--e.f:latest'],
  ])('is made whole: %s', (text, whole) => {
    expect(formatReference(parseReference(text))).toBe(whole);
    expect(formatReference(parseReference(whole))).toBe(whole);
    expect(formatReference(parseReference(familiarName(whole)))).toBe(whole);
  });

  it.each([
    '',
    ':',
    'a:',
    '/a',
    'a/',
    'a//b',
    'A',
    'a:b:c',
    'a b',
    '../x',
    'a/../b',
    'a@sha256:12',
    'a@md5:x',
    '-a',
    'a.',
    'a___b',
    'a..b',
    `a:${'t'.repeat(129)}`,
    'x'.repeat(256),
    'a\nb',
    'http://x/y',
    'x:5000/',
  ])('is refused where it is none: %j', (text) => {
    expect(() => parseReference(text)).toThrow(expect.objectContaining({ code: 'IMAGE_NAME' }));
  });
});

describe('a platform', () => {
  it.each([
    ['linux/amd64', 'linux/amd64'],
    ['arm64', 'linux/arm64'],
    ['aarch64', 'linux/arm64'],
    ['linux/x86_64', 'linux/amd64'],
    ['linux/arm/v7', 'linux/arm/v7'],
  ])('is read: %s', (text, whole) => {
    expect(formatPlatform(parsePlatform(text))).toBe(whole);
  });

  it.each(['', 'a/b/c/d', 'linux/', '/amd64', 'linux/a b'])('is refused where it is none: %j', (text) => {
    expect(() => parsePlatform(text)).toThrow(expect.objectContaining({ code: 'PLATFORM' }));
  });

  it('has variants, of which none is any', () => {
    const arm = (variant?: string) => ({ os: 'linux', architecture: 'arm', variant });
    expect(isPlatform(arm(), arm('v6'))).toBe(true);
    expect(isPlatform(arm('v7'), arm('v6'))).toBe(false);
    expect(isPlatform(parsePlatform('linux/arm64/v8'), { os: 'linux', architecture: 'arm64' })).toBe(true);
  });
});

describe('a challenge', () => {
  it.each([
    ['Basic realm="x"', [{ scheme: 'basic', parameters: { realm: 'x' } }]],
    [
      'Bearer realm="https://a/token",service="a b",scope="repository:x:pull,push"',
      [
        {
          scheme: 'bearer',
          parameters: { realm: 'https://a/token', service: 'a b', scope: 'repository:x:pull,push' },
        },
      ],
    ],
    [
      'Bearer realm=https://a, error=x',
      [{ scheme: 'bearer', parameters: { realm: 'https://a', error: 'x' } }],
    ],
    [
      'Basic realm="a, \\"b\\"", Bearer realm="c"',
      [
        { scheme: 'basic', parameters: { realm: 'a, "b"' } },
        { scheme: 'bearer', parameters: { realm: 'c' } },
      ],
    ],
    ['', []],
    ['=,="', []],
  ])('is read: %s', (header, expected) => {
    expect(parseChallenges(header)).toEqual(expected);
  });
});
