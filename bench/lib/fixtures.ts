import { execFileSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import path from 'node:path'
import type { PreprocessStep } from '../../src/dataset/index.js'

/** The shared fixtures, which are not part of the repository. */
export const FIXTURES = path.resolve(process.env.PRECISION_GATE_FIXTURES ?? path.join('..', 'shared', 'fixtures'))

export function fixture(name: string): string {
  const file = path.join(FIXTURES, name)
  if (!existsSync(file)) throw new Error(`${file} is missing: point PRECISION_GATE_FIXTURES to the shared fixtures`)
  return file
}

/** Unpacks the Fashion-MNIST images: test/<class>/*.png (10,000) and calibration/<class>/*.png (1,024). */
export function unpackFashionMnist(folder: string): { readonly test: string; readonly calibration: string } {
  execFileSync('tar', ['-xzf', fixture('own/data/fashion-mnist.tar.gz'), '-C', folder])
  const root = existsSync(path.join(folder, 'fashion-mnist')) ? path.join(folder, 'fashion-mnist') : folder
  return { test: path.join(root, 'test'), calibration: path.join(root, 'calibration') }
}

const plain = (scale: number, mean: number, std: number): PreprocessStep => {
  return { step: 'normalize', scale, mean: [mean], std: [std] }
}

export const FASHION_STEPS: readonly PreprocessStep[] = [
  { step: 'pad', left: 2, top: 2, right: 2, bottom: 2, color: [0] },
  { step: 'color', to: 'gray-to-rgb' },
  plain(1 / 255, 0.286, 0.353)
]

/** RGB / 255 at the image's own size. */
export const SCALE_STEPS: readonly PreprocessStep[] = [plain(1 / 255, 0, 1)]

/** RGB / 255 after a plain resize. */
export function resizedSteps(size: number): readonly PreprocessStep[] {
  const resize = {
    step: 'resize',
    size: { width: size, height: size },
    interpolation: 'bilinear',
    like: 'opencv'
  } as const
  return [resize, ...SCALE_STEPS]
}
