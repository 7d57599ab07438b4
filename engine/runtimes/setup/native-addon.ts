/** Builds the native part of TensorFlow.js against a TensorFlow library that is already here. */
import { existsSync } from 'node:fs'
import { mkdir, rm, symlink } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { StudioError } from '../../errors.ts'
import {
  type FoundPackage,
  findNativePackage,
  type NativePackage,
  TENSORFLOW_JS,
} from '../tensorflow/addons.ts'
import { npm, run } from './run.ts'
import { unzip } from './unzip.ts'

/** The version of Node-API that the package's sources are written for. */
const NODE_API = 8

/** Puts a package into the add-ons folder, without running its scripts. */
export async function installSources(name: NativePackage, addons: string): Promise<FoundPackage> {
  await mkdir(addons, { recursive: true })
  const quiet = ['--no-audit', '--no-fund', '--no-update-notifier', '--loglevel=error']
  await npm(['install', '--prefix', addons, '--ignore-scripts', ...quiet, `${name}@${TENSORFLOW_JS}`], {
    cwd: addons,
    purpose: `install ${name} into ${addons}`,
    hint: 'Check the network and the package registry of npm, then try again.',
  })
  const found = findNativePackage(name, addons)
  if (found !== undefined) return found
  throw new StudioError(
    'not-found',
    `npm installed ${name}, but it is not in ${addons}.`,
    'Delete that folder and try again.',
  )
}

/** Library and headers of the wheel, where the package's build looks for them. */
export async function unpackLibrary(wheel: string, folder: string): Promise<void> {
  const [lib, include] = [join(folder, 'deps/lib'), join(folder, 'deps/include')]
  await rm(join(folder, 'deps'), { recursive: true, force: true })
  const headers =
    /^tensorflow\/include\/((?:tensorflow\/c\/|tensorflow\/core\/platform\/ctstring|tsl\/|xla\/tsl\/).*\.h)$/
  const count = await unzip(wheel, (name) => {
    const library = /^tensorflow\/(libtensorflow_(?:cc|framework)\.so\.2)$/.exec(name)?.[1]
    if (library !== undefined) return join(lib, library)
    const header = headers.exec(name)?.[1]
    return header === undefined ? undefined : join(include, header)
  })
  if (!existsSync(join(lib, 'libtensorflow_cc.so.2')) || count < 3)
    throw new StudioError(
      'bad-file',
      `${wheel} holds no libtensorflow_cc.so.2 with its headers.`,
      'Give a wheel of tensorflow-cpu 2.21 for Linux.',
    )
  // The names that the package's build asks the linker for.
  await symlink('libtensorflow_cc.so.2', join(lib, 'libtensorflow.so'))
  await symlink('libtensorflow_framework.so.2', join(lib, 'libtensorflow_framework.so'))
}

/** Compiles; the add-on finds the library beside it, so nothing has to be set in the environment. */
export async function compileAddon(folder: string): Promise<void> {
  const gyp = createRequire(import.meta.url).resolve('node-gyp/bin/node-gyp.js')
  const headers = (await npm(['config', 'get', 'nodedir'], { purpose: 'ask npm', hint: 'Check npm.' })).trim()
  await run(
    process.execPath,
    [
      gyp,
      'rebuild',
      '--directory',
      folder,
      ...(headers === '' || headers === 'undefined' ? [] : ['--nodedir', headers]),
      '--module_name=tfjs_binding',
      `--module_path=${join(folder, `lib/napi-v${NODE_API}`)}`,
      `--napi_version=${process.versions.napi}`,
      `--napi_build_version=${NODE_API}`,
    ],
    {
      cwd: folder,
      purpose: 'compile the native part of TensorFlow.js',
      hint: 'It takes Python 3, make, a C++ compiler (Debian: apt install build-essential) and the headers of Node.',
    },
  )
}
