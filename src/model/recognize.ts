const SIGNATURES: readonly (readonly [offset: number, bytes: string, what: string])[] = [
  [0, '\x89PNG', 'a PNG image'],
  [0, '\xff\xd8\xff', 'a JPEG image'],
  [0, 'GIF8', 'a GIF image'],
  [0, '%PDF', 'a PDF document'],
  [0, '\x1f\x8b', 'gzip-compressed: unpack it first'],
  [0, 'PK\x03\x04', 'a ZIP archive (a PyTorch or Keras file is one): export the network to ONNX'],
  [0, '\x80\x02', 'a Python pickle (an old PyTorch file is one): export the network to ONNX'],
  [0, '\x89HDF', 'an HDF5 file (a Keras file is one): export the network to ONNX'],
  [4, 'TFL3', 'a TensorFlow Lite model: convert it to ONNX'],
  [4, 'ORTM', "a model in ONNX Runtime's ORT format: use the .onnx file that it was made from"]
]

/** The first line of a file that Git LFS left in place of the real one. */
const LFS_POINTER = /^version https:\/\/git-lfs\.github\.com\/spec\//

export interface Recognized {
  readonly what: string
  readonly hint?: string
}

/** What the bytes are instead of an ONNX model; only asked once they have failed as one. */
export function recognize(bytes: Uint8Array): Recognized {
  const head = Buffer.from(bytes.subarray(0, 1024)).toString('latin1')
  if (LFS_POINTER.test(head)) {
    return {
      what: 'a Git LFS pointer, not the model itself',
      hint: 'run `git lfs pull`, or check out with `lfs: true`'
    }
  }
  for (const [offset, signature, what] of SIGNATURES) if (head.startsWith(signature, offset)) return { what }
  if (/^\s*<(!doctype|html|\?xml)/i.test(head)) {
    return { what: 'an HTML or XML page', hint: 'a download probably answered with an error or login page' }
  }
  if (!/[^\t\n\r\x20-\x7e\x80-\xff]/.test(head)) return { what: 'a text file' }
  return { what: 'cut short, damaged, or of another kind', hint: 'export or download the model again' }
}
