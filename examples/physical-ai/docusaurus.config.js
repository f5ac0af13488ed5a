// @ts-check
import { themes } from 'prism-react-renderer';
import rehypeKatex from 'rehype-katex';
import remarkDeflist from 'remark-deflist';
import remarkMath from 'remark-math';

/** @type {import('@docusaurus/types').Config} */
export default {
  title: 'Physical AI and humanoid robotics',
  tagline: 'A first course in thirteen weeks',
  favicon: 'img/logo.svg',
  url: 'https://example.org',
  baseUrl: '/',
  onBrokenLinks: 'throw',
  onBrokenAnchors: 'throw',
  onDuplicateRoutes: 'throw',
  i18n: { defaultLocale: 'en', locales: ['en'] },
  markdown: { format: 'detect', mermaid: true, hooks: { onBrokenMarkdownLinks: 'throw', onBrokenMarkdownImages: 'throw' } },
  // Rspack instead of webpack: the whole book in seconds.
  future: { v4: { removeLegacyPostBuildHeadAttribute: true }, faster: true },
  themes: ['@docusaurus/theme-mermaid'],
  plugins: [['@pageside/docusaurus-plugin', { title: 'Ask Physical AI' }]],
  presets: [
    [
      'classic',
      /** @type {import('@docusaurus/preset-classic').Options} */
      ({
        docs: {
          routeBasePath: '/',
          sidebarPath: './sidebars.js',
          remarkPlugins: [remarkMath, remarkDeflist],
          rehypePlugins: [[rehypeKatex, { strict: false }]],
        },
        blog: false,
        theme: { customCss: ['./node_modules/katex/dist/katex.min.css', './src/css/custom.css'] },
      }),
    ],
  ],
  themeConfig:
    /** @type {import('@docusaurus/preset-classic').ThemeConfig} */
    ({
      colorMode: { respectPrefersColorScheme: true },
      docs: { sidebar: { hideable: true } },
      navbar: {
        title: 'Physical AI',
        logo: { alt: '', src: 'img/logo.svg', srcDark: 'img/logo-dark.svg' },
        hideOnScroll: true,
        items: [
          { type: 'docSidebar', sidebarId: 'book', position: 'left', label: 'Book' },
          { type: 'doc', docId: 'glossary', position: 'left', label: 'Glossary' },
          { type: 'doc', docId: 'hardware', position: 'left', label: 'Hardware' },
        ],
      },
      footer: { copyright: 'An example book of Pageside, under the MIT licence.' },
      prism: {
        theme: themes.github,
        darkTheme: themes.dracula,
        additionalLanguages: ['bash', 'cpp', 'markup', 'python', 'yaml'],
      },
    }),
};
