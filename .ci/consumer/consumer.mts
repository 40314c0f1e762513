// The published types compile in a strict project that skips no library check.
import * as blasnet from 'blasnet';

export const names: string[] = Object.keys(blasnet);
