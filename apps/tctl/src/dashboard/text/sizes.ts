/** Numbers as a narrow column shows them: at most five characters, three digits that count. */

const units = ['B', 'K', 'M', 'G', 'T', 'P', 'E'];

/** `512B`, `3.2M`, `117M`, `1.5G`: powers of 1024. */
export function bytes(value: number | undefined): string {
  if (value === undefined || !Number.isFinite(value)) return '';
  let [amount, unit] = [Math.max(0, value), 0];
  while (amount >= 999.5 && unit < units.length - 1) {
    amount /= 1024;
    unit += 1;
  }
  if (unit === 0) return `${Math.round(amount)}B`;
  return `${amount < 9.95 ? amount.toFixed(1) : Math.round(amount)}${units[unit]}`;
}

/** A second; what is next to nothing is a quiet dot. */
export function rate(value: number | undefined): string {
  if (value === undefined) return '';
  return value < 0.5 ? '·' : bytes(value);
}

/** Of a share where 1 is all: `0.4`, `12.3`, `340`. */
export function percent(share: number | undefined): string {
  if (share === undefined || !Number.isFinite(share)) return '';
  const value = share * 100;
  return value < 99.95 ? value.toFixed(1) : String(Math.round(value));
}

export function count(value: number | undefined): string {
  if (value === undefined) return '';
  if (value < 10_000) return String(Math.round(value));
  if (value < 999_500) return `${Math.round(value / 1000)}k`;
  return `${(value / 1_000_000).toFixed(1)}m`;
}

/** In the two biggest units: `12s`, `4m10s`, `3h07m`, `2d4h`, `120d`. */
export function duration(milliseconds: number | undefined): string {
  if (milliseconds === undefined || milliseconds < 0) return '';
  const seconds = Math.floor(milliseconds / 1000);
  if (seconds < 60) return `${seconds}s`;
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) return `${minutes}m${two(seconds % 60)}s`;
  const hours = Math.floor(minutes / 60);
  if (hours < 24) return `${hours}h${two(minutes % 60)}m`;
  const days = Math.floor(hours / 24);
  return days < 10 ? `${days}d${hours % 24}h` : `${days}d`;
}

function two(value: number): string {
  return String(value).padStart(2, '0');
}
