/** puppeteer-core drives Chromium over our websocket: pages, clicks, a large answer, a picture. */
import puppeteer from 'puppeteer-core';

const browser = await puppeteer.launch({
  executablePath: process.argv[2],
  args: process.argv.slice(3),
});
try {
  const page = await browser.newPage();
  await page.setContent('<button onclick="document.title = \'clicked\'">press</button>');
  await page.click('button');
  const large = await page.evaluate(() => 'x'.repeat(3_000_000));
  const picture = await page.screenshot({ fullPage: true });
  console.log(JSON.stringify([await page.title(), large.length, picture.length > 1000]));
} finally {
  await browser.close();
}
