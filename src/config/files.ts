import { basename, dirname } from 'node:path'
import picomatch from 'picomatch'
import type { ConfigurationIssue } from '../errors.js'
import type { DatasetSource } from '../dataset/types.js'
import { formatPath, show, type Path } from './position.js'
import { findFiles } from './glob.js'
import type { DatasetDocument } from './schema/index.js'
import type { PreprocessReference } from './types.js'
import { confine, inspectPath, type Kind } from './workspace.js'

/** Resolves the paths of one config and collects what is wrong with them. */
export class PathResolver {
  readonly issues: (ConfigurationIssue & { readonly path: Path })[] = []

  /**
   * @param folder of the config file; paths start there.
   * @param workspace that they may not leave. Both free of symbolic links.
   */
  constructor(
    private readonly folder: string,
    private readonly workspace: string
  ) {}

  /** @returns the absolute path; also where it was refused, since an issue then stops the gate. */
  async resolve(given: string, path: Path, kind: Kind): Promise<string> {
    const confined = confine(given, this.folder, this.workspace)
    const refused = 'refused' in confined ? confined.refused : await inspectPath(confined.file, this.workspace, kind)
    if (refused !== undefined) this.issues.push({ path, message: `${formatPath(path)} ${show(given)} ${refused}` })
    return 'refused' in confined ? given : confined.file
  }

  private async optional(given: string | undefined, path: Path): Promise<string | undefined> {
    return given === undefined ? undefined : this.resolve(given, path, 'file')
  }

  /** The .npy files behind a glob, a folder or a file name. */
  async reference(given: string, path: Path): Promise<PreprocessReference> {
    const refuse = (refused: string): PreprocessReference => {
      this.issues.push({ path, message: `${formatPath(path)} ${show(given)} ${refused}` })
      return { root: this.folder, files: [] }
    }
    const { base, glob, isGlob } = picomatch.scan(given)
    const confined = confine(base === '' ? '.' : base, this.folder, this.workspace)
    if ('refused' in confined) return refuse(confined.refused)
    const isFile = !isGlob && base.endsWith('.npy')
    const refused = await inspectPath(confined.file, this.workspace, isFile ? 'file' : 'folder')
    if (refused !== undefined) return refuse(refused)
    if (isFile) return { root: dirname(confined.file), files: [basename(confined.file)] }
    const files = await findFiles(confined.file, isGlob ? glob : '**/*.npy')
    const tensors = files.filter((file) => file.endsWith('.npy'))
    return tensors.length > 0 ? { root: confined.file, files: tensors } : refuse('matches no .npy file')
  }

  async dataset(document: DatasetDocument, path: Path): Promise<DatasetSource> {
    if (typeof document === 'string') {
      return { kind: 'folders', path: await this.resolve(document, path, 'folder'), classOffset: 0 }
    }
    if ('coco' in document || 'voc' in document || 'yolo' in document) return this.detection(document, path)
    if ('masks' in document) return this.segmentation(document, path)
    if ('images' in document) {
      return { kind: 'images', images: await this.resolve(document.images, [...path, 'images'], 'folder') }
    }
    const classOffset = document.class_offset
    if ('npy' in document) {
      const inputs = await this.resolve(document.npy, [...path, 'npy'], 'file')
      const labels = await this.optional(document.labels, [...path, 'labels'])
      return { kind: 'npy', inputs, ...(labels !== undefined && { labels }), classOffset }
    }
    const classes = await this.optional(document.classes, [...path, 'classes'])
    const named = { ...(classes !== undefined && { classes }), classOffset }
    if ('path' in document) {
      return { kind: 'folders', path: await this.resolve(document.path, [...path, 'path'], 'folder'), ...named }
    }
    const manifest = await this.resolve(document.manifest, [...path, 'manifest'], 'file')
    const root =
      document.root === undefined ? dirname(manifest) : await this.resolve(document.root, [...path, 'root'], 'folder')
    return { kind: 'manifest', manifest, root, ...named }
  }

  private async detection(
    document: Extract<DatasetDocument, { coco: string } | { voc: string } | { yolo: string }>,
    path: Path
  ): Promise<DatasetSource> {
    const images = await this.resolve(document.images, [...path, 'images'], 'folder')
    if ('coco' in document) {
      return { kind: 'coco', annotations: await this.resolve(document.coco, [...path, 'coco'], 'file'), images }
    }
    const classes = await this.resolve(document.classes, [...path, 'classes'], 'file')
    if ('yolo' in document) {
      return { kind: 'yolo', labels: await this.resolve(document.yolo, [...path, 'yolo'], 'folder'), images, classes }
    }
    const annotations = await this.resolve(document.voc, [...path, 'voc'], 'folder')
    const list = await this.optional(document.list, [...path, 'list'])
    return { kind: 'voc', annotations, images, classes, ...(list !== undefined && { list }) }
  }

  private async segmentation(
    document: Extract<DatasetDocument, { masks: string }>,
    path: Path
  ): Promise<DatasetSource> {
    const classes = await this.optional(document.classes, [...path, 'classes'])
    const { image_suffix: imageSuffix, mask_suffix: maskSuffix, ignore, map, others } = document
    const values = new Map(Object.entries(map ?? {}).map(([value, index]) => [Number(value), index]))
    return {
      kind: 'masks',
      images: await this.resolve(document.images, [...path, 'images'], 'folder'),
      masks: await this.resolve(document.masks, [...path, 'masks'], 'folder'),
      ...(classes !== undefined && { classes }),
      ...(imageSuffix !== undefined && { imageSuffix }),
      maskSuffix,
      ...(ignore !== undefined && { ignore }),
      ...(map !== undefined && { map: { values, others } })
    }
  }
}
