// Plays the recordings of a page. All lines are in the page already, and each is shown at its time.

for (const player of document.querySelectorAll(".player")) setUp(player);

function setUp(player) {
  const screen = player.querySelector("pre");
  const lines = [...screen.querySelectorAll("[data-at]")];
  const button = player.querySelector("button");
  const slider = player.querySelector("input");
  const time = player.querySelector(".time");
  const end = Number(slider.max);

  /** Where we are, in seconds. */
  let position = 0;
  /** The request for the next frame; undefined while paused. */
  let frame;

  function show(seconds) {
    const before = screen.scrollHeight;
    for (const line of lines) line.hidden = Number(line.dataset.at) > seconds;
    // If the reader scrolls back, leave the screen alone until something new is printed.
    if (screen.scrollHeight !== before) screen.scrollTop = screen.scrollHeight;
  }

  function moveTo(seconds) {
    position = Math.min(seconds, end);
    show(position);
    slider.value = position;
    time.textContent = `${Math.floor(position)} / ${end} s`;
  }

  function play() {
    if (position >= end) moveTo(0);
    button.textContent = "Pause";
    let last;
    const step = (now) => {
      // A frame may have begun before the click that led to it: the first one only says what time it is.
      moveTo(position + (now - (last ?? now)) / 1000);
      last = now;
      if (position < end) frame = requestAnimationFrame(step);
      else pause();
    };
    frame = requestAnimationFrame(step);
  }

  function pause() {
    cancelAnimationFrame(frame);
    frame = undefined;
    button.textContent = "Play";
  }

  button.addEventListener("click", () => (frame === undefined ? play() : pause()));
  slider.addEventListener("input", () => moveTo(Number(slider.value)));

  // Until somebody plays it, it shows the same as the still.
  show(Number(player.dataset.still));
}
