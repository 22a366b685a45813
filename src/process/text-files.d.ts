/** Files that are part of the program as texts: `import text from "./x.cfg" with { type: "text" }`. */
declare module "*.cfg" {
  const text: string;
  // biome-ignore lint/style/noDefaultExport: Bun gives a text file as its default export.
  export default text;
}
