const steps = [
  { unit: 'second', seconds: 1, below: 60 },
  { unit: 'minute', seconds: 60, below: 3600 },
  { unit: 'hour', seconds: 3600, below: 86_400 },
  { unit: 'day', seconds: 86_400, below: 14 * 86_400 },
  { unit: 'week', seconds: 7 * 86_400, below: Number.POSITIVE_INFINITY },
] as const;

/** How long something has lasted, in one unit: `5 minutes`. */
export function age(from: Date, to: Date = new Date()): string {
  const seconds = Math.max(0, Math.floor((to.getTime() - from.getTime()) / 1000));
  if (seconds < 1) return 'less than a second';
  for (const { unit, seconds: length, below } of steps) {
    if (seconds >= below) continue;
    const count = Math.floor(seconds / length);
    return `${count} ${unit}${count === 1 ? '' : 's'}`;
  }
  return '';
}
