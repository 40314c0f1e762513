import { homedir } from 'node:os';
import { sep } from 'node:path';
import { printable } from './text.js';

/** 669706 as "669,706". */
export function grouped(value: number): string {
  return Math.round(value).toLocaleString('en-US');
}

/** 0.98123 as "98.12 %". */
export function percent(share: number, digits = 2): string {
  return `${(share * 100).toFixed(digits)} %`;
}

/** 65 as "1:05", 3725 as "1:02:05". */
export function clock(seconds: number): string {
  if (!Number.isFinite(seconds) || seconds > 359_999) return '–:––';
  const whole = Math.max(0, Math.ceil(seconds));
  const pad = (value: number) => String(value).padStart(2, '0');
  const minutes = Math.floor(whole / 60);
  if (minutes < 60) return `${minutes}:${pad(whole % 60)}`;
  return `${Math.floor(minutes / 60)}:${pad(minutes % 60)}:${pad(whole % 60)}`;
}

/** A path as people write it: the home folder as ~. */
export function tilde(path: string): string {
  const home = homedir();
  return printable(home.length > 1 && path.startsWith(home + sep) ? `~${path.slice(home.length)}` : path);
}

/** 1 sample, 2 samples. */
export function counted(count: number, noun: string): string {
  return `${grouped(count)} ${noun}${count === 1 ? '' : 's'}`;
}
