// Plays the recordings of a page. All lines are in the page already, and each is shown at its time.

/** How far an arrow key leads, in seconds. */
const STEP = 1;

for (const player of document.querySelectorAll(".player")) setUp(player);

function setUp(player) {
  const screen = player.querySelector("pre");
  const lines = [...screen.querySelectorAll("[data-at]")];
  const [button, whole] = player.querySelectorAll("button");
  const slider = player.querySelector("input");
  const time = player.querySelector(".time");
  const end = Number(slider.max);
  const first = Number(lines[0].dataset.at);

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
    position = Math.min(Math.max(seconds, 0), end);
    show(position);
    slider.value = position;
    time.textContent = `${Math.floor(position)} / ${end} s`;
  }

  function play() {
    // From its start it shows the first line at once, and not an empty screen.
    moveTo(position >= end ? first : Math.max(position, first));
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

  // The keys of other players. The slider has its own arrows, and a button its own space bar.
  player.addEventListener("keydown", (event) => {
    if (event.altKey || event.ctrlKey || event.metaKey) return;
    const isOnSlider = event.target === slider;
    if (event.key === " " && event.target.localName !== "button") button.click();
    else if (event.key === "ArrowLeft" && !isOnSlider) moveTo(position - STEP);
    else if (event.key === "ArrowRight" && !isOnSlider) moveTo(position + STEP);
    else if (event.key === "f") toggleFullScreen();
    else return;
    event.preventDefault();
  });

  function toggleFullScreen() {
    const isWhole = document.fullscreenElement === player;
    // Some browsers, and pages in a frame, don't allow it: then nothing changes.
    (isWhole ? document.exitFullscreen() : player.requestFullscreen()).catch(() => {});
  }
  whole.addEventListener("click", toggleFullScreen);

  // Until somebody plays it, it shows the same as the still.
  show(Number(player.dataset.still));
}
