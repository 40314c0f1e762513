/** One way to write a digit: the strokes of the pen, and how much of the box's width its writers give it. */
interface Way {
  /** Width over height, before the hand of the writer varies it. */
  readonly aspect: number;
  /** How often this way is taken, relative to the digit's other ways. */
  readonly weight: number;
  /**
   * Points the pen passes through, in a box from 0,0 at the top left to 100,100 at the bottom right. It passes in a
   * curve; at a point marked ! it turns sharply.
   */
  readonly strokes: readonly string[];
}

/** Drawn for blasnet. Digits that people write in different ways have more of them. */
const ways: readonly (readonly Way[])[] = [
  // 0: a closed oval; one whose end runs past its beginning; a narrow leaf
  [
    { aspect: 0.72, weight: 3, strokes: ['56,0 22,10 4,48 15,86 48,100 83,86 96,50 84,13 52,0 28,7'] },
    { aspect: 0.75, weight: 2, strokes: ['72,9 38,1 6,34 9,78 42,100 84,84 96,44 76,10 40,10 26,20'] },
    { aspect: 0.55, weight: 1, strokes: ['66,0 24,22 4,62 22,96 62,94 92,58 90,18 62,0 44,8'] },
  ],
  // 1: a stroke; with a flag; with flag and foot
  [
    { aspect: 0.22, weight: 4, strokes: ['55,0 50,35 50,70 45,100'] },
    { aspect: 0.42, weight: 2, strokes: ['5,27 40,12 66,0! 64,50 62,100'] },
    { aspect: 0.55, weight: 1, strokes: ['14,24 38,10 54,0! 52,50 52,100', '8,100 50,98 96,98'] },
  ],
  // 2: a sharp turn at the bottom; a loop there; a wide one with a wave for its foot
  [
    { aspect: 0.7, weight: 3, strokes: ['8,24 24,6 58,0 86,18 74,48 42,76 6,98! 50,96 96,95'] },
    { aspect: 0.74, weight: 3, strokes: ['12,20 36,2 70,5 80,30 58,62 26,93 6,95 7,78 30,76 60,92 98,90'] },
    { aspect: 0.9, weight: 1, strokes: ['10,30 20,8 50,0 78,14 72,42 40,72 2,94! 30,86 62,98 100,88'] },
  ],
  // 3: round; with a flat top and a sharp turn; with a small loop in the middle
  [
    { aspect: 0.66, weight: 3, strokes: ['8,14 40,0 82,10 80,34 36,46! 80,55 95,78 60,99 4,88'] },
    { aspect: 0.68, weight: 1, strokes: ['10,5 50,4 88,2! 60,24 40,40! 80,50 94,76 60,99 4,90'] },
    { aspect: 0.66, weight: 1, strokes: ['12,16 44,0 80,12 72,38 40,50 36,44 52,44 86,60 88,84 50,100 6,86'] },
  ],
  // 4: open above; closed to a triangle; open with a round shoulder
  [
    { aspect: 0.72, weight: 3, strokes: ['16,3 10,30 6,52! 50,54 94,50', '82,0 78,50 72,100'] },
    { aspect: 0.74, weight: 2, strokes: ['68,0! 36,34 3,68! 50,68 98,66', '68,0 69,50 68,100'] },
    { aspect: 0.68, weight: 2, strokes: ['12,4 4,32 22,52 60,48 88,34', '90,0 84,45 72,100'] },
  ],
  // 5: in one stroke with corners; with the hat as a stroke of its own; round like an S
  [
    { aspect: 0.7, weight: 2, strokes: ['92,2 55,3 24,5! 19,24 16,44! 50,37 88,56 82,88 44,100 4,92'] },
    { aspect: 0.74, weight: 2, strokes: ['26,8 20,28 18,46! 52,40 84,60 76,90 40,100 4,88', '24,7 60,4 100,0'] },
    { aspect: 0.68, weight: 1, strokes: ['94,3 50,5 24,20 34,40 68,50 84,72 64,95 30,100 4,90'] },
  ],
  // 6: a long curve into its loop; a straighter stem with a small loop
  [
    { aspect: 0.62, weight: 3, strokes: ['76,0 40,20 10,56 12,88 48,100 86,86 84,60 50,52 14,74'] },
    { aspect: 0.55, weight: 2, strokes: ['50,0 24,36 6,74 26,98 72,96 90,76 64,62 30,70 12,86'] },
  ],
  // 7: an angle; with a bar across; with a serif; bent like a hook
  [
    { aspect: 0.68, weight: 3, strokes: ['4,6 50,4 94,3! 68,45 46,100'] },
    { aspect: 0.72, weight: 2, strokes: ['4,5 50,5 92,2! 64,48 42,100', '28,52 60,50 92,48'] },
    { aspect: 0.68, weight: 1, strokes: ['6,20 8,5! 50,5 94,4! 70,40 54,100'] },
    { aspect: 0.64, weight: 2, strokes: ['2,16 28,3 66,2 90,14 76,50 60,100'] },
  ],
  // 8: in one stroke; two ovals; a narrow one that stays open at the top
  [
    { aspect: 0.62, weight: 4, strokes: ['84,14 50,0 16,16 36,42 76,60 86,84 50,100 12,84 24,60 66,40 86,18 62,1'] },
    {
      aspect: 0.6,
      weight: 1,
      strokes: ['50,1 16,14 20,38 50,47 82,36 82,12 50,1', '50,47 10,64 12,90 50,100 90,90 90,62 50,47'],
    },
    { aspect: 0.58, weight: 1, strokes: ['92,6 40,2 14,20 50,46 84,74 56,100 16,86 34,56 90,10'] },
  ],
  // 9: a loop with a straight stem; with a tail that curves back; a loop closed to a point
  [
    { aspect: 0.6, weight: 3, strokes: ['86,14 52,0 12,18 16,44 52,48 84,26 88,12! 84,55 74,100'] },
    { aspect: 0.64, weight: 2, strokes: ['84,20 54,1 16,16 18,42 52,50 84,30 86,18! 88,60 66,94 16,94'] },
    { aspect: 0.58, weight: 2, strokes: ['90,4 46,2 10,24 20,48 58,42 92,4! 74,50 50,100'] },
  ],
];

/** A {@link Way} with its points as numbers, in a box from (0, 0) to (1, 1). */
export interface Skeleton {
  readonly aspect: number;
  readonly weight: number;
  readonly strokes: readonly (readonly StrokePoint[])[];
}

export interface StrokePoint {
  readonly x: number;
  readonly y: number;
  /** The pen turns sharply here. */
  readonly corner: boolean;
}

/** The ways to write each digit from 0 to 9. */
export function digitSkeletons(): Skeleton[][] {
  return ways.map((ofDigit) =>
    ofDigit.map(({ aspect, weight, strokes }) => ({ aspect, weight, strokes: strokes.map(readStroke) })),
  );
}

function readStroke(text: string): StrokePoint[] {
  return text.split(' ').map((point) => {
    const [x, y] = point.split(',');
    return { x: Number(x) / 100, y: Number.parseInt(y, 10) / 100, corner: y.endsWith('!') };
  });
}
