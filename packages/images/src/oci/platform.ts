import { TcError } from '@tc/linux';

export interface Platform {
  readonly os: string;
  /** GOARCH's name: `amd64`, `arm64`. */
  readonly architecture: string;
  readonly variant?: string | undefined;
}

const architectures: Readonly<Record<string, string>> = { x64: 'amd64', ia32: '386', ppc64: 'ppc64le' };
const aliases: Readonly<Record<string, string>> = { x86_64: 'amd64', aarch64: 'arm64' };

export function hostPlatform(): Platform {
  return { os: 'linux', architecture: architectures[process.arch] ?? process.arch };
}

/** `linux/arm64`, `linux/arm/v7`, or the architecture alone. @throws TcError PLATFORM */
export function parsePlatform(text: string): Platform {
  const parts = text.split('/');
  const [os = '', name = '', variant] = parts.length === 1 ? ['linux', text] : parts;
  if (!/^[a-z0-9]+$/.test(os) || !/^\w+$/.test(name) || parts.length > 3) {
    throw new TcError('that is no platform', {
      code: 'PLATFORM',
      operation: `choose the platform ${JSON.stringify(text)}`,
      hint: 'Write linux/amd64, linux/arm64 or linux/arm/v7.',
    });
  }
  return { os, architecture: Object.hasOwn(aliases, name) ? (aliases[name] ?? name) : name, variant };
}

export function formatPlatform({ os, architecture, variant }: Platform): string {
  return [os, architecture, variant].filter(Boolean).join('/');
}

/** arm64 is v8 unless it says otherwise, by the image specification. */
export function isPlatform(wanted: Platform, offered: Platform): boolean {
  const variantOf = (each: Platform) => each.variant ?? (each.architecture === 'arm64' ? 'v8' : undefined);
  return (
    wanted.os === offered.os &&
    wanted.architecture === offered.architecture &&
    (wanted.variant === undefined || variantOf(wanted) === variantOf(offered))
  );
}
