/** Where the parts of this installation lie: the source tree, its build in `out/`, or a packaged application. */
import { basename, dirname, join } from 'node:path'

const here = import.meta.dirname
const isBuild = basename(here) === 'main' && basename(dirname(here)) === 'out'

/** The project's folder, or the archive that stands for it in a packaged application. */
const root = isBuild ? dirname(dirname(here)) : dirname(here)

/** Built-in models and datasets. Beside the archive, where native code can map the weights. */
export const resourcesDir = join(root.endsWith('.asar') ? dirname(root) : root, 'resources')
/** The built page. */
export const pagesDir = join(root, 'out/renderer')
export const packageFile = join(root, 'package.json')
export const preloadFile = join(root, 'out/preload/preload.cjs')
export const iconFile = join(resourcesDir, 'icons/icon.png')
