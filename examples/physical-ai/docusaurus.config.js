// @ts-check
import { themes } from 'prism-react-renderer';
import rehypeKatex from 'rehype-katex';
import remarkDeflist from 'remark-deflist';
import remarkMath from 'remark-math';

/** @type {import('@docusaurus/types').Config} */
export default {
  title: 'Physical AI and humanoid robotics',
  tagline: 'A first course in thirteen weeks',
  url: 'https://example.org',
  baseUrl: '/',
  onBrokenLinks: 'throw',
  onBrokenAnchors: 'throw',
  i18n: { defaultLocale: 'en', locales: ['en'] },
  markdown: { format: 'detect', mermaid: true },
  themes: ['@docusaurus/theme-mermaid'],
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
      navbar: {
        title: 'Physical AI',
        items: [
          { type: 'docSidebar', sidebarId: 'book', position: 'left', label: 'Book' },
          { type: 'doc', docId: 'glossary', position: 'left', label: 'Glossary' },
          { type: 'doc', docId: 'hardware', position: 'left', label: 'Hardware' },
        ],
      },
      prism: {
        theme: themes.github,
        darkTheme: themes.dracula,
        additionalLanguages: ['bash', 'cpp', 'markup', 'python', 'yaml'],
      },
    }),
};
