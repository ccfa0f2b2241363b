import { FileError } from '../../errors.js'
import type { Range } from '../scale.js'

/** Half the width of the symmetric range that holds this one. */
export function amax({ min, max }: Range): number {
  return Math.max(Math.abs(min), Math.abs(max))
}

/** @throws FileError where the value is no finite, positive-or-zero half width */
export function symmetricRange(value: number, tensor: string, file: string): Range {
  if (!Number.isFinite(value) || value < 0) {
    throw new FileError(`${file}: ${tensor} has the range ${value}`, 'a range is a finite number of at least 0')
  }
  return value === 0 ? { min: 0, max: 0 } : { min: -value, max: value }
}

/**
 * A range that ONNX Runtime's writer stored as max(min, max), without the absolute value.
 * @throws FileError where the sign shows that the wider end was negative and is lost
 */
export function oneSidedRange(text: string, tensor: string, file: string): Range {
  const value = text.trim() === '' ? Number.NaN : float32Of(text)
  if (value < 0 || Object.is(value, -0)) {
    throw new FileError(
      `${file}: ${tensor} has the value ${text}: ONNX Runtime's writer keeps the larger end with its sign, and the lower one is lost`,
      'take the calibration.json that it wrote beside it, which has both ends'
    )
  }
  return symmetricRange(value, tensor, file)
}

/** @throws FileError where the two are not a range */
export function rangeOf(min: number, max: number, tensor: string, file: string): Range {
  if (!Number.isFinite(min) || !Number.isFinite(max) || min > max) {
    throw new FileError(
      `${file}: ${tensor} has the range ${min} to ${max}`,
      'both ends are finite, the lower one first'
    )
  }
  return { min, max }
}

/** Puts a range in, once. */
export function addRange(ranges: Map<string, Range>, tensor: string, range: Range, file: string): void {
  if (tensor === '') throw new FileError(`${file}: a range has no tensor name`)
  if (ranges.has(tensor)) {
    throw new FileError(`${file}: ${tensor} has two ranges`, 'merge them, or leave one of the two out')
  }
  ranges.set(tensor, range)
}

/** Shortest decimal that reads back as the same float32. */
export function float32Text(value: number): string {
  const single = Math.fround(value)
  for (let digits = 1; digits <= 9; digits++) {
    const text = Number(single.toPrecision(digits)).toString()
    if (Math.fround(Number(text)) === single) return text
  }
  return single.toString()
}

/** The float32 that decimal digits stand for: what wrote them had one, and a scale is to come out the same to the bit. */
export function float32Of(text: string): number {
  return Math.fround(Number(text))
}

/** @throws FileError for a name that would break a format of lines */
export function assertOneLine(tensor: string, file: string): void {
  if (/[\r\n]/.test(tensor)) {
    throw new FileError(
      `${file}: the tensor name ${JSON.stringify(tensor)} has a line break, which this format cannot hold`,
      'choose a JSON format (ranges, onnxruntime-json)'
    )
  }
}

export function textOf(content: Uint8Array, file: string): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(content)
  } catch (cause) {
    throw new FileError(`${file} is not UTF-8 text`, undefined, { cause })
  }
}

export function startsWith(content: Uint8Array, text: string): boolean {
  return Buffer.from(content.buffer, content.byteOffset, Math.min(content.byteLength, text.length)).equals(
    Buffer.from(text, 'latin1')
  )
}
