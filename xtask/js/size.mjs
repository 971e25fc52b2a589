// Prints, as JSON, how many bytes files take raw, under brotli 11 and under gzip 9.
import { readFileSync } from "node:fs";
import { brotliCompressSync, gzipSync } from "node:zlib";

const sizes = process.argv.slice(2).map((path) => {
  const bytes = readFileSync(path);
  return {
    path,
    raw: bytes.length,
    // Quality 11 is the default of brotliCompressSync.
    brotli: brotliCompressSync(bytes).length,
    gzip: gzipSync(bytes, { level: 9 }).length,
  };
});
console.log(JSON.stringify(sizes));
