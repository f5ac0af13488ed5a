/** A style sheet, minified, as the text to be adopted. */
declare module "*.css" {
  const text: string;
  export default text;
}
