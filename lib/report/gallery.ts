import { encode } from 'fast-png';
import { escapeXml } from './escape.js';
import { fonts, paletteOf, type ThemeName } from './theme.js';

/** Small images side by side, such as digits, or the weights of the first layer. */
export interface Gallery {
  readonly name: string;
  readonly title: string;
  readonly subtitle?: string;
  /** Images in one row. */
  readonly columns: number;
  readonly images: readonly GalleryImage[];
  /**
   * `ink`: 0 is paper, the largest value ink. `signed`: blue below 0, orange above, as strong as the largest size of a value
   * in the image. Default `ink`.
   */
  readonly values?: 'ink' | 'signed';
  /** Edge of a pixel of the images on the page; default 2. */
  readonly pixel?: number;
}

export interface GalleryImage {
  /** `[rows, columns]` row-major. */
  readonly values: ArrayLike<number>;
  readonly rows: number;
  readonly columns: number;
  readonly caption?: string;
}

const [GAP, CAPTION, TOP, EDGE] = [10, 16, 58, 16];

/** The gallery as one SVG; images are PNGs within it. */
export function gallerySvg(gallery: Gallery, theme: ThemeName): string {
  const { images, columns, pixel = 2, title, subtitle } = gallery;
  const { background, ink, quiet } = paletteOf(theme);
  const cellWidth =
    Math.max(...images.map((image) => Math.max(image.columns * pixel, captionWidth(image.caption)))) + GAP;
  const captioned = images.some(({ caption }) => caption !== undefined);
  const cellHeight = Math.max(...images.map(({ rows }) => rows * pixel)) + GAP + (captioned ? CAPTION : 0);
  const rows = Math.ceil(images.length / columns);
  const top = TOP - (subtitle === undefined ? 18 : 0);
  const width = Math.max(
    2 * EDGE + Math.min(columns, images.length) * cellWidth - GAP,
    2 * EDGE + 8.5 * title.length,
    2 * EDGE + 6.4 * (subtitle?.length ?? 0),
  );
  const height = top + rows * cellHeight - GAP + EDGE;
  const cells = images.map((image, i) => {
    const [x, y] = [EDGE + (i % columns) * cellWidth, top + Math.floor(i / columns) * cellHeight];
    const png = Buffer.from(pngOf(image, gallery.values ?? 'ink', theme)).toString('base64');
    const [w, h] = [image.columns * pixel, image.rows * pixel];
    const shift = (cellWidth - GAP - w) / 2;
    const picture = `<image x="${x + shift}" y="${y}" width="${w}" height="${h}" style="image-rendering:pixelated" href="data:image/png;base64,${png}"/>`;
    if (image.caption === undefined) return picture;
    const text = `<text x="${x + (cellWidth - GAP) / 2}" y="${y + h + 13}" text-anchor="middle" font-size="11" fill="${quiet}">${escapeXml(image.caption)}</text>`;
    return picture + text;
  });
  const lead =
    subtitle === undefined
      ? ''
      : `<text x="${EDGE}" y="44" font-size="12" fill="${quiet}">${escapeXml(subtitle)}</text>`;
  return (
    `<svg xmlns="http://www.w3.org/2000/svg" width="${Math.ceil(width)}" height="${height}" viewBox="0 0 ${Math.ceil(width)} ${height}" font-family="${fonts}">` +
    `<rect width="100%" height="100%" fill="${background}"/>` +
    `<text x="${EDGE}" y="26" font-size="16" font-weight="bold" fill="${ink}">${escapeXml(title)}</text>${lead}${cells.join('')}</svg>`
  );
}

/** Room of a caption of 11 pixels, estimated: nothing here measures text. */
function captionWidth(caption: string | undefined): number {
  return caption === undefined ? 0 : 6.2 * caption.length;
}

function pngOf({ values, rows, columns }: GalleryImage, kind: 'ink' | 'signed', theme: ThemeName): Uint8Array {
  let most = 1e-12;
  for (let i = 0; i < values.length; i++) most = Math.max(most, Math.abs(values[i]));
  const data = new Uint8Array(rows * columns * 3);
  for (let i = 0; i < rows * columns; i++) {
    const share = Math.max(-1, Math.min(1, values[i] / most));
    data.set(kind === 'ink' ? inkColour(share, theme) : signedColour(share, theme), 3 * i);
  }
  return encode({ width: columns, height: rows, data, channels: 3, depth: 8 });
}

type Colour = [number, number, number];
const neutral: Record<ThemeName, Colour> = { light: [246, 247, 248], dark: [32, 37, 44] };
const ink: Record<ThemeName, Colour> = { light: [24, 28, 34], dark: [240, 242, 245] };
const below: Record<ThemeName, Colour> = { light: [0, 94, 160], dark: [98, 180, 240] };
const above: Record<ThemeName, Colour> = { light: [205, 85, 0], dark: [250, 140, 70] };

function mix(from: Colour, to: Colour, share: number): Colour {
  const at = (i: number) => Math.round(from[i] + (to[i] - from[i]) * share);
  return [at(0), at(1), at(2)];
}

function inkColour(share: number, theme: ThemeName): Colour {
  return mix(neutral[theme], ink[theme], Math.max(0, share));
}

function signedColour(share: number, theme: ThemeName): Colour {
  return mix(neutral[theme], share < 0 ? below[theme] : above[theme], Math.abs(share));
}
