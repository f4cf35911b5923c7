import { afterEach, describe, expect, it, vi } from 'vitest';
import { atMoment } from '../../src/logs/moment.ts';

describe('waiting for a moment', () => {
  afterEach(() => void vi.useRealTimers());

  it('does so for longer than a timer of Node.js takes, until it is forgotten', () => {
    vi.useFakeTimers();
    const dayMs = 86_400_000;
    const [kept, forgotten] = [vi.fn(), vi.fn()];
    atMoment(new Date(Date.now() + 60 * dayMs), kept);
    const forget = atMoment(new Date(Date.now() + 60 * dayMs), forgotten);
    vi.advanceTimersByTime(59 * dayMs);
    expect(kept).not.toHaveBeenCalled();
    forget();
    vi.advanceTimersByTime(dayMs);
    expect(kept).toHaveBeenCalledOnce();
    expect(forgotten).not.toHaveBeenCalled();
  });
});
