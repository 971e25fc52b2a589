// Gives the reader a file that was made in the page.

export function download(name: string, parts: BlobPart | BlobPart[], type: string): void {
  const address = URL.createObjectURL(new Blob([parts].flat(), { type }));
  const link = document.createElement("a");
  link.href = address;
  link.download = name;
  link.click();
  // The browser has begun to read it by then.
  setTimeout(() => URL.revokeObjectURL(address), 60_000);
}
