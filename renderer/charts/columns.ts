/** Columns of numbers as the host sends them (base64 of little-endian doubles), and curves made of them. */
import type { Band, Curve, CurveMetric, CurveSummary } from '../../electron/contract/compare-curves.ts'

export type Column = Float64Array

/** The numbers of a column, NaN and infinities included. */
export function decodeColumn(text: string): Column {
  const bytes = decodeBase64(text)
  const values = new Float64Array(bytes.byteLength / 8)
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  for (let i = 0; i < values.length; i++) values[i] = view.getFloat64(i * 8, true)
  return values
}

/** A curve with its columns decoded. */
export interface CurveColumns {
  readonly runId: string
  readonly metric: CurveMetric
  readonly reduced: boolean
  readonly x: Column
  readonly y: Column
  readonly step: Column
  readonly smoothX: Column
  readonly smoothY: Column
  readonly notNumberX: Column
  readonly summary: CurveSummary
}

export function decodeCurve({ x, y, step, smoothX, smoothY, notNumberX, ...rest }: Curve): CurveColumns {
  return {
    ...rest,
    x: decodeColumn(x),
    y: decodeColumn(y),
    step: decodeColumn(step),
    smoothX: decodeColumn(smoothX),
    smoothY: decodeColumn(smoothY),
    notNumberX: decodeColumn(notNumberX),
  }
}

/** A group's mean and spread with its columns decoded. */
export interface BandColumns {
  readonly name: string
  readonly x: Column
  readonly mean: Column
  readonly low: Column
  readonly high: Column
  readonly runs: Column
}

export function decodeBand({ name, x, mean, low, high, runs }: Band): BandColumns {
  return {
    name,
    x: decodeColumn(x),
    mean: decodeColumn(mean),
    low: decodeColumn(low),
    high: decodeColumn(high),
    runs: decodeColumn(runs),
  }
}

/** Browsers before 2025 have no `Uint8Array.fromBase64`. */
function decodeBase64(text: string): Uint8Array {
  if ('fromBase64' in Uint8Array) return fromBase64(text)
  const binary = atob(text)
  const bytes = new Uint8Array(binary.length)
  for (let i = 0; i < bytes.length; i++) bytes[i] = binary.charCodeAt(i)
  return bytes
}

function fromBase64(text: string): Uint8Array {
  return (Uint8Array as typeof Uint8Array & { fromBase64(text: string): Uint8Array }).fromBase64(text)
}
