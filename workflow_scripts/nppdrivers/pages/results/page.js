// Starts the page: data, words, elements.

const data = JSON.parse(document.getElementById("data").textContent);

// A word in the language of the page; English words are their own keys.
function say(text) {
  return data.words[text] ?? text;
}

function make(name, attributes = {}, ...content) {
  const element = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
  element.append(...content);
  return element;
}
