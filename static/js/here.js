// A juror's screen says every half minute that it is there, so that a remote juror keeps their
// place in the queue and the hall sees whose link is cut.

const script = document.querySelector("script[data-here]");

async function here() {
  try {
    await fetch(script.dataset.here, { method: "POST" });
  } catch {
    // The page itself says that the connection is cut.
  }
}

here();
setInterval(here, 30000);
