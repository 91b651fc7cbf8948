import { escapeText } from '../../src/text/escape.js';

/** One curve: a value at each time. */
export interface Series {
  name: string;
  points: readonly { minute: number; value: number }[];
}

/** A diagram of several curves that share a unit. */
export interface Panel {
  title: string;
  unit: string;
  series: readonly Series[];
}

const WIDTH = 720;
const HEIGHT = 150;
const LEFT = 70;
const GAP = 46;
const COLOURS = ['#1f6feb', '#d1242f', '#1a7f37', '#9a6700', '#8250df', '#57606a'];

/** Draws panels below each other as one SVG, with time in minutes from left to right and each value axis from zero. */
export function drawPanels(panels: readonly Panel[]): string {
  const height = panels.length * (HEIGHT + GAP) + 10;
  const body = panels.map((panel, index) => drawPanel(panel, 20 + index * (HEIGHT + GAP))).join('\n');
  return (
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${LEFT + WIDTH + 20} ${height}" font-family="sans-serif" font-size="11">\n` +
    `<title>What was measured over the run</title>\n<rect width="100%" height="100%" fill="#fff"/>\n${body}\n</svg>\n`
  );
}

function drawPanel({ title, unit, series }: Panel, top: number): string {
  const points = series.flatMap((one) => one.points);
  const maxMinute = Math.max(1, ...points.map(({ minute }) => minute));
  const maxValue = Math.max(1, ...points.map(({ value }) => value)) * 1.1;
  const x = (minute: number) => (LEFT + (minute / maxMinute) * WIDTH).toFixed(1);
  const y = (value: number) => (top + HEIGHT - (value / maxValue) * HEIGHT).toFixed(1);
  const lines = series.map((one, index) => {
    const path = one.points.map(({ minute, value }) => `${x(minute)},${y(value)}`).join(' ');
    return `<polyline fill="none" stroke="${COLOURS[index % COLOURS.length]}" points="${path}"/>`;
  });
  const legend = series.map(
    ({ name }, index) =>
      `<text x="${LEFT + 160 + index * 110}" y="${top - 5}" fill="${COLOURS[index % COLOURS.length]}">${escapeText(name)}</text>`,
  );
  return [
    `<text x="${LEFT}" y="${top - 5}" font-weight="bold">${escapeText(title)}</text>`,
    ...legend,
    `<rect x="${LEFT}" y="${top}" width="${WIDTH}" height="${HEIGHT}" fill="none" stroke="#d0d7de"/>`,
    `<text x="${LEFT - 6}" y="${top + 10}" text-anchor="end">${Math.round(maxValue)} ${escapeText(unit)}</text>`,
    `<text x="${LEFT - 6}" y="${top + HEIGHT}" text-anchor="end">0</text>`,
    `<text x="${LEFT + WIDTH}" y="${top + HEIGHT + 14}" text-anchor="end">${Math.round(maxMinute)} min</text>`,
    ...lines,
  ].join('\n');
}

/** How much a series changes from its first to its last point, by linear regression, as a share of its mean. */
export function trend(points: Series['points']): number {
  const n = points.length;
  if (n < 2) return 0;
  const mean = (pick: (point: Series['points'][number]) => number) => points.reduce((sum, point) => sum + pick(point), 0) / n;
  const [meanMinute, meanValue] = [mean(({ minute }) => minute), mean(({ value }) => value)];
  const covariance = mean(({ minute, value }) => (minute - meanMinute) * (value - meanValue));
  const variance = mean(({ minute }) => (minute - meanMinute) ** 2);
  const [first, last] = [points[0]?.minute ?? 0, points.at(-1)?.minute ?? 0];
  return meanValue === 0 || variance === 0 ? 0 : ((covariance / variance) * (last - first)) / meanValue;
}
