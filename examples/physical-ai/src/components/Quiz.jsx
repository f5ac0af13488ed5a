import React, { useId, useState } from 'react';

/** One question with its options; says right or wrong after a choice, and why. */
function Question({ question, options, answer, explanation }) {
  const [chosen, setChosen] = useState(null);
  const name = useId();

  return (
    <fieldset className="quiz__question">
      <legend>{question}</legend>
      {options.map((option, index) => (
        <label key={option} className="quiz__option">
          <input type="radio" name={name} checked={chosen === index} onChange={() => setChosen(index)} />
          <span>{option}</span>
        </label>
      ))}
      <p role="status" className="quiz__verdict">
        {chosen !== null && `${chosen === answer ? 'Right.' : 'Not quite; try again.'} `}
        {chosen === answer && explanation}
      </p>
    </fieldset>
  );
}

/** A list of questions, each `{question, options, answer, explanation}`; `answer` counts from zero. */
export default function Quiz({ questions }) {
  return (
    <section className="quiz" aria-label="Quiz">
      {questions.map((question) => (
        <Question key={question.question} {...question} />
      ))}
    </section>
  );
}
