import Link from '@docusaurus/Link';
import useDocusaurusContext from '@docusaurus/useDocusaurusContext';
import Heading from '@theme/Heading';
import Layout from '@theme/Layout';
import React from 'react';
import Walker from '../components/Walker';

const MODULES = [
  {
    to: '/module-1-ros2/',
    weeks: 'Weeks 1 to 4',
    title: 'The robotic nervous system',
    text: 'Connect the programs of a robot with ROS 2, and say where everything is.',
    asks: 'What happens when a message is late?',
  },
  {
    to: '/module-2-simulation/',
    weeks: 'Weeks 5 to 7',
    title: 'The digital twin',
    text: 'Simulate a body and its senses, and know how wrong the simulation is.',
    asks: 'Will it work outside the simulator?',
  },
  {
    to: '/module-3-perception-and-motion/',
    weeks: 'Weeks 8 to 10',
    title: 'Perception and motion',
    text: 'See, localise, plan, reach and keep your balance on two legs.',
    asks: 'Where must the foot go so that I do not fall?',
  },
  {
    to: '/module-4-learning-and-language/',
    weeks: 'Weeks 11 to 13',
    title: 'Learning and language',
    text: 'Learn skills from examples, follow a spoken request, and stay safe.',
    asks: 'Which cup did you mean?',
  },
];

const PROMISES = [
  ['Every number is checked', 'A program has computed it, and a test fails if the sentence and the program disagree.'],
  ['Every program runs', 'What a page shows as output is what came out, each time the book changes.'],
  ['Every answer has its place', 'Ask in the corner. What you are told links to the sentence it rests on.'],
];

function Hero() {
  const { siteConfig } = useDocusaurusContext();
  return (
    <header className="home-hero">
      <div className="home-hero__text">
        <p className="home-hero__kicker">{siteConfig.tagline}</p>
        <Heading as="h1">{siteConfig.title}</Heading>
        <p className="home-hero__lead">
          From the messages inside a robot to a humanoid that understands a sentence. The programs run on a laptop; the
          robot may come later.
        </p>
        <p className="home-hero__ways">
          <Link className="button button--primary button--lg" to="/intro">
            Start reading
          </Link>
          <Link className="button button--outline button--primary button--lg" to="/how-to-read">
            How to read this book
          </Link>
        </p>
      </div>
      <Walker />
    </header>
  );
}

function Module({ number, to, weeks, title, text, asks }) {
  return (
    <li className="home-module">
      <p className="home-module__weeks">
        <span className="home-module__number">{number}</span> {weeks}
      </p>
      <Heading as="h3">
        <Link to={to}>{title}</Link>
      </Heading>
      <p>{text}</p>
      <p className="home-module__asks">“{asks}”</p>
    </li>
  );
}

export default function Home() {
  const { siteConfig } = useDocusaurusContext();
  return (
    <Layout description={siteConfig.tagline}>
      <main className="home">
        <Hero />
        <section aria-labelledby="modules">
          <Heading as="h2" id="modules">
            Four modules
          </Heading>
          <ol className="home-modules">
            {MODULES.map((module, index) => (
              <Module key={module.to} number={index + 1} {...module} />
            ))}
          </ol>
        </section>
        <section aria-labelledby="promises">
          <Heading as="h2" id="promises">
            Three promises
          </Heading>
          <ul className="home-promises">
            {PROMISES.map(([title, text]) => (
              <li key={title}>
                <strong>{title}.</strong> {text}
              </li>
            ))}
          </ul>
        </section>
      </main>
    </Layout>
  );
}
