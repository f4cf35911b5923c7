import type { MetricsFormat } from './exposition.ts';

/** Longer ones are not meant well. */
const longestAccept = 4096;

/**
 * Which of the two formats a client asks for by its Accept header (RFC 9110, 12.5.1): OpenMetrics where it says so and
 * wants nothing else more; else the one that everybody reads.
 */
export function negotiate(accept: string | undefined): MetricsFormat {
  if (accept === undefined || accept.length > longestAccept) return 'prometheus';
  let [best, bestQuality]: [MetricsFormat, number] = ['prometheus', 0];
  for (const range of accept.split(',')) {
    const [type = '', ...parameters] = range.split(';').map((each) => each.trim().toLowerCase());
    const parameter = (name: string) =>
      parameters.find((each) => each.startsWith(`${name}=`))?.slice(name.length + 1);
    const quality = Number(parameter('q') ?? 1);
    const version = parameter('version')?.replaceAll('"', '');
    const format = formatOf(type, version);
    if (format !== undefined && quality > bestQuality) [best, bestQuality] = [format, quality];
  }
  return best;
}

function formatOf(type: string, version: string | undefined): MetricsFormat | undefined {
  if (type === 'application/openmetrics-text') {
    return version === undefined || version === '1.0.0' || version === '0.0.1' ? 'openmetrics' : undefined;
  }
  return type === 'text/plain' || type === 'text/*' || type === '*/*' ? 'prometheus' : undefined;
}
