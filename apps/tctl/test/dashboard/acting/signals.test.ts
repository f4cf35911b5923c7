import { describe, expect, it } from 'vitest';
import { type Menu, moveMenu, signalChoices } from '../../../src/dashboard/dialogs/signals.ts';

function chosen(...keys: string[]): string {
  let menu: Menu = { at: 0, digits: '' };
  for (const key of keys) menu = moveMenu(menu, key) ?? menu;
  return signalChoices[menu.at - 1]?.signal ?? 'none';
}

describe('the menu of signals', () => {
  it.each([
    [[], 'none'],
    [['down'], 'SIGTERM'],
    [['k'], 'SIGKILL'],
    [['K'], 'SIGKILL'],
    [['t'], 'SIGTERM'],
    [['q'], 'SIGQUIT'],
    [['u'], 'SIGUSR1'],
    [['u', 'u'], 'SIGUSR2'],
    [['u', 'u', 'u'], 'SIGUSR1'],
    [['9'], 'SIGKILL'],
    [['1'], 'SIGHUP'],
    [['1', '5'], 'SIGTERM'],
    [['1', '0'], 'SIGUSR1'],
    [['9', '1'], 'SIGHUP'],
    [['z'], 'none'],
    [['up'], 'none'],
    [['end', 'down'], 'SIGABRT'],
    [['end', 'home'], 'none'],
    [['k', 'up', 'up'], 'none'],
  ] as const)('after %j has %s', (keys, expected) => {
    expect(chosen(...keys)).toBe(expected);
  });
});
