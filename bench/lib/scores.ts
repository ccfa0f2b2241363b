import { readFileSync } from 'node:fs'
import path from 'node:path'
import { decodeImage, type Batch } from '../../src/dataset/index.js'
import { TopKAccumulator, Outcome } from '../../src/metrics/index.js'
import type { Tensor } from '../../src/tensor.js'

export interface Score {
  /** 0..1 of the task's metric, where it is computed. */
  readonly metric?: number
  /** One byte a sample, for top-1. */
  readonly outcomes?: Uint8Array
  /** Signal to quantization noise of the output against FP32, by part of the output. */
  readonly sqnrDb: Readonly<Record<string, number>>
}

/** Scores one model's outputs, batch by batch, beside the FP32 model's. */
export interface Scorer {
  add(output: Tensor, reference: Tensor, batch: Batch): Promise<void> | void
  result(): Score
}

/** Rows of axis 1 that belong together, such as boxes and class scores: their values differ in size. */
export type Parts = Readonly<Record<string, readonly [from: number, to: number]>>

/** 10 log10(sum x^2 / sum (x - y)^2) over all samples. */
export class Sqnr implements Scorer {
  private readonly sums = new Map<string, { signal: number; noise: number }>()

  constructor(private readonly parts: Parts = { output: [0, Infinity] }) {}

  add(output: Tensor, reference: Tensor): void {
    const [x, y] = [reference.data as Float32Array, output.data as Float32Array]
    const [samples, rows] = reference.dims
    const row = x.length / (samples * rows)
    for (const [name, [from, to]] of Object.entries(this.parts)) {
      const sum = this.sums.get(name) ?? { signal: 0, noise: 0 }
      for (let sample = 0; sample < samples; sample++) {
        const start = sample * rows * row
        const end = start + Math.min(rows, to) * row
        for (let i = start + from * row; i < end; i++) {
          sum.signal += x[i] * x[i]
          sum.noise += (x[i] - y[i]) * (x[i] - y[i])
        }
      }
      this.sums.set(name, sum)
    }
  }

  result(): Score {
    const decibels = [...this.sums].map(([name, { signal, noise }]) => [name, 10 * Math.log10(signal / noise)] as const)
    return { sqnrDb: Object.fromEntries(decibels) }
  }
}

abstract class WithSqnr implements Scorer {
  private readonly sqnr = new Sqnr()

  add(output: Tensor, reference: Tensor, batch: Batch): Promise<void> | void {
    this.sqnr.add(output, reference)
    return this.count(output, batch)
  }

  result(): Score {
    return { ...this.sqnr.result(), ...this.score() }
  }

  protected abstract count(output: Tensor, batch: Batch): Promise<void> | void
  protected abstract score(): Omit<Score, 'sqnrDb'>
}

export class Top1 extends WithSqnr {
  private readonly topK = new TopKAccumulator()

  protected count(output: Tensor, { samples }: Batch): void {
    this.topK.add(
      output,
      samples.map(({ label }) => label ?? -1)
    )
  }

  protected score(): Omit<Score, 'sqnrDb'> {
    const { metrics, outcomes } = this.topK.result()
    return { metric: metrics.top1 ?? 0, outcomes: outcomes.map((outcome) => outcome & Outcome.top1) }
  }
}

/** Mean over the classes of intersection / union, counted over all pixels of all images. */
export class MeanIou extends WithSqnr {
  private confusion = new Float64Array(0)
  private classes = 0

  constructor(private readonly masks: string) {
    super()
  }

  protected async count({ dims, data }: Tensor, { samples }: Batch): Promise<void> {
    const [, classes, height, width] = dims
    const [area, scores] = [height * width, data as Float32Array]
    if (this.classes === 0) this.confusion = new Float64Array(classes * classes)
    this.classes = classes
    for (const [sample, { id }] of samples.entries()) {
      const truth = await readMask(path.join(this.masks, id))
      const start = sample * classes * area
      for (let pixel = 0; pixel < area; pixel++) {
        let best = 0
        for (let c = 1; c < classes; c++) {
          if (scores[start + c * area + pixel] > scores[start + best * area + pixel]) best = c
        }
        this.confusion[truth.data[pixel] * classes + best]++
      }
    }
  }

  protected score(): Omit<Score, 'sqnrDb'> {
    let sum = 0
    for (let c = 0; c < this.classes; c++) {
      const hit = this.confusion[c * this.classes + c]
      let union = -hit
      for (let other = 0; other < this.classes; other++) {
        union += this.confusion[c * this.classes + other] + this.confusion[other * this.classes + c]
      }
      sum += hit / union
    }
    return { metric: sum / this.classes }
  }
}

/**
 * Mean of the foreground's and the background's intersection / union, counted over all pixels of all images; the output
 * is resized to the image, then cut at 0.5.
 */
export class ForegroundIou extends WithSqnr {
  /** Pixels by 2 * truth + prediction. */
  private readonly pixels = [0, 0, 0, 0]

  constructor(private readonly masks: string) {
    super()
  }

  protected async count({ dims, data }: Tensor, { samples }: Batch): Promise<void> {
    const [, , height, width] = dims
    const area = height * width
    for (const [sample, { id }] of samples.entries()) {
      const truth = await readMask(path.join(this.masks, id))
      const scores = (data as Float32Array).subarray(sample * area, (sample + 1) * area)
      for (let y = 0; y < truth.height; y++) {
        for (let x = 0; x < truth.width; x++) {
          const [u, v] = [((x + 0.5) * width) / truth.width - 0.5, ((y + 0.5) * height) / truth.height - 0.5]
          const predicted = bilinear(scores, width, height, u, v) > 0.5 ? 1 : 0
          this.pixels[2 * truth.data[y * truth.width + x] + predicted]++
        }
      }
    }
  }

  protected score(): Omit<Score, 'sqnrDb'> {
    const [neither, invented, missed, both] = this.pixels
    const wrong = invented + missed
    return { metric: (both / (both + wrong) + neither / (neither + wrong)) / 2 }
  }
}

function bilinear(values: Float32Array, width: number, height: number, u: number, v: number): number {
  const [left, top] = [Math.floor(u), Math.floor(v)]
  const [a, b] = [u - left, v - top]
  const at = (x: number, y: number) =>
    values[Math.min(Math.max(y, 0), height - 1) * width + Math.min(Math.max(x, 0), width - 1)]
  const upper = at(left, top) * (1 - a) + at(left + 1, top) * a
  const lower = at(left, top + 1) * (1 - a) + at(left + 1, top + 1) * a
  return upper * (1 - b) + lower * b
}

function readMask(image: string): ReturnType<typeof decodeImage> {
  const file = image.replace(/\.jpg$/, '.png')
  return decodeImage(readFileSync(file), file)
}
