import React from 'react';

const JOINTS = [
  [206, 130], [196, 210], [156, 176], [112, 214], [264, 164], [284, 222], [150, 284], [96, 346], [244, 284], [250, 362],
];
const LIMBS = [
  'M209 96L196 210', 'M206 130L156 176L112 214', 'M206 130L264 164L284 222', 'M196 210L150 284L96 346', 'M196 210L244 284L250 362',
];

/** A humanoid in mid-step, drawn as its joints, and the inverted pendulum that it is. */
export default function Walker() {
  return (
    <svg className="walker" viewBox="40 20 300 380" role="img" aria-label="A walking humanoid, drawn as joints and links">
      <path className="walker__ground" d="M60 376h260" />
      <g className="walker__limbs">
        {LIMBS.map((path) => (
          <path key={path} d={path} />
        ))}
        <circle cx="212" cy="68" r="26" />
      </g>
      <g className="walker__joints">
        {JOINTS.map(([x, y]) => (
          <circle key={`${x},${y}`} cx={x} cy={y} r="8" />
        ))}
      </g>
      <path className="walker__pendulum" d="M262 376L216 196" />
      <circle className="walker__mass" cx="215" cy="190" r="11" />
    </svg>
  );
}
