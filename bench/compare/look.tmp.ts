import { chromium } from 'playwright-core'
import { startHeadless } from '../../electron/serve/start-headless.ts'

const [dataDir, script] = process.argv.slice(2)
const studio = await startHeadless({ dataDir: dataDir!, pages: '/tmp/cmp/pages' })
const browser = await chromium.launch({
  executablePath: '/usr/bin/chromium',
  args: [
    '--no-sandbox',
    '--disable-gpu',
    '--disable-quic',
    '--no-first-run',
    '--disable-background-networking',
    '--disable-component-update',
    '--disable-sync',
  ],
})
const context = await browser.newContext({ viewport: { width: 1280, height: 800 }, acceptDownloads: true })
const page = await context.newPage()
page.on('console', (m) => {
  if (m.type() === 'error' || m.type() === 'warning') console.log('console', m.type(), m.text())
})
page.on('pageerror', (e) => console.log('pageerror', e.message, e.stack?.split('\n').slice(0, 4).join(' | ')))
await page.goto(studio.url)
await page.waitForSelector('h1')
try {
  const { default: play } = await import(script!)
  await play({
    page,
    studio,
    context,
    go: (p: string) =>
      page.evaluate((h) => {
        window.location.hash = h
      }, '#/' + p),
  })
} catch (error) {
  console.log('failed', error)
  await page.screenshot({ path: '/tmp/cmp/fail.png' })
}
await browser.close()
await studio.close()
process.exit(0)
